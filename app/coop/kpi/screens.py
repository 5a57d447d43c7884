"""What calls do on each screen of the menu, by day: kept from the counts that live in Redis. No number, no member, no call."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta

import msgspec
from sqlalchemy import Connection, case, delete, func, select
from sqlalchemy.orm import Session

from app.coop.kpi.models import ScreenCount
from app.db.upsert import upsert

ARRIVALS = ("shown", "acted", "resumed", "trouble")
"""Outcomes of a hop that brought somebody to a screen; *refused* left them on it, *answered* led them on, and *ms* is how long
they took for that, in milliseconds."""
KEPT = timedelta(days=400)


class ScreenFigures(msgspec.Struct, frozen=True):
    """A screen in a language: how often it was shown, answered, refused an answer, left without one; seconds for an answer."""

    screen: str
    language: str
    arrivals: int
    answers: int
    errors: int
    exits: int
    seconds: float | None


def keep(session: Session, day: date, read: Callable[[], Mapping[str, int]]) -> None:
    """Keep a day's counts, `screen|outcome|language` each. Read once more they change nothing; begun again from 0 they are added.

    They are read with the day locked, so that of two schedulers none keeps an older reading after a newer one.
    """
    values = {"day": day, "screen": "", "outcome": "", "language": "", "count": 0, "seen": 0}
    of_day = upsert(session, ScreenCount).values(values)
    session.execute(of_day.on_conflict_do_update(index_elements=_KEY, set_={"seen": ScreenCount.seen + 1}))
    rows = [
        {"day": day, "screen": screen[:60], "outcome": outcome[:12], "language": language[:3], "count": count, "seen": count}
        for name, count in read().items()
        for screen, outcome, language in [(*name.split("|"), "", "")[:3]]
    ]
    if rows:
        put = upsert(session, ScreenCount).values(rows)
        new, old = put.excluded.seen, ScreenCount.seen
        more = ScreenCount.count + case((new >= old, new - old), else_=new)
        session.execute(put.on_conflict_do_update(index_elements=_KEY, set_={"count": more, "seen": new}))


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
