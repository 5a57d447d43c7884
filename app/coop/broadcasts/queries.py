"""Broadcasts and what SMS cost today, as the console shows them."""

from datetime import datetime, time
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from app.coop.rights import NotYours
from app.coop.scope import Scope
from app.db.database import Database, is_outage
from app.db.rows import require, total
from app.sms import day_figures, figures
from app.sms.broadcasts import progress
from app.sms.broadcasts.models import Broadcast, BudgetDay
from app.sms.broadcasts.terms import Terms
from app.sms.broadcasts.texts import first_words
from app.sms.models import Message

MOST = 10
COUNTED = 5_000
"""To more numbers than this, a broadcast's messages are not counted for a page: it shows what the scheduler last counted."""


class SentBroadcast(msgspec.Struct, frozen=True):
    """A broadcast: `order` the number that officers say, `said` its audience in words, its messages as of `counted_at`,
    `cost` XOF of what has left, `whole` of all."""

    id: int
    order: int
    said: str
    words: str
    urgent: bool
    state: str
    confirmed_at: datetime
    starts_at: datetime
    recipients: int
    counts: progress.Counts
    counted_at: datetime
    cost: int
    whole: int

    @property
    def under_way(self) -> bool:
        """Tell whether it can still be stopped."""
        return self.state in progress.UNDER_WAY


class BroadcastReport(msgspec.Struct, frozen=True):
    """An ordered broadcast: its text as it leaves, the office that ordered it, the size of one message and XOF a part; how many
    numbers had said STOP, had enough that day, and members without a number, when it was ordered. `reasons` says why messages
    haven't arrived: state, reason, how many; None when there are too many to count for a page."""

    sent: SentBroadcast
    text: str
    role: str
    alphabet: str
    parts: int
    price: int
    refused: int
    capped: int
    without: int
    ends_at: datetime
    ended_at: datetime | None
    reasons: list[tuple[str, str, int]] | None


class Day(msgspec.Struct, frozen=True):
    """XOF that a day's broadcasts have reserved of the `budget` (None: no limit), all of them and those of the scope alone."""

    reserved: int
    own: int
    budget: int | None


def lately(
    reader: Connection, cooperative_id: int | None, now: datetime, *, most: int = MOST, before: int = 0
) -> list[SentBroadcast]:
    """Return the last broadcasts of a co-operative, with None of all; those ordered before the broadcast `before`, if one is given.

    More than MOST at a time are not counted for it, but for those under way.
    """
    row = Broadcast.__table__.c
    found = select(Broadcast.__table__).where(row.confirmed_at.is_not(None))
    if cooperative_id is not None:
        found = found.where(row.cooperative_id == cooperative_id)
    if before:
        last = select(Broadcast.confirmed_at).where(Broadcast.id == before).scalar_subquery()
        found = found.where((row.confirmed_at < last) | ((row.confirmed_at == last) & (row.id < before)))
    rows = reader.execute(found.order_by(row.confirmed_at.desc(), row.id.desc()).limit(most)).all()
    return [_sent(reader, one, now, count=most <= MOST or one.state in progress.UNDER_WAY) for one in rows]


def report(reader: Connection, scope: Scope, broadcast_id: int, now: datetime) -> BroadcastReport:
    """Return an ordered broadcast of a scope with all that is known of it. Raises NotYours."""
    row = Broadcast.__table__.c
    ours = (row.id == broadcast_id) & row.confirmed_at.is_not(None)
    if not scope.is_federation:
        ours &= row.cooperative_id == scope.cooperative_id
    found = require(reader.execute(select(Broadcast.__table__).where(ours)).first(), NotYours("read"))
    counted = found.recipients <= COUNTED
    return BroadcastReport(
        _sent(reader, found, now),
        found.text,
        found.role,
        found.alphabet,
        found.parts,
        found.price,
        found.refused,
        found.capped,
        found.without,
        found.ends_at,
        found.ended_at,
        _reasons(reader, broadcast_id) if counted else None,
    )


def _reasons(reader: Connection, broadcast_id: int) -> list[tuple[str, str, int]]:
    """Return of the messages that haven't reached anybody the state, why, and how many, most first."""
    away = Message.state.in_(("failed", "refused", "expired", "maybe"))
    rows = select(Message.state, func.coalesce(Message.reason, ""), func.count())
    rows = rows.where(Message.cause == progress.cause_of(broadcast_id), away).group_by(Message.state, Message.reason)
    return [(state, why, number) for state, why, number in reader.execute(rows.order_by(func.count().desc(), Message.state))]


def today(reader: Connection, cooperative_id: int | None, terms: Terms, now: datetime) -> Day:
    """Return what the day's broadcasts have reserved until now."""
    day = terms.day_of(now)
    own = select(func.coalesce(func.sum(Broadcast.reserved), 0)).where(Broadcast.budget_day == day)
    own = own if cooperative_id is None else own.where(Broadcast.cooperative_id == cooperative_id)
    reserved = total(reader, select(BudgetDay.reserved).where(BudgetDay.day == day))
    return Day(reserved, total(reader, own), terms.daily_budget)


MOST_ADDED = 50_000
"""Messages of a day that are added up while somebody waits for a page; of more it shows what the scheduler added up last."""


def spent_today(database: Database, terms: Terms, now: datetime) -> int | None:
    """Return XOF for all SMS since midnight, as known, else as estimated; None when there are too many to add up for a page."""
    midnight = datetime.combine(terms.day_of(now), time(), terms.zone)
    try:
        with database.read() as reader:
            # One row behind so many says that there are more, without counting them all.
            many = select(Message.created_at).where(figures.since(midnight)).offset(MOST_ADDED).limit(1)
            if reader.scalar(many) is not None:
                added = day_figures.day_sums(reader, now)
                return None if added is None else added.centimes // 100
            return int(figures.spent(reader, midnight)["centimes_best"]) // 100
    except Exception as fault:
        if not is_outage(fault):
            raise
        return None


def _sent(reader: Connection, row: Any, now: datetime, *, count: bool = True) -> SentBroadcast:
    each, counted_at = row.parts * row.price, now
    if count and row.recipients <= COUNTED:
        counts = progress.count(reader, row.id)
    else:
        counts, counted_at = progress.Counts(row.gone, 0, row.failed, row.doubted), row.counted_at or row.confirmed_at
    return SentBroadcast(
        row.id,
        row.number or row.id,
        row.said,
        first_words(row.typed),
        row.purpose == "urgent",
        row.state,
        row.confirmed_at,
        row.starts_at,
        row.recipients,
        counts,
        counted_at,
        counts.gone * each,
        row.recipients * each,
    )
