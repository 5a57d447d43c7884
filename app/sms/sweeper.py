"""Find what was lost on the way: claims whose worker died, lanes that nobody was told of, messages too old to leave.

Each look is by an index of its own over the few rows that it concerns, and at most a thousand rows a round.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app.sms import facts, halts, inbox, reports
from app.sms.broadcasts import progress
from app.sms.facts import Fact
from app.sms.marks import Marks
from app.sms.models import Message, Report, StateChange
from app.sms.purposes import LANES, LEAVES_AGAIN
from app.sms.states import move, put_back
from app.sms.verdicts import LOST, NEVER_LEFT

LEASE = timedelta(seconds=45)
"""A claim older than this has lost its worker: it is at most 25 s old when it leaves, and a request takes at most 12 s in all.

Where the clocks of two machines differ by more, a claim is shut under its worker, who then hands nothing more over.
"""
AGAIN_AFTER = timedelta(minutes=1)
MOST = 1000


def sweep(session: Session, *, now: datetime, wake: Callable[[str], None], marks: Marks | None = None) -> None:
    """Do one round; several at once do no harm. Lanes with work due are woken. Without marks all that was lost is in doubt."""
    # In this order: what was lost becomes *maybe sent*, a report that waits may settle it,
    # and only what is still in doubt then leaves once more.
    _find_lost(session, marks, now)
    reports.match_parked(session, now=now)
    # By itself a message leaves once more after its first doubt, and never after a second.
    doubts = select(func.count()).where(StateChange.message_id == Message.id, StateChange.state == "maybe")
    once_more = (
        (Message.state == "maybe")
        & Message.lane.in_(LEAVES_AGAIN)
        & (Message.changed_at < now - AGAIN_AFTER)
        & (Message.expires_at > now)
        & (doubts.correlate(Message).scalar_subquery() < 2)
    )
    stopped, _ = progress.held_among(session, session.scalars(select(Message.cause).where(once_more).distinct()), now)
    put_back(session, once_more & Message.cause.not_in(stopped), now=now, at=now, reason="maybe sent, once more", taken=0)
    late = (Message.state == "queued") & (Message.expires_at <= now)
    # The state is asked again in the UPDATE: a worker may have claimed some since they were found.
    move(session, _some(late, Message.expires_at) & (Message.state == "queued"), "expired", now=now, reason="too late to leave")
    reports.forget(session, now=now)
    halts.forget(session, now=now)
    for lane in LANES:
        due = select(Message.id).where(Message.state == "queued", Message.lane == lane, Message.next_at <= now)
        if session.scalar(due.order_by(Message.next_at).limit(1)) is not None:
            wake(lane)
    if inbox.waits(session):
        wake(inbox.QUEUE)
    if session.scalar(select(exists().where(Report.fate == "new"))):
        wake(reports.QUEUE)


def _find_lost(session: Session, marks: Marks | None, now: datetime) -> None:
    """Queue again what lost its worker and surely never left; call the rest *maybe sent*."""
    late = (Message.state == "sending") & (Message.claimed_at < now - LEASE)
    rows = session.execute(
        select(Message.id, Message.claim, Message.created_at).where(late).order_by(Message.claimed_at).limit(MOST)
    ).all()
    if not rows:
        return
    # Shut before anything is moved: a worker that wakes up now hands nothing over any more.
    handed = marks.shut(sorted({row.claim for row in rows})) if marks else {}
    lost = [
        Fact(row.id, NEVER_LEFT if row.claim in handed and row.id not in handed[row.claim] else LOST, claim=row.claim)
        for row in rows  # by its claim: not what its worker gave back and another has claimed since
    ]
    facts.apply(session, lost, now=now, since=min(row.created_at for row in rows))


def _some(which: ColumnElement[bool], first: Any) -> ColumnElement[bool]:
    return Message.id.in_(select(Message.id).where(which).order_by(first).limit(MOST))
