"""What waits for several officers, who gave which word, and what a co-operative wants of its officers. Votes are append-only."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Json, Utc


class Approval(Base):
    """Something that only happens when `needed` officers want it; of a co-operative, or (none) of the federation.

    `subject` and `subject_id` name the row that it decides (`payout`, 12), `details` what else must be known of it; `words` is what
    an officer reads (no name), `amount` XOF, `roles` the offices whose word counts, as they were named when it was asked. `told`
    says what its SMS have told so far. `why` says in
    French why it is *dead* though officers approved it, or since something else overtook it.
    """

    __tablename__ = "approvals"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'approved', 'refused', 'dead')", name="state"),
        CheckConstraint("told IN ('nothing', 'asked', 'ended')", name="told"),
        CheckConstraint("needed > 0", name="needed"),
        Index(
            "uq_approvals_waiting",
            "kind",
            "subject_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_approvals_waiting_in",
            "cooperative_id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_approvals_to_tell", "id", sqlite_where=text("told <> 'ended'"), postgresql_where=text("told <> 'ended'")),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))
    cooperative_id: Mapped[int | None] = mapped_column(ForeignKey("cooperatives.id"))
    subject: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[int] = mapped_column(Id)
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    words: Mapped[str] = mapped_column(String(48))
    amount: Mapped[int | None] = mapped_column(BigInteger)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """None when a file brought it: whoever runs the service is no officer."""
    barred_id: Mapped[int | None] = mapped_column(Id)
    """A person besides whose word doesn't count: an officer who is a relative."""
    asked_at: Mapped[datetime] = mapped_column(Utc)
    expires_at: Mapped[datetime] = mapped_column(Utc)
    needed: Mapped[int]
    roles: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    why: Mapped[str | None] = mapped_column(String(48))
    told: Mapped[str] = mapped_column(String(8), default="nothing")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Utc)
    operation: Mapped[str] = mapped_column(String(110), unique=True)


class ApprovalVote(Base):
    """One officer's word on one approval, for good; append-only by triggers."""

    __tablename__ = "approval_votes"
    __table_args__ = (UniqueConstraint("approval_id", "person_id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    approval_id: Mapped[int] = mapped_column(ForeignKey("approvals.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    approved: Mapped[bool]
    at: Mapped[datetime] = mapped_column(Utc)
    operation: Mapped[str] = mapped_column(String(80))


class ApprovalRule(Base):
    """How many officers other than who asks a co-operative wants for a kind of act, and of which offices."""

    __tablename__ = "approval_rules"
    __table_args__ = (CheckConstraint("needed > 0", name="needed"),)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(24), primary_key=True)
    needed: Mapped[int]
    roles: Mapped[str] = mapped_column(String(80))
