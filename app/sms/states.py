"""The states of a message. Each has a rank, and a message only moves up, by one conditional UPDATE.

queued ──claim──> sending ──answer──> accepted ──report──> underway ──report──> failed ──report──> delivered
   ^                 │                    ^
   └── retry         └──no answer──> maybe ┘ (a report settles it; the lanes `code` and `urgent` leave once more)

`refused` is what consent, the loop guard or the frequency cap held back when it was put (`refusals.py`), or the gateway's own list.
`delivered` stands above `failed`, so that contradicting reports end the same in any order. Claims, and claims given back
unused, are not written down as changes: there may be many, and `claimed_at` tells. What a provider says goes by `facts.py`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from app.sms import consents
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
FINAL = frozenset(state for state, rank in RANKS.items() if rank >= RANKS["expired"])
_UNWANTED = or_(
    *(
        (Message.purpose == name) & ~consents.wants(Message.to_number, purpose.consent)
        for name, purpose in PURPOSES.items()
        if purpose.consent
    )
)


def move(session: Session, which: ColumnElement[bool], state: str, *, now: datetime, reason: str | None = None) -> list[int]:
    """Raise the messages of `which` to `state`, those that stand lower; return their ids. Each change is written down."""
    # The rank is asked in the UPDATE itself: of two that move a message at once the higher state stands.
    higher = update(Message).where(which, Message.rank < RANKS[state])
    moved = _ids(session, higher.values(state=state, rank=RANKS[state], reason=reason, changed_at=now))
    return note(session, moved, now)


def put_back(session: Session, which: ColumnElement[bool], *, now: datetime, at: datetime, reason: str, taken: int) -> list[int]:
    """Give claimed messages back to the queue for `at`; the only way down, for the holder of the claim alone. Return which.

    `taken` is what the attempt counts: 0 when it never reached the provider. Whose number has said no meanwhile gets none: what
    is in doubt stays so.
    """
    wanted = which & ((Message.state != "maybe") | ~_UNWANTED)
    back = note(session, restore(session, wanted, now=now, at=at, reason=reason, taken=taken), now)
    stopped = move(session, Message.id.in_(back) & _UNWANTED, "refused", now=now, reason="stopped") if back else []
    return [message for message in back if message not in stopped]


def restore(
    session: Session, which: ColumnElement[bool], *, now: datetime, at: datetime, reason: str | None, taken: int = 0
) -> list[int]:
    """Give claimed messages back without a word."""
    free = {"state": "queued", "rank": 0, "claim": None, "claimed_at": None, "next_at": at, "reason": reason, "changed_at": now}
    held = update(Message).where(which, Message.state.in_(("sending", "maybe")))
    return _ids(session, held.values(free | {"attempts": Message.attempts + taken}))


def note(session: Session, ids: list[int], now: datetime) -> list[int]:
    """Write down that these messages are in their state since now."""
    if ids:
        rows = select(Message.id, Message.state, Message.reason, literal(now, StateChange.at.type)).where(Message.id.in_(ids))
        session.execute(insert(StateChange).from_select(["message_id", "state", "reason", "at"], rows))
    return ids


def _ids(session: Session, moving: Any) -> list[int]:
    """Move messages without a look at those that the session has loaded: of tens of thousands it has none."""
    return list(session.scalars(moving.returning(Message.id), execution_options={"synchronize_session": False}))
