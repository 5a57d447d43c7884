"""Who applied to join a co-operative."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Utc


class Application(Base):
    """Somebody who wants to join: from a telephone nobody knows, or typed by an officer (`entered_by`). Another approves."""

    __tablename__ = "applications"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'approved', 'refused')", name="state"),
        Index("ix_applications_scope", "cooperative_id", "state"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    name: Mapped[str] = mapped_column(String(40))
    phone: Mapped[str | None] = mapped_column(String(16), index=True)
    paper: Mapped[str | None] = mapped_column(String(10))
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    state: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(Utc)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Utc)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
