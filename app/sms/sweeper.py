"""Find what was lost on the way: claims whose worker died, lanes that nobody was told of, messages too old to leave."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.sms import reports
from app.sms.models import Message, StateChange
from app.sms.purposes import LANES, LEAVES_AGAIN
from app.sms.states import move, put_back

LEASE = timedelta(seconds=45)
"""A claim older than this has lost its worker: a request takes at most 12 s, a slice 1.5 s more."""
AGAIN_AFTER = timedelta(minutes=1)


def sweep(session: Session, *, now: datetime, wake: Callable[[str], None]) -> None:
    """Do one round; several at once do no harm. Lanes with work due are woken."""
    move(
        session,
        (Message.state == "sending") & (Message.claimed_at < now - LEASE),
        "maybe",
        now=now,
        reason="worker lost",
        attempts=Message.attempts + 1,
    )
    reports.match_parked(session, now=now)
    doubts = select(func.count()).where(StateChange.message_id == Message.id, StateChange.state == "maybe")
    once_more = (
        (Message.state == "maybe")
        & Message.lane.in_(LEAVES_AGAIN)
        & (doubts.correlate(Message).scalar_subquery() < 2)
        & (Message.changed_at < now - AGAIN_AFTER)
        & (Message.expires_at > now)
    )
    put_back(session, once_more, now=now, at=now, reason="maybe sent, once more", taken=0)
    move(session, (Message.state == "queued") & (Message.expires_at <= now), "expired", now=now, reason="too late to leave")
    reports.forget(session, now=now)
    for lane in LANES:
        due = exists().where(Message.state == "queued", Message.lane == lane, Message.next_at <= now)
        if session.scalar(select(due)):
            wake(lane)
