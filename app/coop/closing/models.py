"""Why and until when members leave."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Utc


class Departure(Base):
    """Why, since when and until when a member leaves; at most one is open. What is owed is paid by `due_on` (article 11)."""

    __tablename__ = "departures"
    __table_args__ = (
        CheckConstraint("kind IN ('withdrawal', 'exclusion', 'death')", name="kind"),
        CheckConstraint("state IN ('open', 'closed', 'withdrawn')", name="state"),
        Index(
            "uq_departures_open",
            "member_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(9))
    reason: Mapped[str | None] = mapped_column(String(24))
    paper: Mapped[str | None] = mapped_column(String(10))
    noted_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    noted_at: Mapped[datetime] = mapped_column(Utc)
    due_on: Mapped[date]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    closed_at: Mapped[datetime | None] = mapped_column(Utc)
