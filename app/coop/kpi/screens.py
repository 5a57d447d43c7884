"""What calls do on each screen of the menu, by day: kept from the counts that live in Redis. No number, no member, no call."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

import msgspec
from sqlalchemy import Connection, case, delete, func, select, update
from sqlalchemy.orm import Session

from app.coop.kpi.models import ScreenCount
from app.db.upsert import upsert

ARRIVALS = ("shown", "acted", "resumed", "trouble")
"""Outcomes of a hop that brought somebody to a screen; *refused* left them on it, *answered* led them on, and *ms* is how long
they took for that, in milliseconds."""
KEPT = timedelta(days=400)
CLOSED_AFTER = timedelta(minutes=30)
"""A call that began before midnight is over by then."""
AT_ONCE = 1_000
"""Rows of a statement, of six values each: databases take some 32,000 in all."""


class ScreenFigures(msgspec.Struct, frozen=True):
    """A screen in a language: how often it was shown, answered, refused an answer, left without one; seconds for an answer."""

    screen: str
    language: str
    arrivals: int
    answers: int
    errors: int
    exits: int
    seconds: float | None


def keep(session: Session, day: date, now: datetime, read: Callable[[], Mapping[str, int]]) -> None:
    """Keep a day's counts, `screen|outcome|language` each. Read once more they change nothing; begun again from 0 they are added.

    They are read with the day locked, so that of two schedulers none keeps an older reading after a newer one. A day is closed by
    the first reading CLOSED_AFTER its end, and never read again.
    """
    this_day = (ScreenCount.day == day) & (ScreenCount.screen == "")
    if session.scalar(select(ScreenCount.count).where(this_day)):
        return
    values = {"day": day, "screen": "", "outcome": "", "language": "", "count": 0, "seen": 0}
    of_day = upsert(session, ScreenCount).values(values)
    session.execute(of_day.on_conflict_do_update(index_elements=_KEY, set_={"seen": ScreenCount.seen + 1}))
    rows = [
        {"day": day, "screen": screen[:60], "outcome": outcome[:12], "language": language[:3], "count": count, "seen": count}
        for name, count in read().items()
        for screen, outcome, language in [(*name.split("|"), "", "")[:3]]
    ]
    for begin in range(0, len(rows), AT_ONCE):
        put = upsert(session, ScreenCount).values(rows[begin : begin + AT_ONCE])
        new, old = put.excluded.seen, ScreenCount.seen
        # A reading below the last one: Redis was emptied, and all that it says now is new.
        more = ScreenCount.count + case((new >= old, new - old), else_=new)
        session.execute(put.on_conflict_do_update(index_elements=_KEY, set_={"count": more, "seen": new}))
    if now >= datetime.combine(day, time(), UTC) + timedelta(days=1) + CLOSED_AFTER:
        session.execute(update(ScreenCount).where(this_day).values(count=1))


_KEY = (ScreenCount.day, ScreenCount.screen, ScreenCount.outcome, ScreenCount.language)


def forget(session: Session, now: datetime) -> None:
    """Delete what is older than KEPT."""
    session.execute(delete(ScreenCount).where(ScreenCount.day < (now - KEPT).date()))


def funnel(reader: Connection | Session, first: date, last: date) -> list[ScreenFigures]:
    """Return each screen's figures from a day to another, both counted: those that are left most often first."""
    rows = select(ScreenCount.screen, ScreenCount.language, ScreenCount.outcome, func.sum(ScreenCount.count))
    rows = rows.where(ScreenCount.day >= first, ScreenCount.day <= last, ScreenCount.screen != "")
    found: dict[tuple[str, str], dict[str, int]] = {}
    for screen, language, outcome, count in reader.execute(rows.group_by(*_KEY[1:])):
        found.setdefault((screen, language), {})[outcome] = int(count)
    return sorted(_figures(found), key=lambda one: (-one.exits, -one.arrivals, one.screen, one.language))


def _figures(found: Mapping[tuple[str, str], Mapping[str, int]]) -> Iterator[ScreenFigures]:
    for (screen, language), by in found.items():
        arrivals, answers = sum(by.get(outcome, 0) for outcome in ARRIVALS), by.get("answered", 0)
        seconds = round(by.get("ms", 0) / answers / 1000, 1) if answers else None
        yield ScreenFigures(screen, language, arrivals, answers, by.get("refused", 0), max(0, arrivals - answers), seconds)
