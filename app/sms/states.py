"""The states of a message. Each has a rank, and a message only moves up, by one conditional UPDATE.

queued ──claim──> sending ──answer──> accepted ──report──> underway ──report──> failed ──report──> delivered
   ^                 │                    ^
   └── retry         └──no answer──> maybe ┘ (a report settles it; the lanes `code` and `urgent` leave once more)

`refused` is what consent, the loop guard or the frequency cap held back when it was put (`refusals.py`), or the gateway's own list.
`delivered` stands above `failed`, so that contradicting reports end the same in any order. Claims, and claims given back
unused, are not written down as changes: there may be many, and `claimed_at` tells.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, insert, literal, or_, select, text, update
from sqlalchemy.orm import Session

from app.sms import consents
from app.sms.cost import centimes
from app.sms.models import Message, StateChange
from app.sms.purposes import PURPOSES

RANKS = {
    "queued": 0,
    "sending": 10,
    "maybe": 20,
    "accepted": 30,
    "underway": 40,
    "expired": 80,
    "refused": 85,
    "failed": 90,
    "delivered": 100,
}
_IDENTIFY = (
    update(Message.__table__)  # type: ignore[arg-type]
    .where(Message.id == bindparam("message"))
    .values(provider=bindparam("by"), provider_id=bindparam("theirs"), cost=bindparam("costs"))
    .values(actual_parts=bindparam("measured"), actual_centimes=bindparam("charged"))
)
_ACCEPT = text("""
WITH given AS (
    SELECT * FROM unnest(
        CAST(:messages AS bigint[]), CAST(:theirs AS text[]), CAST(:costs AS text[]),
        CAST(:measured AS int[]), CAST(:charged AS int[])
    ) AS v(id, theirs, cost, parts, centimes)),
moved AS (
    UPDATE sms_messages AS m
    SET state = 'accepted', rank = 30, reason = NULL, changed_at = :now,
        provider = :by, provider_id = given.theirs, cost = given.cost,
        actual_parts = given.parts, actual_centimes = given.centimes
    FROM given WHERE m.id = given.id AND m.rank < 30 RETURNING m.id),
noted AS (INSERT INTO sms_state_changes (message_id, state, reason, at) SELECT id, 'accepted', NULL, :now FROM moved RETURNING 1)
SELECT count(*) FROM noted""")
FINAL = frozenset(state for state, rank in RANKS.items() if rank >= RANKS["expired"])


def move(
    session: Session, which: ColumnElement[bool], state: str, *, now: datetime, reason: str | None = None, **values: Any
) -> list[int]:
    """Raise the messages of `which` to `state`, those that stand lower; return their ids. Each change is written down."""
    rank = RANKS[state]
    moved = session.execute(
        update(Message)
        .where(which, Message.rank < rank)
        .values(state=state, rank=rank, reason=reason, changed_at=now, **values)
        .returning(Message.id)
    ).scalars()
    return note(session, list(moved), state, reason, now)


class Took(NamedTuple):
    """A message that a provider took: its id there, what it says of the cost, and of the parts if it does."""

    message: int
    theirs: str
    cost: str
    parts: int | None = None


def accept(session: Session, provider: str, taken: Sequence[Took], *, now: datetime) -> None:
    """Raise messages to `accepted` with the provider's id and what they really cost, and write the change down.

    One that a report has raised further keeps its state. On PostgreSQL one statement does it all: this is the hot path.
    """
    if not taken:
        return
    charged = [centimes(took.cost) for took in taken]
    if session.get_bind().dialect.name == "postgresql":
        messages, theirs, costs, measured = (list(column) for column in zip(*taken, strict=True))
        columns = {"messages": messages, "theirs": theirs, "costs": costs, "measured": measured, "charged": charged}
        if session.connection().execute(_ACCEPT, columns | {"by": provider, "now": now}).scalar() == len(taken):
            return
    rows = [
        {
            "message": took.message,
            "by": provider,
            "theirs": took.theirs,
            "costs": took.cost,
            "measured": took.parts,
            "charged": paid,
        }
        for took, paid in zip(taken, charged, strict=True)
    ]
    session.connection().execute(_IDENTIFY, rows)
    move(session, Message.id.in_([took.message for took in taken]), "accepted", now=now)


def put_back(session: Session, which: ColumnElement[bool], *, now: datetime, at: datetime, reason: str, taken: int) -> list[int]:
    """Give claimed messages back to the queue for `at`; the only way down, for the holder of the claim alone. Return which.

    `taken` is what the attempt counts: 0 when it never reached the provider. Whose number has said no meanwhile gets none: what
    is in doubt stays so.
    """
    unwanted = or_(
        *(
            (Message.purpose == name) & ~consents.wants(Message.to_number, purpose.consent)
            for name, purpose in PURPOSES.items()
            if purpose.consent
        )
    )
    wanted = which & ((Message.state != "maybe") | ~unwanted)
    back = note(session, restore(session, wanted, now=now, at=at, reason=reason, taken=taken), "queued", reason, now)
    stopped = move(session, Message.id.in_(back) & unwanted, "refused", now=now, reason="stopped") if back else []
    return [message for message in back if message not in stopped]


def restore(
    session: Session, which: ColumnElement[bool], *, now: datetime, at: datetime, reason: str | None, taken: int = 0
) -> list[int]:
    """Give claimed messages back without a word."""
    moved = session.execute(
        update(Message)
        .where(which, Message.state.in_(("sending", "maybe")))
        .values(
            state="queued",
            rank=0,
            claim=None,
            claimed_at=None,
            next_at=at,
            reason=reason,
            changed_at=now,
            attempts=Message.attempts + taken,
        )
        .returning(Message.id)
    ).scalars()
    return list(moved)


def note(session: Session, ids: list[int], state: str, reason: str | None, now: datetime) -> list[int]:
    """Write down that these messages are in `state` since now."""
    if ids:
        rows = select(Message.id, literal(state), literal(reason), literal(now, StateChange.at.type)).where(Message.id.in_(ids))
        session.execute(insert(StateChange).from_select(["message_id", "state", "reason", "at"], rows))
    return ids
