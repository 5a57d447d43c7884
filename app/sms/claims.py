"""Take messages from a lane by one conditional UPDATE, in requests that the provider and the rate allow."""

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, cast

import msgspec
from sqlalchemy import Integer, Table, bindparam, literal_column, select, tuple_, update
from sqlalchemy.orm import Session

from app.db.base import Utc
from app.db.hot_statements import execute
from app.sms.broadcasts import progress
from app.sms.models import Message
from app.sms.purposes import Lane
from app.sms.states import move, restore

MOST, MOST_URGENT = 100, 50
"""Numbers in a request."""
MOST_CLAIMED = 400
"""Messages in a claim of one text to many. A claim costs as much for a hundred; what of it isn't marked as handed over when its
worker dies leaves by itself after the lease, and never more of it is claimed than leaves in a second."""
_M, _AS_OF = cast(Table, Message.__table__), bindparam("as_of", type_=Utc())
_QUEUED = _M.c.state == literal_column("'queued'")
"""Written out: a plan that PostgreSQL keeps for any state can't use the index of those that are queued."""
_BY_DUE = "SET LOCAL enable_sort = off"
"""The index of what is due gives its order. After a broadcast that index is empty and large; the planner would take the smaller one
of what expires, and walk at each claim on any lane through all that the next broadcast has queued."""
# SKIP LOCKED: a second worker takes what comes behind, instead of waiting for the first one's commit.
# SQLite has no such clause and leaves it out: its one writer at a time is enough.
# The instant goes beside the id, so that PostgreSQL looks for a row in its own month alone.
_DUE = (
    select(_M.c.id, _M.c.created_at)
    .where(_QUEUED, _M.c.lane == bindparam("on"), _M.c.next_at <= _AS_OF, _M.c.expires_at > _AS_OF)
    .order_by(_M.c.next_at, _M.c.id)
    .limit(bindparam("most", type_=Integer()))
    .with_for_update(skip_locked=True)
    .cte("due")  # as a subquery PostgreSQL may run it again for each row, and pass the limit
)
_CLAIM = (  # its state is asked with nothing behind it: or an index of all that is queued might be walked for each that is due
    update(_M)
    .where(tuple_(_M.c.id, _M.c.created_at).in_(select(_DUE.c.id, _DUE.c.created_at)), _M.c.state.concat("") == "queued")
    .values(state="sending", rank=10, claim=bindparam("named"), claimed_at=_AS_OF, changed_at=_AS_OF)
    .returning(_M.c.id, _M.c.to_number, _M.c.text, _M.c.parts, _M.c.cause, _M.c.created_at)
)


class Batch(msgspec.Struct, frozen=True):
    """One request: a text for some numbers, their message ids, parts of all; claimed `at`, the oldest of them written `since`."""

    claim: str
    lane: Lane
    at: datetime
    text: str
    ids: dict[str, int]
    parts: int
    since: datetime


def most_of(lane: Lane) -> int:
    """Return how many numbers a request on a lane has at most."""
    return MOST_URGENT if lane == "urgent" else MOST


def claim(
    session: Session, lane: Lane, *, now: datetime, most: int = MOST, second: int | None = None, name: str | None = None
) -> list[Batch]:
    """Claim what is due on a lane, oldest first, and group it by text; to be committed before any of it is sent.

    `second` is the most parts that one request may have (a single message may have more), `name` the claim's, of which what
    leaves is marked (`marks.py`).
    """
    claimed = name or secrets.token_hex(8)
    taking = {"on": lane, "as_of": now, "named": claimed, "most": min(most, MOST_CLAIMED if lane == "bulk" else most_of(lane))}
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_BY_DUE)
    rows = execute(connection, _CLAIM, taking).all()
    # Behind the claim: a stop or a quiet hour that has begun by now is seen before anything leaves.
    stopped, resting = progress.held_among(session, {row.cause for row in rows}, now)
    if stopped or resting:
        _put_aside(session, [row.id for row in rows if row.cause in stopped], stopped, now)
        for cause, until in resting.items():
            late = [row.id for row in rows if row.cause == cause]
            restore(session, Message.id.in_(late), now=now, at=until, reason=progress.RESTS)
            progress.put_off(session, cause, until)
        rows = [row for row in rows if row.cause not in stopped and row.cause not in resting]
        if not rows:
            # All of it was of stopped broadcasts, and is put aside: what is due behind it has its turn.
            return [] if resting else claim(session, lane, now=now, most=most, second=second, name=name)
    if not rows:
        return []
    texts, since = dict[str, list[Any]](), min(row.created_at for row in rows)
    # RETURNING gives rows in no order: the oldest are to leave first.
    for row in sorted(rows, key=lambda row: row.id):
        texts.setdefault(row.text, []).append(row)
    return [
        Batch(claimed, lane, now, text, {row.to_number: row.id for row in some}, sum(row.parts for row in some), since)
        for text, same in texts.items()
        for some in _requests(same, most_of(lane), second or MOST * 255)
    ]


def _put_aside(session: Session, claimed: Sequence[int], causes: set[str], now: datetime) -> None:
    """Let nothing of a stopped broadcast leave: what was claimed of it, and what still waits, so that others have their turn."""
    move(session, Message.id.in_(claimed), "expired", now=now, reason=progress.DROPPED)
    for cause in causes:
        progress.drop(session, progress.broadcast_of(cause), now=now)


def release(session: Session, batches: Sequence[Batch], *, now: datetime) -> None:
    """Give back what was claimed and never handed over."""
    for token in {batch.claim for batch in batches}:
        ids = [message for batch in batches if batch.claim == token for message in batch.ids.values()]
        # Only what this claim still holds: the sweeper may have taken it for lost, and another worker have it by now.
        restore(session, Message.id.in_(ids) & (Message.claim == token), now=now, at=now, reason=None)


def _requests(rows: Sequence[Any], most: int, second: int) -> Iterator[list[Any]]:
    """Cut messages of one text where a number comes again, there are too many, or the parts pass one second's."""
    some: list[Any] = []
    numbers: set[str] = set()
    parts = 0
    # An answer names numbers and no messages: a number twice in a request couldn't be told apart.
    for row in rows:
        if some and (len(some) == most or parts + row.parts > second or row.to_number in numbers):
            yield some
            some, numbers, parts = [], set(), 0
        some.append(row)
        numbers.add(row.to_number)
        parts += row.parts
    if some:
        yield some
