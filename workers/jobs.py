"""The jobs. They hold a lane's name and nothing of any person."""

import random
import time
from datetime import UTC, datetime

import structlog

from app.sms import sending
from app.sms.purposes import LANES, Lane
from app.sms.waker import FLAG, wake
from workers.context import context

log = structlog.get_logger("worker")
SLICE_SECONDS = 1.5
REST_SECONDS = 60
"""How long a lane rests when the provider refuses our account."""
_HALTED = "sms:halted:"


def drain(lane: str) -> int:
    """Send what is due on a lane for a slice of time; queue another job when there may be more. Returns how many were taken."""
    here = context()
    here.queues.delete(FLAG + lane)
    if lane not in LANES or here.queues.exists(_HALTED + lane):
        return 0
    taken, until = 0, time.monotonic() + SLICE_SECONDS
    while time.monotonic() < until:
        batches = _claim(lane)
        if not batches:
            return taken
        for place, batch in enumerate(batches):
            try:
                taken += sending.send(here.database, here.gateway, batch, clock=_now, jitter=random.random)
            except sending.Halted as halted:
                _rest(lane, str(halted), batches[place + 1 :])
                return taken
            log.info("sent", lane=lane, messages=len(batch.ids), batch=batch.claim)
    wake(here.queues, lane)
    return taken


def _claim(lane: Lane) -> list[sending.Batch]:
    with context().database.transaction() as session:
        return sending.claim(session, lane, now=_now())


def _rest(lane: str, why: str, untouched: list[sending.Batch]) -> None:
    """Let a lane rest, loudly, and give back what wasn't handed over."""
    here = context()
    log.error("the provider refuses our account; the lane rests", lane=lane, why=why, seconds=REST_SECONDS)
    here.queues.set(_HALTED + lane, why, ex=REST_SECONDS)
    with here.database.transaction() as session:
        sending.release(session, untouched, now=_now())


def _now() -> datetime:
    return datetime.now(UTC)
