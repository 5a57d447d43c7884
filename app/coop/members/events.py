"""What happens to members: numbers change, PINs are reset, people join, leave, or were written down twice. A table each."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Utc


class NumberChange(Base):
    """What happened to a number of a person, and who did it (the person with None)."""

    __tablename__ = "number_changes"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    phone: Mapped[str | None] = mapped_column(String(16), index=True)
    act: Mapped[str] = mapped_column(String(10))
    by_person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(Utc)


class Reset(Base):
    """A PIN's reset: by the officer who sees the card, or by two peers, the second of whom opens the window."""

    __tablename__ = "resets"
    __table_args__ = (CheckConstraint("kind IN ('officer', 'peers')", name="kind"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    first_by: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    first_phone: Mapped[str] = mapped_column(String(16))
    second_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    at: Mapped[datetime] = mapped_column(Utc)
    opened_at: Mapped[datetime | None] = mapped_column(Utc)
    used_at: Mapped[datetime | None] = mapped_column(Utc)


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


class CardAlias(Base):
    """A card that was printed for a person who had two; it means the member who was kept."""

    __tablename__ = "card_aliases"
    card: Mapped[str] = mapped_column(String(12), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
