"""Broadcasts and what SMS cost today, as the console shows them."""

from datetime import datetime, time
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from app.sms import spending
from app.sms.broadcasts import progress
from app.sms.broadcasts.models import Broadcast, BudgetDay
from app.sms.broadcasts.timing import Terms
from app.sms.broadcasts.words import first_words

MOST = 10


class Sent(msgspec.Struct, frozen=True):
    """A broadcast: `said` its audience in words, `cost` XOF of what has left, `whole` of all of it."""

    id: int
    said: str
    words: str
    urgent: bool
    state: str
    confirmed_at: datetime
    starts_at: datetime
    recipients: int
    counts: progress.Counts
    cost: int
    whole: int

    @property
    def under_way(self) -> bool:
        """Tell whether it can still be stopped."""
        return self.state in progress.UNDER_WAY


class Day(msgspec.Struct, frozen=True):
    """XOF of a day: reserved by all broadcasts of the `budget` (None: no limit), by those of the scope alone, and spent on all
    SMS of the federation, as far as known (None for a co-operative)."""

    reserved: int
    own: int
    budget: int | None
    spent: int | None


def lately(reader: Connection, cooperative_id: int | None) -> list[Sent]:
    """Return the last broadcasts of a co-operative, with None of all; their messages are counted now."""
    row = Broadcast.__table__.c
    found = select(Broadcast.__table__).where(row.confirmed_at.is_not(None))
    if cooperative_id is not None:
        found = found.where(row.cooperative_id == cooperative_id)
    rows = reader.execute(found.order_by(row.confirmed_at.desc(), row.id.desc()).limit(MOST)).all()
    return [_sent(one, progress.count(reader, one.id)) for one in rows]


def today(reader: Connection, cooperative_id: int | None, terms: Terms, now: datetime) -> Day:
    """Return what a day's SMS cost until now."""
    day = terms.day_of(now)
    own = select(func.coalesce(func.sum(Broadcast.reserved), 0)).where(Broadcast.budget_day == day)
    own = own if cooperative_id is None else own.where(Broadcast.cooperative_id == cooperative_id)
    reserved = reader.scalar(select(BudgetDay.reserved).where(BudgetDay.day == day)) or 0
    midnight = datetime.combine(day, time(), terms.zone)
    spent = spending.spent(reader, midnight)["centimes_best"] // 100 if cooperative_id is None else None
    return Day(reserved, reader.scalar(own) or 0, terms.daily_budget, spent)


def _sent(row: Any, counts: progress.Counts) -> Sent:
    each = row.parts * row.price
    return Sent(
        row.id,
        row.said,
        first_words(row.text),
        row.purpose == "urgent",
        row.state,
        row.confirmed_at or row.estimated_at,
        row.starts_at,
        row.recipients,
        counts,
        counts.gone * each,
        row.recipients * each,
    )
