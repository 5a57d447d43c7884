"""The jobs. They hold a lane's name and nothing of any person."""

import random
import time
from datetime import UTC, datetime

import structlog

from app.db.database import is_outage
from app.sms import sending
from app.sms.purposes import LANES, Lane
from app.sms.waker import FLAG, wake
from workers.context import context

log = structlog.get_logger("worker")
SLICE_SECONDS = 1.5
REST_SECONDS = 60
"""How long a lane rests when the provider refuses our account."""
_HALTED = "sms:halted:"


def drain(lane: str) -> bool:
    """Send what is due on a lane for a slice of time; tell whether more may be due, which then has a job queued for it."""
    here = context()
    here.queues.delete(FLAG + lane)
    if lane not in LANES or here.queues.exists(_HALTED + lane):
        return False
    try:
        more = _slice(lane, time.monotonic() + SLICE_SECONDS)
    except Exception as fault:
        if not is_outage(fault):
            raise
        log.warning("the database is out of reach; the sweeper comes back to the lane", lane=lane, fault=type(fault).__name__)
        return False
    if more:
        wake(here.queues, lane)
    return more


def _slice(lane: Lane, until: float) -> bool:
    """Send until nothing is due or the time is over; what was claimed and not begun by then goes back at once."""
    here = context()
    while batches := _claim(lane):
        for place, batch in enumerate(batches):
            if time.monotonic() >= until:
                _release(batches[place:])
                return True
            try:
                taken = sending.send(here.database, here.gateway, batch, clock=_now, jitter=random.random)
            except sending.Halted as halted:
                _rest(lane, str(halted), batches[place + 1 :])
                return False
            log.info("sent", lane=lane, messages=len(batch.ids), taken=taken, batch=batch.claim)
        if time.monotonic() >= until:
            return True
    return False


def _claim(lane: Lane) -> list[sending.Batch]:
    with context().database.transaction() as session:
        return sending.claim(session, lane, now=_now())


def _rest(lane: str, why: str, untouched: list[sending.Batch]) -> None:
    """Let a lane rest, loudly, and give back what wasn't handed over."""
    here = context()
    log.error("the provider refuses our account; the lane rests", lane=lane, why=why, seconds=REST_SECONDS)
    _release(untouched)
    here.queues.set(_HALTED + lane, why, ex=REST_SECONDS)


def _release(batches: list[sending.Batch]) -> None:
    with context().database.transaction() as session:
        sending.release(session, batches, now=_now())


def _now() -> datetime:
    return datetime.now(UTC)
