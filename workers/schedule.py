"""The scheduler: what is due by the clock. Several do no harm: a round is claimed in Redis, and sweeping twice changes nothing."""

import signal
import threading
import time
from datetime import UTC, datetime
from types import FrameType

import redis
import structlog

from app.coop.approved import sweeping
from app.coop.contests import telling
from app.coop.ledger import expiring
from app.coop.members import numbers, wrong_pins
from app.coop.production import passing_on
from app.db.database import is_outage
from app.sms import forgetting, sweeper
from app.sms.broadcasts import following
from app.sms.waker import wake
from workers.context import context

log = structlog.get_logger("scheduler")
EVERY_SECONDS = 5
CONTESTS_SECONDS = 600
"""How often clocks are looked at that count days: contests', and of money that nobody comes for."""

OLD_SECONDS = 3600
"""How often it is looked for what is old: numbers of members who left, SMS of more than a year."""

FORGETTING_SECONDS = 1.0
"""How long SMS are deleted at a time: what is due by the clock waits meanwhile."""


def run() -> int:
    """Sweep every few seconds until a signal, whatever is out of reach meanwhile."""
    stop = threading.Event()

    def asked(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()

    signal.signal(signal.SIGTERM, asked)
    signal.signal(signal.SIGINT, asked)
    while not stop.wait(EVERY_SECONDS):
        tick()
    return 0


def tick() -> None:
    """Do one round, if no other scheduler is at it."""
    try:
        if context().queues.set("schedule:sweep", 1, nx=True, ex=EVERY_SECONDS - 1):
            _sweep()
        if context().queues.set("schedule:contests", 1, nx=True, ex=CONTESTS_SECONDS):
            _look_at_days()
        if context().queues.set("schedule:old", 1, nx=True, ex=OLD_SECONDS):
            _let_go()
    except redis.RedisError as fault:
        log.warning("the queues are out of reach", fault=type(fault).__name__)
    except Exception as fault:
        if not is_outage(fault):
            raise
        log.warning("the database is out of reach", fault=type(fault).__name__)


def _sweep() -> None:
    lanes: list[str] = []
    with context().database.transaction() as session:
        sweeper.sweep(session, now=datetime.now(UTC), wake=lanes.append)
    with context().database.transaction() as session:
        following.follow(session, now=datetime.now(UTC), part_price=context().settings.sms_part_price, wake=lanes.append)
    for lane in dict.fromkeys(lanes):
        wake(context().queues, lane)
    with context().database.transaction() as session:
        sweeping.sweep(session, said=_said(), now=datetime.now(UTC))


def _look_at_days() -> None:
    with context().database.transaction() as session:
        telling.sweep(session, said=_said(), now=datetime.now(UTC))
    with context().database.transaction() as session:
        expiring.sweep(session, said=_said(), now=datetime.now(UTC))
    with context().database.transaction() as session:
        passing_on.sweep(session, said=_said(), now=datetime.now(UTC))


def _let_go() -> None:
    with context().database.transaction() as session:
        numbers.free_departed(session, now=datetime.now(UTC))
        wrong_pins.forget(session, now=datetime.now(UTC))
    until, more = time.monotonic() + FORGETTING_SECONDS, True
    while more and time.monotonic() < until:
        with context().database.transaction() as session:
            more = forgetting.forget(session, now=datetime.now(UTC))


def _said() -> sweeping.Said:
    settings = context().settings
    return sweeping.Said(settings.ussd_code, settings.ussd_cost_text, settings.sms_part_price)
