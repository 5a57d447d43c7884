"""Put a message in the outbox: a row in the transaction that caused it, before it is anything else."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import event, select
from sqlalchemy.orm import Session, sessionmaker

from app.db.upsert import upsert
from app.service import service_of
from app.sms.models import Message, StateChange
from app.sms.policy import prepare
from app.sms.prices import price_at
from app.sms.purposes import PURPOSES
from app.sms.refusals import why_not
from app.sms.states import RANKS, move
from app.texts import translate

_TOUCHED = "sms_lanes"


def put(
    session: Session,
    *,
    to: str,
    text: str,
    purpose: str,
    cause: str,
    now: datetime,
    person_id: int | None = None,
    cooperative_id: int | None = None,
    trace: str | None = None,
    language: str = "fr",
) -> int | None:
    """Write one message in the caller's transaction; return its id, or None when (cause, to) was written before.

    What `texts.say` gave leaves in `language`, other words as they are.

    What must not leave (`refusals.py`) is written too, in state `refused` with the reason.

    After the commit the lane is told to whoever listens (see `listen`); if nobody does, the sweeper finds the row.
    """
    kind, travelling = PURPOSES[purpose], prepare(translate(text, language))
    refused = why_not(session, to=to, purpose=purpose, text=travelling.text, now=now)
    state = "refused" if refused else "queued"
    values = {
        "cause": cause,
        "to_number": to,
        "person_id": person_id,
        "cooperative_id": cooperative_id,
        "purpose": purpose,
        "lane": kind.lane,
        "language": language,
        "text": travelling.text,
        "alphabet": travelling.alphabet,
        "parts": travelling.parts,
        "state": state,
        "rank": RANKS[state],
        "reason": refused,
        "attempts": 0,
        "next_at": now,
        "expires_at": now + kind.expires,
        "trace": trace,
        "created_at": now,
        "changed_at": now,
    }
    # A trigger knows each (cause, number) that was written, whichever month it was in, and keeps the row out:
    # then no id comes back. Of two transactions at once the second waits for the first one's commit.
    price = travelling.parts * price_at(now, service_of(session).part_price)
    new = upsert(session, Message).values(price=price).on_conflict_do_nothing().returning(Message.id)
    written = session.execute(new, values).scalar()
    if written is not None:
        session.add(StateChange(message_id=written, state=state, reason=refused, at=now))
        if not refused:
            touch(session, kind.lane)
    return written


def withdraw(session: Session, to: str, consents: Sequence[str], *, now: datetime) -> int:
    """Let no message leave to a number that has just said no to these consents; return how many were waiting."""
    purposes = [name for name, purpose in PURPOSES.items() if purpose.consent in consents]
    waiting = (Message.to_number == to) & Message.purpose.in_(purposes) & (Message.state == "queued")
    return len(move(session, waiting, "refused", now=now, reason="stopped"))


def touch(session: Session, lane: str) -> None:
    """Have a lane told after the commit that there is work."""
    session.info.setdefault(_TOUCHED, set()).add(lane)


def sent_for(session: Session, cause: str) -> str | None:
    """Return the text that a cause led to, if it did."""
    return session.scalar(select(Message.text).where(Message.cause == cause))


def listen(factory: sessionmaker[Session], wake: Callable[[str], None]) -> None:
    """Tell `wake` the lanes that sessions of this factory put messages on, after each commit; it must be quick and not raise."""

    def committed(session: Session) -> None:
        if session.in_nested_transaction():  # a savepoint: nobody else sees the rows yet
            return
        for lane in session.info.pop(_TOUCHED, ()):
            wake(lane)

    # A savepoint that is undone takes only its own rows: the lanes of those around it are told all the same.
    def rolled_back(session: Session) -> None:
        if session.in_nested_transaction():
            return
        session.info.pop(_TOUCHED, None)

    event.listen(factory, "after_commit", committed)
    event.listen(factory, "after_rollback", rolled_back)
