"""Lanes that rest since the provider refuses us, or is silent: kept in SQL, so that an emptied Redis doesn't forget them."""

from datetime import datetime, timedelta
from typing import Literal

import msgspec
from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Session

from app import texts
from app.db.upsert import upsert
from app.sms.models import Halt, Message
from app.sms.outbox import put
from app.sms.purposes import Lane
from app.sms.states import move
from app.sms.verdicts import SILENT

TRY_EVERY, SILENT_TRY_EVERY = timedelta(minutes=1), timedelta(seconds=15)
"""An account is mended by somebody, in hours; a provider that is silent is back by itself, often in seconds."""
TELL_EVERY = timedelta(hours=1)
"""Administrators get one SMS for all lanes that rest, and not more often than this when it comes and goes."""


class Watch(msgspec.Struct, frozen=True):
    """Who is told of a halt."""

    numbers: tuple[str, ...] = ()


Gate = Literal["open", "shut", "try"]


def gate(session: Session, lane: Lane, *, now: datetime) -> Gate:
    """Tell whether a lane may send: as usual, not at all, or one message to see whether things are mended."""
    found = session.execute(select(Halt.id, Halt.reason).where(Halt.lane == lane, Halt.mended_at.is_(None))).first()
    if found is None:
        return "open"
    every = SILENT_TRY_EVERY if found.reason == SILENT else TRY_EVERY
    # Whoever moves `tried_at` has the try: a second worker's UPDATE finds it new.
    due = update(Halt).where(Halt.id == found.id, Halt.tried_at <= now - every, Halt.mended_at.is_(None))
    return "try" if session.scalar(due.values(tried_at=now).returning(Halt.id)) else "shut"


def stop(session: Session, lane: Lane, reason: str, watch: Watch, *, now: datetime) -> bool:
    """Let a lane rest, once; tell whether it was working until now. The first lane to rest tells the administrators.

    Their SMS may itself be refused: then it waits like any other, and is dropped when things are mended.
    """
    values = {"lane": lane, "reason": reason, "since": now, "tried_at": now}
    # A lane has one open halt by a partial unique index: a second worker's INSERT does nothing.
    halt = session.scalar(upsert(session, Halt).values(values).on_conflict_do_nothing().returning(Halt.id))
    if halt is not None:
        remind(session, lane, watch, now=now)
    return halt is not None


def remind(session: Session, lane: Lane, watch: Watch, *, now: datetime) -> None:
    """Tell the administrators of a lane that rests, unless they know of one that does, or were told within the hour."""
    told = select(Halt.id).where(Halt.told, Halt.mended_at.is_(None) | (Halt.since > now - TELL_EVERY))
    if session.scalar(told.limit(1)) is not None:
        return
    rests = update(Halt).where(Halt.lane == lane, Halt.mended_at.is_(None)).values(told=True)
    row = session.execute(rests.returning(Halt.id, Halt.reason, Halt.since)).first()
    if row is not None:
        _tell(session, f"halt {row.id}", texts.say("halted", lane=lane, halt=row.reason, since=row.since), watch, now)


def mend(session: Session, lane: Lane, watch: Watch, *, now: datetime) -> bool:
    """Let a lane work again; tell whether it rested. Whoever was told of the halt is told of its end."""
    mended = update(Halt).where(Halt.lane == lane, Halt.mended_at.is_(None)).values(mended_at=now)
    row = session.execute(mended.returning(Halt.id, Halt.since, Halt.reason, Halt.told)).first()
    if row is not None and row.told:
        unsent = (Message.cause == f"halt {row.id}") & (Message.state == "queued")
        move(session, unsent, "expired", now=now, reason="mended before it left")
        words = texts.say("mended", lane=lane, halt=row.reason, since=row.since, until=now)
        _tell(session, f"mended {row.id}", words, watch, now)
    return row is not None


def forget(session: Session, *, now: datetime) -> None:
    """End the rests that nothing has tried for an hour: nothing waits on those lanes, and the next message will tell."""
    stale = update(Halt).where(Halt.mended_at.is_(None), Halt.tried_at <= now - TELL_EVERY)
    session.execute(stale.values(mended_at=now))


def resting(reader: Connection) -> list[tuple[str, str, datetime, datetime]]:
    """Return the lanes that rest: lane, reason, since when, tried last when."""
    rows = select(Halt.lane, Halt.reason, Halt.since, Halt.tried_at).where(Halt.mended_at.is_(None)).order_by(Halt.since)
    return [(row.lane, row.reason, row.since, row.tried_at) for row in reader.execute(rows)]


def _tell(session: Session, cause: str, words: str, watch: Watch, now: datetime) -> None:
    for number in watch.numbers:
        put(session, to=number, text=words, purpose="alarm", cause=cause, now=now)
