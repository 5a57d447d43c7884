"""Techniques of a trade with their how-to, and the innovations of members that may become one."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text, true
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Utc

_WAITING = text("state = 'waiting'")


class Technique(Base):
    """How something is made in a trade: `steps` in GSM-7, the usual yield in per cent of the mass that goes in.

    Its id is the number of its sheet (`FICHE 1`).
    """

    __tablename__ = "techniques"
    __table_args__ = (CheckConstraint("yield_low BETWEEN 1 AND yield_high AND yield_high <= 100", name="yield"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    filiere_id: Mapped[int] = mapped_column(ForeignKey("filieres.id"), index=True)
    name: Mapped[str] = mapped_column(String(20), unique=True)
    steps: Mapped[str] = mapped_column(String(600))
    yield_low: Mapped[int | None]
    yield_high: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True, server_default=true())


class Innovation(Base):
    """What a member has found out: read by an officer, followed by others, adopted as a technique."""

    __tablename__ = "innovations"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'open', 'kept_out', 'adopted')", name="state"),
        CheckConstraint("(state = 'adopted') = (technique_id IS NOT NULL)", name="adopted"),
        Index("ix_innovations_waiting", "cooperative_id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    words: Mapped[str] = mapped_column(String(48))
    state: Mapped[str] = mapped_column(String(8))
    technique_id: Mapped[int | None] = mapped_column(ForeignKey("techniques.id"))
    proposed_at: Mapped[datetime] = mapped_column(Utc)
    channel: Mapped[str] = mapped_column(String(8))
    operation: Mapped[str] = mapped_column(String(80), unique=True)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Utc)


class FollowedInnovation(Base):
    """A member who wants to hear what becomes of an innovation."""

    __tablename__ = "followed_innovations"
    innovation_id: Mapped[int] = mapped_column(ForeignKey("innovations.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
