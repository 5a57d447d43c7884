"""Balances that were brought over from paper, by one approval a co-operative; and deliveries of before, which move no franc."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Json, Quantity, Utc

_UNDER_WAY = text("state IN ('noted', 'waiting', 'approved')")


class Opening(Base):
    """The balances of a co-operative as of a `day`: *noted* by an import, *waiting* for its officers, *approved*, then *posted*.

    `stated` are the sheet's own totals, where it states any, by kind of account, in XOF. One is under way at a time.
    """

    __tablename__ = "openings"
    __table_args__ = (
        CheckConstraint("state IN ('noted', 'waiting', 'approved', 'posted', 'refused')", name="state"),
        Index("uq_openings_under_way", "cooperative_id", unique=True, sqlite_where=_UNDER_WAY, postgresql_where=_UNDER_WAY),
        Index("ix_openings_approved", "id", sqlite_where=text("state = 'approved'"), postgresql_where=text("state = 'approved'")),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    day: Mapped[date]
    state: Mapped[str] = mapped_column(String(8))
    stated: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    noted_at: Mapped[datetime] = mapped_column(Utc)
    decided_at: Mapped[datetime | None] = mapped_column(Utc)


class OpeningBalance(Base):
    """What paper says of a member's accounts, in XOF, none negative; `entry_id` once it is in the books.

    `left_out` says in French why it never will be. The member is asked at each call, behind the PIN, until the answer: *right*, or
    *contested*, with a contest that has its clock.
    """

    __tablename__ = "opening_balances"
    __table_args__ = (
        UniqueConstraint("opening_id", "member_id"),
        CheckConstraint("shares >= 0 AND savings >= 0 AND payable >= 0 AND advance >= 0 AND leasing >= 0", name="sides"),
        CheckConstraint("answer IN ('right', 'contested')", name="answer"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    opening_id: Mapped[int] = mapped_column(ForeignKey("openings.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    shares: Mapped[int] = mapped_column(BigInteger)
    savings: Mapped[int] = mapped_column(BigInteger)
    payable: Mapped[int] = mapped_column(BigInteger)
    advance: Mapped[int] = mapped_column(BigInteger)
    leasing: Mapped[int] = mapped_column(BigInteger)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entries.id"))
    left_out: Mapped[str | None] = mapped_column(String(40))
    answer: Mapped[str | None] = mapped_column(String(9))
    answered_at: Mapped[datetime | None] = mapped_column(Utc)
    contest_id: Mapped[int | None] = mapped_column(ForeignKey("contests.id"))


class PastDelivery(Base):
    """A delivery of before the opening day: told, exported and counted, but in no account. `price`, `gross` … in XOF.

    `mark` is by what the row of a file is known again.
    """

    __tablename__ = "past_deliveries"
    __table_args__ = (UniqueConstraint("cooperative_id", "mark"), Index("ix_past_deliveries_member", "member_id", "day"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    day: Mapped[date]
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    unit: Mapped[str] = mapped_column(String(8))
    grade: Mapped[str | None] = mapped_column(String(8))
    price: Mapped[int | None] = mapped_column(BigInteger)
    gross: Mapped[int | None] = mapped_column(BigInteger)
    share: Mapped[int | None] = mapped_column(BigInteger)
    repaid: Mapped[int | None] = mapped_column(BigInteger)
    reference: Mapped[str | None] = mapped_column(String(6))
    mark: Mapped[str] = mapped_column(String(32))
