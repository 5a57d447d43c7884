"""The day's figures of SMS for `/metrics`: added up by the scheduler, once in a while, so that a scrape reads one row."""

import time
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.sms.figures import refused_by_reason, since, spent
from app.sms.models import DayFigures, Message

EVERY = 15
"""Seconds between one round and the next, while the day is small."""
SHARE = 100
"""Figures that took a second are left alone for this many: adding up takes a hundredth of a core at the most."""
STALE = timedelta(minutes=30)
"""Older figures than this are none: no scheduler runs, or the day is too great to be added up in the time that a statement has."""


class DaySums(msgspec.Struct, frozen=True):
    """Messages written since midnight UTC: by lane and state; refused, by reason; parts that left, and hundredths of XOF."""

    written: list[tuple[str, str, int]]
    refused: list[tuple[str, int]]
    parts: int
    centimes: int


def roll_up(session: Session, *, now: datetime) -> None:
    """Add up the day's messages, unless that was done a short while ago for what it took."""
    before = session.get(DayFigures, now.date())
    if before is not None and now - before.counted_at < timedelta(milliseconds=before.took_ms * SHARE):
        return
    started, found = time.monotonic(), None
    with suppress(OperationalError), session.begin_nested():  # what is too great for a statement's time is left alone as long
        found = msgspec.to_builtins(_sums(session.connection(), now.replace(hour=0, minute=0, second=0, microsecond=0)))
    took = int((time.monotonic() - started) * 1000)
    session.merge(DayFigures(day=now.date(), sums=found, counted_at=now, took_ms=took))
    session.execute(delete(DayFigures).where(DayFigures.day < now.date()))


def day_sums(reader: Connection, now: datetime) -> DaySums | None:
    """Return what was added up last of an instant's day; None when nothing was of late."""
    lately = (DayFigures.day == now.date()) & (DayFigures.counted_at > now - STALE)
    found: dict[str, Any] | None = reader.scalar(select(DayFigures.sums).where(lately))
    return None if found is None else msgspec.convert(found, DaySums)


def _sums(reader: Connection, midnight: datetime) -> DaySums:
    written = select(Message.lane, Message.state, func.count()).where(since(midnight)).group_by(Message.lane, Message.state)
    today = spent(reader, midnight)
    by_lane = [(lane, state, count) for lane, state, count in reader.execute(written)]
    return DaySums(by_lane, refused_by_reason(reader, midnight), int(today["parts"]), int(today["centimes_best"]))
