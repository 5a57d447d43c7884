"""A solidarity fund's rules, what is asked of it and why, and what its members are told of it once a month."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Utc

REASONS = ("death", "illness", "catch", "other")


class FundRules(Base):
    """What a co-operative helps with (`reasons`, by commas), up to `most` XOF at a time, `a_year` times a member in 365 days.

    Up to `urgent` XOF a death or an illness is urgent: two officers' words are enough. Without a row the defaults hold.
    """

    __tablename__ = "fund_rules"
    __table_args__ = (CheckConstraint("most > 0 AND a_year > 0 AND urgent BETWEEN 0 AND most", name="bounds"),)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), primary_key=True)
    most: Mapped[int] = mapped_column(BigInteger, default=50_000, server_default="50000")
    a_year: Mapped[int] = mapped_column(default=2, server_default="2")
    urgent: Mapped[int] = mapped_column(BigInteger, default=25_000, server_default="25000")
    reasons: Mapped[str] = mapped_column(String(40), default=",".join(REASONS), server_default=",".join(REASONS))


class Aid(Base):
    """Why a payout of the kind *aid* is asked for: health data, which only those who decide may read, gone after 12 months.

    `relative_id` is an officer whom the member names as a relative: their word doesn't count. `refused_why` is told, `told` once.
    """

    __tablename__ = "aids"
    __table_args__ = (
        CheckConstraint("reason IN ('death', 'illness', 'catch', 'other')", name="reason"),
        CheckConstraint("refused_why IN ('rules', 'fund', 'come')", name="refused_why"),
    )
    payout_id: Mapped[int] = mapped_column(ForeignKey("payouts.id"), primary_key=True)
    reason: Mapped[str | None] = mapped_column(String(7))
    urgent: Mapped[bool] = mapped_column(default=False, server_default=false())
    relative_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    refused_why: Mapped[str | None] = mapped_column(String(5))


class FundReport(Base):
    """What a co-operative's members are told of their fund as of a month's end: XOF in and out since the last one, and the rest.

    It tells of five aids or more: fewer would name somebody, and are told with the next month's.
    """

    __tablename__ = "fund_reports"
    __table_args__ = (UniqueConstraint("cooperative_id", "until"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    until: Mapped[date]
    """The first day that it doesn't count."""
    came_in: Mapped[int] = mapped_column(BigInteger)
    went_out: Mapped[int] = mapped_column(BigInteger)
    aids: Mapped[int]
    left: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[datetime] = mapped_column(Utc)
    told_to: Mapped[int] = mapped_column(Id, default=0, server_default=text("0"))
    """The last member who has been told; they are told in the order of their ids."""
    told_at: Mapped[datetime | None] = mapped_column(Utc)
