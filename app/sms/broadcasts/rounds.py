"""What the scheduler does for broadcasts: starts what is due, tells how far they are, ends them. Several do no harm."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db.rows import each
from app.sms import outbox
from app.sms.broadcasts import progress, texts
from app.sms.broadcasts.models import Broadcast
from app.sms.purposes import BULK_FROM

STEPS = (10, 50, 100)
"""Per cent at which the sender is told; a broadcast to few only tells the last."""
CODE_LASTS = timedelta(minutes=15)
COUNTED_A_SECOND = 20_000
"""A broadcast to so many is counted once a second at the most; to ten times as many every ten."""


def follow(session: Session, *, now: datetime, wake: Callable[[str], None]) -> None:
    """Do one round: start, resume, count, tell, end. Lanes with something to do are woken."""
    dead = update(Broadcast).where(Broadcast.state == "estimated", Broadcast.estimated_at <= now - CODE_LASTS)
    session.execute(dead.values(state="dead"))
    due = update(Broadcast).where(Broadcast.state == "scheduled", Broadcast.starts_at <= now)
    for lane in session.scalars(due.values(state="sending").returning(Broadcast.lane)).all():
        wake(lane)
    open_ones = select(Broadcast).where(Broadcast.state.in_(("expanding", "sending", "stopping"))).order_by(Broadcast.id)

    def go_on(broadcast: Broadcast) -> None:
        if broadcast.state == "expanding":
            wake(broadcast.lane)
        elif broadcast.state == "stopping":
            progress.drop(session, broadcast.id, now=now)
        elif _worth_counting(broadcast, now):
            _tell(session, broadcast, now)

    each(session, "a broadcast", [(one.id, one) for one in session.scalars(open_ones)], go_on)


def _worth_counting(broadcast: Broadcast, now: datetime) -> bool:
    pause = timedelta(seconds=broadcast.recipients / COUNTED_A_SECOND)
    return broadcast.counted_at is None or broadcast.counted_at <= now - pause


def _tell(session: Session, broadcast: Broadcast, now: datetime) -> None:
    counted = progress.count(session, broadcast.id)
    over = not (counted.queued or counted.sending)
    percent = 100 if over else 100 * counted.gone // max(1, broadcast.recipients)
    step = max((step for step in STEPS if step <= percent), default=0)
    # By what was told before: of two schedulers that count at once one writes, and one SMS leaves.
    ours = update(Broadcast).where(Broadcast.id == broadcast.id, Broadcast.state == "sending", Broadcast.told == broadcast.told)
    values = {"gone": counted.gone, "failed": counted.failed, "doubted": counted.doubted, "counted_at": now}
    if over:
        values |= {"state": "done", "ended_at": now}
    before, told = broadcast.told, step if step == 100 or broadcast.recipients > BULK_FROM else 0
    if session.scalar(ours.values(told=max(told, before), **values).returning(Broadcast.id)) is None:
        return
    if over:
        progress.free(session, broadcast.id, counted.gone)
    if told > before:
        outbox.put(
            session,
            to=broadcast.sender,
            text=texts.progress(broadcast, told, counted),
            purpose="alarm",
            cause=f"progress:{broadcast.id}:{told}",
            now=now,
            person_id=broadcast.person_id,
            cooperative_id=broadcast.cooperative_id,
        )
