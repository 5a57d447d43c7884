"""The boutique témoin: what co-operatives have for sale, who orders and buys it, what is counted at the day's end."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Quantity, Utc

STATES = ("reserved", "sold", "delivered", "cancelled", "expired", "refunded")
_UNTOLD = text("state = 'expired' AND reminded_at IS NULL")
_RESERVED = text("state = 'reserved'")
_STRANGERS = text("state = 'reserved' AND member_id IS NULL AND phone <> ''")


class Offer(Base):
    """Goods for sale at the boutique témoin: what is left, the price in XOF a unit, where; `name` and `place` in GSM-7.

    `quantity` is what nobody has ordered or bought: orders take from it in their own transaction, and give it back once.
    """

    __tablename__ = "offers"
    __table_args__ = (
        CheckConstraint("quantity >= 0 AND amount > 0", name="amounts"),
        Index("ix_offers_until_at", "until_at"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    name: Mapped[str] = mapped_column(String(20))
    unit: Mapped[str] = mapped_column(String(8))
    amount: Mapped[int]
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    place: Mapped[str] = mapped_column(String(16))
    until_at: Mapped[datetime] = mapped_column(Utc)


class OfferedLot(Base):
    """The lot that an offer sells, whose `offered` part holds what is left of the offer and what of it is ordered."""

    __tablename__ = "offered_lots"
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id"), primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), index=True)


class Order(Base):
    """Goods that somebody reserved, or bought at the counter; `amount` in XOF for all of it.

    Of a member, or of a telephone number, or (an invoice) of a public `buyer`. `code` is told at the pick-up. `way` is how it is
    paid: cash, on the member's account by their PIN, or by invoice, *delivered* before it is paid.
    """

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(state) for state in STATES)})", name="state"),
        CheckConstraint("way IN ('cash', 'account', 'invoice')", name="way"),
        CheckConstraint("quantity > 0 AND amount > 0", name="amounts"),
        UniqueConstraint("cooperative_id", "invoice"),
        Index("uq_orders_code", "cooperative_id", "code", unique=True, sqlite_where=_RESERVED, postgresql_where=_RESERVED),
        # One open order of a number of nobody: two SMS at once both find none, and the key refuses the second.
        Index("uq_orders_stranger", "phone", unique=True, sqlite_where=_STRANGERS, postgresql_where=_STRANGERS),
        Index("ix_orders_until", "reserved_until", sqlite_where=_RESERVED, postgresql_where=_RESERVED),
        Index("ix_orders_phone", "phone", "at"),
        Index("ix_orders_untold", "reserved_until", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    phone: Mapped[str] = mapped_column(String(16))
    buyer: Mapped[str | None] = mapped_column(String(40))
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    amount: Mapped[int] = mapped_column(BigInteger)
    way: Mapped[str] = mapped_column(String(7))
    state: Mapped[str] = mapped_column(String(9))
    code: Mapped[str] = mapped_column(String(6))
    at: Mapped[datetime] = mapped_column(Utc)
    reserved_until: Mapped[datetime] = mapped_column(Utc)
    channel: Mapped[str] = mapped_column(String(8))
    operation: Mapped[str] = mapped_column(String(80), unique=True)
    sold_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    sold_at: Mapped[datetime | None] = mapped_column(Utc)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entries.id"), unique=True)
    invoice: Mapped[str | None] = mapped_column(String(12))
    due_on: Mapped[date | None]
    paid_at: Mapped[datetime | None] = mapped_column(Utc)
    reminded_at: Mapped[datetime | None] = mapped_column(Utc)
    """When who ordered was told that it is over or, by invoice, overdue."""


class DayCount(Base):
    """What was counted at a day's end, of an offer's shelf or (none) of the box, and what the books said; noted by two."""

    __tablename__ = "day_counts"
    __table_args__ = (CheckConstraint("state IN ('asked', 'noted', 'refused')", name="state"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offers.id"))
    counted: Mapped[Decimal] = mapped_column(Quantity)
    books: Mapped[Decimal] = mapped_column(Quantity)
    state: Mapped[str] = mapped_column(String(7))
    counted_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(Utc)
    operation: Mapped[str] = mapped_column(String(80), unique=True)
