"""Where a broadcast stands: its messages counted, and its state moved by conditional UPDATEs alone."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, func, select, update
from sqlalchemy.orm import Session

from app.sms.broadcasts import budget
from app.sms.broadcasts.models import Broadcast
from app.sms.models import Message
from app.sms.states import RANKS, move

UNDER_WAY = ("expanding", "scheduled", "sending")
"""States in which messages leave, or will."""
_CAUSE = re.compile(r"broadcast:\d+")
FEW = 500
"""A stopped broadcast to so many is put aside at once; of a greater one the flag must do until the next claim, or the scheduler."""
ASIDE = ("expired", "refused")
"""States of messages that will never leave, by our own will."""
DROPPED, RESTS = "broadcast stopped", "quiet hours"
A_DAY = timedelta(days=1)
MOST_DROPPED = 5_000
"""Messages of a stopped broadcast, or of a resting one, that are put aside at a time."""


class Counts(msgspec.Struct, frozen=True):
    """Messages of a broadcast: handed over, of these with the handset, refused or in doubt; on their way out, and waiting.

    `stopped` are held back by their number's wish, `late` put aside.
    """

    gone: int = 0
    delivered: int = 0
    failed: int = 0
    doubted: int = 0
    sending: int = 0
    queued: int = 0
    stopped: int = 0
    late: int = 0


def cause_of(broadcast: int) -> str:
    """Return the cause of a broadcast's messages: one for each number."""
    return f"broadcast:{broadcast}"


def broadcast_of(cause: str) -> int:
    """Return the broadcast whose cause this is."""
    return int(cause.partition(":")[2])


def count(reader: Connection | Session, broadcast: int) -> Counts:
    """Count a broadcast's messages; one SELECT by their cause."""
    states = select(Message.state, func.count()).where(Message.cause == cause_of(broadcast)).group_by(Message.state)
    found: dict[str, int] = {row[0]: row[1] for row in reader.execute(states)}
    return Counts(
        gone=sum(number for state, number in found.items() if RANKS[state] >= RANKS["maybe"] and state not in ASIDE),
        delivered=found.get("delivered", 0),
        failed=found.get("failed", 0),
        doubted=found.get("maybe", 0),
        sending=found.get("sending", 0),
        queued=found.get("queued", 0),
        stopped=found.get("refused", 0),
        late=found.get("expired", 0),
    )


def stop(session: Session, broadcast: int, person_id: int, *, now: datetime) -> int | None:
    """Stop a broadcast that is under way; return how many have left, or None when it isn't under way.

    A batch that is with the provider, or on its way there, still leaves and counts as gone; nothing claimed later does. What
    won't leave is given back to the budget.
    """
    stopped = update(Broadcast).where(Broadcast.id == broadcast, Broadcast.state.in_(UNDER_WAY))
    stopped = stopped.values(state="stopping", ended_at=now, ended_by=person_id)
    recipients = session.scalar(stopped.returning(Broadcast.recipients))
    if recipients is None:
        return None
    if recipients <= FEW:
        drop(session, broadcast, now=now)
    counted = count(session, broadcast)
    left = counted.gone + counted.sending
    free(session, broadcast, left)
    return left


def free(session: Session, broadcast: int, left: int) -> None:
    """Give back to the budget what was reserved for more messages than have left."""
    reserved = select(Broadcast.recipients, Broadcast.reserved, Broadcast.budget_day).where(Broadcast.id == broadcast)
    # Locked: it is read, then written, and a stop may come while a slice ends.
    row = session.execute(reserved.with_for_update()).one()
    if row.reserved and row.budget_day:
        kept = min(row.reserved, row.reserved * left // max(1, row.recipients))
        budget.give_back(session, row.budget_day, row.reserved - kept)
        session.execute(update(Broadcast).where(Broadcast.id == broadcast).values(reserved=kept))


def drop(session: Session, broadcast: int, *, now: datetime) -> int:
    """Put aside some of a stopped broadcast's messages that are queued; return how many. When none is left it is *stopped*."""
    some = select(Message.id).where(Message.cause == cause_of(broadcast), Message.state == "queued").limit(MOST_DROPPED)
    # The state is asked again in the UPDATE: a worker may have claimed some since they were found.
    ids = move(session, Message.id.in_(some) & (Message.state == "queued"), "expired", now=now, reason=DROPPED)
    if len(ids) < MOST_DROPPED:
        over = update(Broadcast).where(Broadcast.id == broadcast, Broadcast.state == "stopping")
        # What is claimed may come back to the queue: until it is settled the broadcast is *stopping*.
        waits = select(Message.id).where(Message.cause == cause_of(broadcast), Message.state.in_(("queued", "sending")))
        session.execute(over.where(~waits.exists()).values(state="stopped"))
    return len(ids)


def put_off(session: Session, cause: str, until: datetime) -> None:
    """Let some of a broadcast's messages that are queued wait until an instant: its quiet hours have begun."""
    some = select(Message.id).where(Message.cause == cause, Message.state == "queued", Message.next_at < until).limit(MOST_DROPPED)
    late = update(Message).where(Message.id.in_(some), Message.state == "queued")
    session.execute(late.values(next_at=until, reason=RESTS).execution_options(synchronize_session=False))


def held_among(session: Session, causes: Iterable[str], now: datetime) -> tuple[set[str], dict[str, datetime]]:
    """Return which of these causes are broadcasts that were stopped, and which are in their quiet hours, until when."""
    ids = {broadcast_of(cause): cause for cause in causes if _CAUSE.fullmatch(cause)}
    if not ids:
        return set(), {}
    stopped = Broadcast.state.in_(("stopping", "stopped"))
    found = select(Broadcast.id, stopped, Broadcast.rests_at, Broadcast.rests_until)
    rows = session.execute(found.where(Broadcast.id.in_(ids), stopped | (Broadcast.rests_at <= now))).all()
    resting: dict[str, datetime] = {}
    for broadcast, is_stopped, start, end in rows:
        since = (now - start) % A_DAY if start else A_DAY
        if start and end and not is_stopped and since < end - start:
            resting[ids[broadcast]] = now - since + (end - start)
    return {ids[row[0]] for row in rows if row[1]}, resting
