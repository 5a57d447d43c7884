"""Take messages from a lane, hand them to the provider, write down what it said. No connection is held during the call."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, bindparam, func, select, update
from sqlalchemy.orm import Session

from app.db.database import Database
from app.gateways.sms import Answer, MaybeSent, NotSent, SmsGateway, Taken
from app.sms import reports
from app.sms.models import Message
from app.sms.purposes import Lane
from app.sms.states import move, put_back, restore
from app.sms.verdicts import DELAYS, UNKNOWN_CODE, VERDICTS, WHOLE, Accepted, Halt, Later, Never, OptedOut, Verdict

Jitter = Callable[[], float]

MOST, MOST_URGENT = 100, 50
STALE = timedelta(seconds=25)
"""A claim older than this is not sent any more (a frozen machine): the sweeper takes it for lost at its lease."""


class Halted(Exception):
    """The provider refuses our account: the lane rests, its argument says why."""


class Batch(msgspec.Struct, frozen=True):
    """One text for some numbers: message ids by number, claimed at an instant."""

    claim: str
    at: datetime
    text: str
    ids: dict[str, int]


_IDENTIFY = (
    update(Message.__table__)  # type: ignore[arg-type]
    .where(Message.id == bindparam("message"))
    .values(provider=bindparam("by"), provider_id=bindparam("theirs"), cost=bindparam("costs"))
)


def claim(session: Session, lane: Lane, *, now: datetime) -> list[Batch]:
    """Claim what is due on a lane, oldest first, and group it by text; to be committed before any of it is sent."""
    claimed = secrets.token_hex(8)
    due = (
        select(Message.id)
        .where(Message.state == "queued", Message.lane == lane, Message.next_at <= now, Message.expires_at > now)
        .order_by(Message.next_at, Message.id)
        .limit(MOST_URGENT if lane == "urgent" else MOST)
        .with_for_update(skip_locked=True)
        .cte("due")  # as a subquery PostgreSQL may run it again for each row, and pass the limit
    )
    rows = session.execute(
        update(Message)
        .where(Message.id.in_(select(due.c.id)), Message.state == "queued")
        .values(state="sending", rank=10, claim=claimed, claimed_at=now, changed_at=now)
        .returning(Message.id, Message.to_number, Message.text)
    ).all()
    texts: dict[str, list[dict[str, int]]] = {}
    for row in sorted(rows):
        groups = texts.setdefault(row.text, [{}])
        if row.to_number in groups[-1]:
            groups.append({})
        groups[-1][row.to_number] = row.id
    return [Batch(claimed, now, text, ids) for text, groups in texts.items() for ids in groups]


def send(database: Database, gateway: SmsGateway, batch: Batch, *, clock: Callable[[], datetime], jitter: Jitter) -> int:
    """Send one batch and settle it; return how many the provider took. Raises Halted when our account is refused."""
    if clock() > batch.at + STALE:
        with database.transaction() as session:
            release(session, [batch], now=clock())
        return 0
    try:
        answer = gateway.send(batch.text, list(batch.ids))
    except NotSent as fault:
        with database.transaction() as session:
            why = f"not sent: {type(fault.__cause__ or fault).__name__}"
            _again(session, batch, list(batch.ids), why, clock(), jitter, taken=0)
        return 0
    except MaybeSent:
        answer = Answer(unknown=tuple(batch.ids))
    halted: list[str] = []
    with database.transaction() as session:
        taken = settle(session, gateway.name, batch, answer, now=clock(), jitter=jitter, halted=halted)
    if halted:
        raise Halted(halted[0])
    return taken


def settle(
    session: Session, provider: str, batch: Batch, answer: Answer, *, now: datetime, jitter: Jitter, halted: list[str]
) -> int:
    """Write what a provider said of a batch, and return how many it took.

    A message that a report has moved already stays where it is. What was asked for and isn't in the answer is *maybe sent*.
    Reports that came before are applied now.
    """
    if answer.whole:
        _apply(session, batch, list(batch.ids), WHOLE[answer.whole], now, jitter, halted)
        return 0
    taken = {batch.ids[number]: given for number, given in answer.taken.items() if number in batch.ids}
    _accept(session, provider, taken, now)
    for number, refused in answer.refused.items():
        if number in batch.ids:
            _apply(session, batch, [number], VERDICTS.get(refused.code, UNKNOWN_CODE), now, jitter, halted)
    doubt(session, batch, [number for number in answer.unknown if number in batch.ids], provider, now=now)
    return len(taken)


def release(session: Session, batches: Sequence[Batch], *, now: datetime) -> None:
    """Give back what was claimed and never handed over."""
    for batch in batches:
        restore(session, _held(batch, list(batch.ids)), now=now, at=now, reason=None)


def doubt(session: Session, batch: Batch, numbers: Sequence[str], provider: str, *, now: datetime) -> None:
    """Call messages *maybe sent*: nothing here sends them again."""
    if numbers:
        which = _held(batch, numbers) & (Message.state == "sending")
        move(session, which, "maybe", now=now, reason="no answer", provider=provider, attempts=Message.attempts + 1)


def _accept(session: Session, provider: str, taken: dict[int, Taken], now: datetime) -> None:
    if not taken:
        return
    rows = [{"message": message, "by": provider, "theirs": it.id, "costs": it.cost} for message, it in taken.items()]
    session.connection().execute(_IDENTIFY, rows)
    move(session, Message.id.in_(list(taken)), "accepted", now=now)
    reports.apply_parked(session, provider, [it.id for it in taken.values()], now=now)


def _apply(
    session: Session, batch: Batch, numbers: list[str], verdict: Verdict, now: datetime, jitter: Jitter, halted: list[str]
) -> None:
    match verdict:
        case Accepted():
            return
        case Never(reason) | OptedOut(reason):
            move(session, _held(batch, numbers), "failed", now=now, reason=reason)
        case Later(reason):
            _again(session, batch, numbers, reason, now, jitter, taken=1)
        case Halt(reason):
            halted.append(reason)
            _again(session, batch, numbers, reason, now, jitter, taken=0)


def _again(session: Session, batch: Batch, numbers: list[str], reason: str, now: datetime, jitter: Jitter, *, taken: int) -> None:
    """Put claimed messages back for later: the further the try, the longer the wait, give or take a quarter."""
    held = _held(batch, numbers)
    tries = session.scalar(select(func.max(Message.attempts)).where(held)) or 0
    wait = timedelta(seconds=DELAYS[min(tries, len(DELAYS) - 1)] * (0.75 + 0.5 * jitter()))
    put_back(session, held, now=now, at=now + wait, reason=reason, taken=taken)


def _held(batch: Batch, numbers: Sequence[str]) -> ColumnElement[bool]:
    return Message.id.in_([batch.ids[number] for number in numbers]) & (Message.claim == batch.claim)
