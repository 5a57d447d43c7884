"""The scheduler: what is due by the clock. Several do no harm: a round is claimed in Redis, and sweeping twice changes nothing.

While Redis is away each scheduler goes by its own clock: whatever is due is claimed in the database, row by row.
"""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import NamedTuple

import redis
import structlog
from sqlalchemy.orm import Session

from app.coop import subject, subjects
from app.coop.enrolment import applications
from app.coop.kpi import screens
from app.db import operations
from app.db.database import is_outage
from app.db.rows import PASSED_OVER
from app.sms import day_figures, months, retention, sweeper
from app.sms.broadcasts import rounds
from app.sms.notifier import wake
from app.ussd.redis_store import counts_of
from config import tally
from workers.context import context

log = structlog.get_logger("scheduler")
EVERY_SECONDS = 5
OLD_SECONDS = 3600
"""How often it is looked for what is old: SMS of more than a year."""

FORGETTING_SECONDS = 1.0
"""How long SMS are deleted at a time: what is due by the clock waits meanwhile."""

_swept: dict[str, float] = {}
"""When this scheduler swept last, by its own clock."""


class ScheduledSweep(NamedTuple):
    """What is done every so many seconds; a fault in it is its own."""

    name: str
    every: int
    do: Callable[[], None]


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
    """Do what is due and no other scheduler is at. Never raises but for a signal."""
    queues, away = context().queues, False
    for sweep in SWEEPS:
        if not away:
            try:
                # A second less than its time: the next tick would else find this claim, and miss a round.
                if not queues.set(f"schedule:{sweep.name}", 1, nx=True, ex=max(1, sweep.every - 1)):
                    continue
            except redis.RedisError as fault:
                log.warning("the queues are out of reach", fault=type(fault).__name__)
                away = True
        if away and time.monotonic() - _swept.get(sweep.name, -sweep.every) < sweep.every:
            continue
        _swept[sweep.name] = time.monotonic()
        _do(sweep)
    if not away:
        tally.tell(queues)


def _do(sweep: ScheduledSweep) -> None:
    try:
        sweep.do()
    except redis.RedisError as fault:  # its lanes are woken the next time
        log.warning("the queues are out of reach", sweep=sweep.name, fault=type(fault).__name__)
    except Exception as fault:
        tally.count(f"sweep:{sweep.name}")
        if is_outage(fault):
            log.warning("the database is out of reach", sweep=sweep.name, fault=type(fault).__name__)
        else:
            log.exception("a sweep failed", sweep=sweep.name)


@contextmanager
def _transaction(name: str) -> Iterator[Session]:
    """Give a session that commits at the end; rows that were passed over are counted under the sweep's name."""
    with context().database.transaction() as session:
        yield session
    tally.count(f"row:{name}", session.info.get(PASSED_OVER, 0))


def _messages() -> None:
    lanes: list[str] = []
    with _transaction("messages") as session:
        sweeper.sweep(session, now=datetime.now(UTC), wake=lanes.append, marks=context().sender.marks)
    # Behind the commit: a worker that is woken earlier wouldn't see what was moved.
    _wake(lanes)


def _broadcasts() -> None:
    lanes: list[str] = []
    with _transaction("broadcasts") as session:
        rounds.follow(session, now=datetime.now(UTC), wake=lanes.append)
    _wake(lanes)


def _wake(lanes: list[str]) -> None:
    for lane in dict.fromkeys(lanes):
        wake(context().queues, lane)


def _screens() -> None:
    """Keep what calls did on screens, today and, until it is closed, yesterday."""
    now, sessions = datetime.now(UTC), context().sessions
    for day in (now.date() - timedelta(days=1), now.date()):
        with _transaction("screens") as session:
            screens.keep(session, day, now, lambda day=day: counts_of(sessions, day))  # type: ignore[misc]


def _day_figures() -> None:
    with _transaction("day figures") as session:
        day_figures.roll_up(session, now=datetime.now(UTC))


def _of(sweep: subject.Sweep) -> ScheduledSweep:
    """Return a subject's sweep as this scheduler does it."""

    def do() -> None:
        with _transaction(sweep.name) as session:
            sweep.do(session, datetime.now(UTC))

    return ScheduledSweep(sweep.name, sweep.every, do)


def _months() -> None:
    """Make the months to come, then drop those of more than a year, in a transaction that holds nothing else."""
    now = datetime.now(UTC)
    with _transaction("months") as session:
        months.add(session, now=now)
    with _transaction("months") as session:
        dropped = months.drop(session, before=now - retention.KEPT)
    if dropped:
        log.info("months of SMS are dropped", tables=dropped)


def _old_messages() -> None:
    until, more = time.monotonic() + FORGETTING_SECONDS, True
    while more and time.monotonic() < until:
        more = False
        for forget in (retention.forget, operations.forget, applications.forget):
            with _transaction("old messages") as session:
                more |= forget(session, now=datetime.now(UTC))
    if more:
        context().queues.delete("schedule:old messages")  # the next round goes on: an hour would fall behind a great broadcast


# They are done one after the other: what may take long stands last.
SWEEPS = (
    ScheduledSweep("messages", EVERY_SECONDS, _messages),
    ScheduledSweep("broadcasts", EVERY_SECONDS, _broadcasts),
    ScheduledSweep("screens", 60, _screens),
    ScheduledSweep("day figures", day_figures.EVERY, _day_figures),
    *(_of(sweep) for sweep in subjects.SWEEPS),
    ScheduledSweep("months", OLD_SECONDS, _months),
    ScheduledSweep("old messages", OLD_SECONDS, _old_messages),
)
