"""What members contest."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Utc


class Contest(Base):
    """A member's word that something is wrong: *open*, then *upheld* or *dismissed* by an officer who had no hand in it,
    or *withdrawn* by the member.

    A `subject` is a payment, a payout, a weighing or the price of one, each contested once; or an *opening*, a balance that was
    brought over, which names its contest itself. `level` says who is to answer: 0 the
    co-operative's officers, 1 its president is told, 2 the federation. `before` is the state until then of what was handed over.
    """

    __tablename__ = "contests"
    __table_args__ = (
        UniqueConstraint("cooperative_id", "number"),
        # A NULL is like no other NULL: each of these keys holds contests of its own kind alone.
        UniqueConstraint("subject", "payment_id", name="uq_contests_payment"),
        UniqueConstraint("subject", "weighing_id", name="uq_contests_weighing"),
        UniqueConstraint("subject", "payout_id", name="uq_contests_payout"),
        CheckConstraint(
            "CASE WHEN payment_id IS NULL THEN 0 ELSE 1 END + CASE WHEN weighing_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN payout_id IS NULL THEN 0 ELSE 1 END = CASE WHEN subject = 'opening' THEN 0 ELSE 1 END",
            name="about",
        ),
        CheckConstraint("state IN ('open', 'upheld', 'dismissed', 'withdrawn')", name="state"),
        Index("ix_contests_scope", "state", "cooperative_id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    number: Mapped[str] = mapped_column(String(6))
    subject: Mapped[str] = mapped_column(String(8))
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"))
    weighing_id: Mapped[int | None] = mapped_column(ForeignKey("weighings.id"))
    payout_id: Mapped[int | None] = mapped_column(ForeignKey("payouts.id"))
    reference: Mapped[str] = mapped_column(String(6))
    before: Mapped[str | None] = mapped_column(String(11))
    state: Mapped[str] = mapped_column(String(9))
    level: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime] = mapped_column(Utc)
    channel: Mapped[str] = mapped_column(String(8))
    investigate_by: Mapped[date]
    answer_by: Mapped[date]
    note: Mapped[str | None] = mapped_column(String(60))
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Utc)
