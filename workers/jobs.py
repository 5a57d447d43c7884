"""The jobs. They hold a lane's name and nothing of any person."""

import time
from datetime import UTC, datetime

import structlog

from app.commands import inbound
from app.coop.broadcasts import confirmations
from app.db.database import is_outage
from app.sms import inbox, reports, sender
from app.sms.notifier import FLAG, wake
from app.sms.purposes import LANES
from config import tally
from config.terms import terms_of
from workers.context import context

log = structlog.get_logger("worker")
WRITING_SECONDS = 0.5


def drain(lane: str) -> bool:
    """Send what is due on a lane for a slice of time; tell whether more may be due, which then has a job queued for it."""
    here = context()
    # Down before the look: what is put from now on has another job, what was put before is found now.
    here.queues.delete(FLAG + lane)
    try:
        written = lane in LANES and _write_broadcasts(lane)
        more = sender.send_slice(here.sender, lane) if lane in LANES else lane in OTHERS and OTHERS[lane]()
    except Exception as fault:
        if not is_outage(fault):
            raise
        log.warning("the database is out of reach; the sweeper comes back to the lane", lane=lane, fault=type(fault).__name__)
        return False
    if more or written:
        wake(here.queues, lane)
    tally.tell(here.queues)
    return more or written


def _write_broadcasts(lane: str) -> bool:
    """Write messages of broadcasts for a part of the slice, so that they begin to leave; tell whether more are to be written."""
    here, until = context(), time.monotonic() + WRITING_SECONDS
    while time.monotonic() < until:
        with here.database.transaction() as session:
            if not confirmations.resume(session, lane, terms_of(here.settings), now=datetime.now(UTC)):
                return False
    return True


def _work_on_incoming() -> bool:
    until = time.monotonic() + sender.SLICE_SECONDS
    while time.monotonic() < until:
        if not inbound.work(context().clerk, datetime.now(UTC)):
            return False
    return True


def _apply_reports() -> bool:
    until = time.monotonic() + sender.SLICE_SECONDS
    while time.monotonic() < until:
        with context().database.transaction() as session:
            if reports.apply_new(session, now=datetime.now(UTC)) < reports.MOST:
                return False
    return True


OTHERS = {inbox.QUEUE: _work_on_incoming, reports.QUEUE: _apply_reports}
"""What is done on the queues that send nothing; each tells whether more is to be done."""
