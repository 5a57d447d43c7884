"""What a part of an SMS costs, by date: rows that are only added. Before the first one the setting SMS_PART_PRICE holds."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.db.rows import total
from app.sms.models import PartPrice

MOST = 10_000
GRACE = timedelta(days=1)


class NotAPrice(ValueError):
    """A price that can't be written; its argument says why."""


def price_at(at: datetime, otherwise: int) -> ColumnElement[int]:
    """Return SQL for the price of a part (XOF) at an instant: part of another statement, it costs no question of its own."""
    newest = select(PartPrice.amount).where(PartPrice.from_at <= at).order_by(PartPrice.from_at.desc()).limit(1)
    return func.coalesce(newest.scalar_subquery(), otherwise)


def part_price(reader: Connection | Session, at: datetime, otherwise: int) -> int:
    """Return the price of a part, XOF, at an instant; `otherwise` when the table says nothing."""
    return total(reader, select(price_at(at, otherwise)))


def add(session: Session, amount: int, from_at: datetime, *, now: datetime) -> None:
    """Write a price that holds from an instant on; raises NotAPrice.

    Messages that were put keep theirs. A day may be named that has begun, not one that is past.
    """
    if not 0 <= amount <= MOST:
        raise NotAPrice(f"from 0 to {MOST} XOF a part")
    if from_at < now - GRACE:
        raise NotAPrice("a price can't begin in the past: what was sent keeps its price")
    try:
        # In a savepoint: on PostgreSQL a key that is there would end the caller's transaction as well.
        with session.begin_nested():
            session.execute(insert(PartPrice).values(amount=amount, from_at=from_at))
    except IntegrityError as fault:
        raise NotAPrice("there is a price from that instant already, and none is ever changed") from fault


def table(reader: Connection | Session) -> list[tuple[datetime, int]]:
    """Return all prices, the oldest first: from when, XOF a part."""
    rows = reader.execute(select(PartPrice.from_at, PartPrice.amount).order_by(PartPrice.from_at))
    return [(row.from_at, row.amount) for row in rows]
