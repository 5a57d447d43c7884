"""A broadcast's messages, written in slices: one row a number, and each slice goes on where the last one was committed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, literal, null, update
from sqlalchemy.orm import Session

from app.db.upsert import upsert
from app.sms.broadcasts import budget
from app.sms.broadcasts.models import Broadcast
from app.sms.broadcasts.progress import cause_of
from app.sms.broadcasts.terms import Terms
from app.sms.models import Message
from app.sms.outbox import touch
from app.sms.purposes import PURPOSES

Found = Select[str, int, int | None, int, int]
"""Phone, its row's id, place (none when it is one member's), person, co-operative."""

SLICE = 2_000
"""About how many messages are written in one transaction."""


def span(broadcast: Broadcast) -> tuple[int, int]:
    """Return the ids of numbers, from (excluded) and to (included), that the next slice is of."""
    last = broadcast.frozen_to or 0
    if broadcast.recipients <= SLICE:
        return broadcast.cursor, last
    return broadcast.cursor, min(last, broadcast.cursor + max(SLICE, SLICE * last // broadcast.recipients))


def write(session: Session, broadcast: Broadcast, found: Sequence[Found], terms: Terms, *, now: datetime) -> bool:
    """Write the messages of a slice, in the caller's transaction; False when somebody else did, or it was stopped meanwhile.

    `found` gives the numbers of `span`, and beside them such as have no row there. Creation is no change of state: `created_at`
    tells it, which is the order's instant in all of them, so that a number that is found twice has one message, also in another
    slice, and where a month ends between these.
    """
    before, to = span(broadcast)
    # The cursor moves before any row is written: a second worker waits here for the first one's commit,
    # finds another cursor, and writes nothing.
    ours = update(Broadcast).where(Broadcast.id == broadcast.id, Broadcast.cursor == before, Broadcast.state == "expanding")
    if session.scalar(ours.values(cursor=to).returning(Broadcast.id)) is None:
        return False
    at = _leaves(broadcast, terms)
    written = sum(_insert(session, broadcast, one, at, now) for one in found)
    session.execute(update(Broadcast).where(Broadcast.id == broadcast.id).values(written=Broadcast.written + written))
    session.refresh(broadcast)
    if to >= (broadcast.frozen_to or 0):
        _finish(session, broadcast, now)
    touch(session, broadcast.lane)
    return True


def _leaves(broadcast: Broadcast, terms: Terms) -> datetime:
    """Return when a slice is due: at the start, or at the end of the quiet hours when the rate takes it into them."""
    reached = broadcast.starts_at + timedelta(seconds=broadcast.written * broadcast.parts / terms.rate)
    if broadcast.purpose == "urgent":
        return broadcast.starts_at
    return terms.quiet_until(reached) or broadcast.starts_at


def _insert(session: Session, broadcast: Broadcast, found: Found, at: datetime, now: datetime) -> int:
    phone, _, place, person, cooperative = found.selected_columns
    utc = Message.created_at.type
    values = {
        "to_number": phone,
        "person_id": case((place.is_(None), person), else_=null()),
        "cooperative_id": cooperative,
        "cause": literal(cause_of(broadcast.id)),
        "purpose": literal(broadcast.purpose),
        "lane": literal(broadcast.lane),
        "language": literal("fr"),
        "text": literal(broadcast.text),
        "alphabet": literal(broadcast.alphabet),
        "parts": literal(broadcast.parts),
        "price": literal(broadcast.parts * broadcast.price),
        "state": literal("queued"),
        "rank": literal(0),
        "attempts": literal(0),
        "next_at": literal(at, utc),
        "expires_at": literal(at + PURPOSES[broadcast.purpose].expires, utc),
        "created_at": literal(broadcast.confirmed_at, utc),
        "changed_at": literal(now, utc),
    }
    # Its joins must stay, though no column of theirs may be among the values.
    rows = found.with_only_columns(*values.values(), maintain_column_froms=True)
    writing = upsert(session, Message).from_select(list(values), rows).on_conflict_do_nothing()
    # SQLAlchemy keeps no row count of an INSERT unless it is asked to.
    done: Any = session.execute(writing, execution_options={"preserve_rowcount": True})
    return int(done.rowcount)


def _finish(session: Session, broadcast: Broadcast, now: datetime) -> None:
    """Say that all are written; what was reserved for numbers that are no longer there is given back."""
    state = "scheduled" if broadcast.starts_at > now else "sending"
    unused = max(0, broadcast.recipients - broadcast.written) * broadcast.parts * broadcast.price if broadcast.reserved else 0
    over = update(Broadcast).where(Broadcast.id == broadcast.id, Broadcast.state == "expanding")
    over = over.values(state=state, recipients=broadcast.written, reserved=Broadcast.reserved - unused)
    # A stop that came first has given the budget back.
    if session.scalar(over.returning(Broadcast.id)) is not None and unused and broadcast.budget_day:
        budget.give_back(session, broadcast.budget_day, unused)
    session.refresh(broadcast)
