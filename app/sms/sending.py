"""Take messages from a lane, hand them to the provider, write down what it said. No connection is held during the call."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db.database import Database
from app.gateways.sms import Answer, MaybeSent, NotSent, SmsGateway
from app.sms import reports
from app.sms.models import Message
from app.sms.purposes import Lane
from app.sms.states import move, note, put_back
from app.sms.verdicts import DELAYS, UNKNOWN_CODE, VERDICTS, WHOLE, Accepted, Halt, Later, Never, OptedOut, Verdict

MOST, MOST_URGENT = 100, 50


class Halted(Exception):
    """The provider refuses our account: the lane rests, its argument says why."""


class Batch(msgspec.Struct, frozen=True):
    """One text for some numbers: message ids by number."""

    claim: str
    text: str
    ids: dict[str, int]


def claim(session: Session, lane: Lane, *, now: datetime) -> list[Batch]:
    """Claim what is due on a lane, oldest first, and group it by text; to be committed before any of it is sent."""
    claimed = secrets.token_hex(8)
    due = (
        select(Message.id)
        .where(Message.state == "queued", Message.lane == lane, Message.next_at <= now, Message.expires_at > now)
        .order_by(Message.next_at, Message.id)
        .limit(MOST_URGENT if lane == "urgent" else MOST)
        .with_for_update(skip_locked=True)
    )
    rows = session.execute(
        update(Message)
        .where(Message.id.in_(due), Message.state == "queued")
        .values(state="sending", rank=10, claim=claimed, claimed_at=now, changed_at=now)
        .returning(Message.id, Message.to_number, Message.text)
    ).all()
    note(session, [row.id for row in rows], "sending", None, now)
    texts: dict[str, list[dict[str, int]]] = {}
    for row in sorted(rows):
        groups = texts.setdefault(row.text, [{}])
        if row.to_number in groups[-1]:
            groups.append({})
        groups[-1][row.to_number] = row.id
    return [Batch(claimed, text, ids) for text, groups in texts.items() for ids in groups]


def send(
    database: Database, gateway: SmsGateway, batch: Batch, *, clock: Callable[[], datetime], jitter: Callable[[], float]
) -> int:
    """Send one batch and settle it; return how many the provider took. Raises Halted when our account is refused."""
    halted: list[str] = []
    try:
        answer = gateway.send(batch.text, list(batch.ids))
    except NotSent as fault:
        with database.transaction() as session:
            _again(
                session, batch, list(batch.ids), f"not sent: {type(fault.__cause__ or fault).__name__}", clock(), jitter, taken=0
            )
        return 0
    except MaybeSent:
        with database.transaction() as session:
            doubt(session, list(batch.ids.values()), now=clock())
        return 0
    with database.transaction() as session:
        taken = settle(session, gateway.name, batch, answer, now=clock(), jitter=jitter, halted=halted)
    if halted:
        raise Halted(halted[0])
    return taken


def settle(
    session: Session, provider: str, batch: Batch, answer: Answer, *, now: datetime, jitter: Callable[[], float], halted: list[str]
) -> int:
    """Write what a provider said of a batch, and return how many it took.

    A message that a report has moved already stays where it is. What was asked for and isn't in the answer is *maybe sent*.
    Reports that came before are applied now.
    """
    if answer.whole:
        _apply(session, batch, list(batch.ids), WHOLE[answer.whole], now, jitter, halted)
        return 0
    for number, taken in answer.taken.items():
        if number in batch.ids:
            identified = {"provider": provider, "provider_id": taken.id, "cost": taken.cost}
            session.execute(update(Message).where(Message.id == batch.ids[number]).values(**identified))
            move(session, Message.id == batch.ids[number], "accepted", now=now)
            reports.apply_parked(session, provider, taken.id, now=now)
    for number, refused in answer.refused.items():
        if number in batch.ids:
            _apply(session, batch, [number], VERDICTS.get(refused.code, UNKNOWN_CODE), now, jitter, halted)
    doubt(session, [batch.ids[number] for number in answer.unknown if number in batch.ids], now=now)
    return len(answer.taken)


def release(session: Session, batches: Sequence[Batch], *, now: datetime) -> None:
    """Give back what was claimed and never handed over."""
    for batch in batches:
        ids = Message.id.in_(list(batch.ids.values())) & (Message.claim == batch.claim)
        put_back(session, ids, now=now, at=now, reason="not handed over", taken=0)


def doubt(session: Session, ids: Sequence[int], *, now: datetime) -> None:
    """Call messages *maybe sent*: nothing here sends them again."""
    if ids:
        move(
            session,
            Message.id.in_(ids) & (Message.state == "sending"),
            "maybe",
            now=now,
            reason="no answer",
            attempts=Message.attempts + 1,
        )


def _apply(
    session: Session,
    batch: Batch,
    numbers: list[str],
    verdict: Verdict,
    now: datetime,
    jitter: Callable[[], float],
    halted: list[str],
) -> None:
    match verdict:
        case Accepted():
            return
        case Never(reason) | OptedOut(reason):
            move(session, Message.id.in_([batch.ids[number] for number in numbers]), "failed", now=now, reason=reason)
        case Later(reason):
            _again(session, batch, numbers, reason, now, jitter, taken=1)
        case Halt(reason):
            halted.append(reason)
            _again(session, batch, numbers, reason, now, jitter, taken=0)


def _again(
    session: Session, batch: Batch, numbers: list[str], reason: str, now: datetime, jitter: Callable[[], float], *, taken: int
) -> None:
    """Put claimed messages back for later: the further the try, the longer the wait, give or take a quarter."""
    ids = [batch.ids[number] for number in numbers]
    tries = session.scalar(select(Message.attempts).where(Message.id == ids[0])) or 0
    wait = timedelta(seconds=DELAYS[min(tries, len(DELAYS) - 1)] * (0.75 + 0.5 * jitter()))
    put_back(session, Message.id.in_(ids) & (Message.claim == batch.claim), now=now, at=now + wait, reason=reason, taken=taken)
