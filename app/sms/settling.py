"""Write down what a provider said, of several requests in one go."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec
import structlog
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.db.database import Database, is_outage
from app.gateways.sms import Answer, MaybeSent, NotSent
from app.sms import consents, reports
from app.sms.claiming import Batch, held
from app.sms.marks import NotMarked
from app.sms.models import Message
from app.sms.purposes import LEAVES_AGAIN
from app.sms.states import Took, accept, move, put_back
from app.sms.verdicts import (
    HASTE,
    NOT_MARKED,
    NOT_SENT,
    UNKNOWN_CODE,
    VERDICTS,
    WHOLE,
    Accepted,
    Halt,
    Later,
    Never,
    OptedOut,
    Verdict,
)

log = structlog.get_logger("sms")
Jitter = Callable[[], float]
Said = Answer | MaybeSent | NotSent
"""What came of a request: an answer, or none."""


class Outcome(msgspec.Struct):
    """How many were taken; why our account was refused, if it was and nothing was taken; whether it was too much at once."""

    taken: int = 0
    halted: str | None = None
    throttled: bool = False


def settle(session: Session, provider: str, said: Sequence[tuple[Batch, Said]], *, now: datetime, jitter: Jitter) -> Outcome:
    """Write what came of some requests.

    A message that a report has moved already stays where it is. What was asked for and isn't in an answer is *maybe sent*.
    Reports that came before are applied now. Our account counts as refused only when it is for all of them: a single number that
    the provider holds back stops nobody else.
    """
    outcome, taken, halts = Outcome(), list[Took](), Counter[Halt]()
    for batch, answer in said:
        if isinstance(answer, Answer):
            taken += [
                Took(batch.ids[number], given.id, given.cost, given.parts)
                for number, given in answer.taken.items()
                if number in batch.ids
            ]
    accept(session, provider, taken, now=now)
    reports.apply_parked(session, provider, [took.theirs for took in taken], now=now)
    for batch, answer in said:
        for numbers, verdict, why in _verdicts(batch, answer):
            _apply(session, batch, numbers, verdict, why, now, jitter)
            if isinstance(verdict, Halt):
                halts[verdict] += len(numbers)
            outcome.throttled |= isinstance(answer, Answer) and answer.whole == "throttled"
        if not isinstance(answer, NotSent):
            unknown = batch.ids if isinstance(answer, MaybeSent) else [number for number in answer.unknown if number in batch.ids]
            _doubt(session, batch, list(unknown), provider, now)
    outcome.taken = len(taken)
    if not taken:
        outcome.halted = next((halt.reason for halt, times in halts.items() if times >= halt.enough), None)
    return outcome


def settle_apart(database: Database, provider: str, said: Sequence[tuple[Batch, Said]], *, now: datetime, jitter: Jitter) -> None:
    """Settle each message in a transaction of its own; one whose answer can't be written down is *maybe sent*.

    Raises what the database raises when it is away.
    """
    for batch, answer in said:
        for number, message in batch.ids.items():
            one = msgspec.structs.replace(batch, ids={number: message})
            for what in (answer, MaybeSent("an answer that can't be written down")):
                try:
                    with database.transaction() as session:
                        settle(session, provider, [(one, what)], now=now, jitter=jitter)
                    break
                except Exception as fault:
                    if is_outage(fault):
                        raise
                    log.exception("what came of a message can't be written down", message=message)


def _verdicts(batch: Batch, answer: Said) -> list[tuple[list[str], Verdict, str | None]]:
    if isinstance(answer, NotMarked):
        return [(list(batch.ids), NOT_MARKED, None)]
    if isinstance(answer, NotSent):
        return [(list(batch.ids), NOT_SENT, f"not sent: {type(answer.__cause__ or answer).__name__}")]
    if isinstance(answer, MaybeSent):
        return []
    if answer.whole:
        return [(list(batch.ids), WHOLE[answer.whole], None)]
    codes: dict[int, list[str]] = {}
    for number, refused in answer.refused.items():
        if number in batch.ids:
            codes.setdefault(refused.code, []).append(number)
    return [(numbers, VERDICTS.get(code, UNKNOWN_CODE), None) for code, numbers in codes.items()]


def _apply(
    session: Session, batch: Batch, numbers: list[str], verdict: Verdict, why: str | None, now: datetime, jitter: Jitter
) -> None:
    match verdict:
        case Accepted():
            return
        case Never(reason):
            move(session, held(batch, numbers), "failed", now=now, reason=reason)
        case OptedOut(reason):
            move(session, held(batch, numbers), "refused", now=now, reason=reason)
            consents.opted_out(session, numbers, now=now)
        case Later(reason, patience) | Halt(reason, patience):
            for tries, ids in _by_tries(session, held(batch, numbers)).items():
                which = held(batch, numbers) & Message.id.in_(ids)
                if tries >= len(patience.delays) and not patience.on:
                    move(session, which, "failed", now=now, reason=f"given up: {reason}")
                    continue
                wait = patience.delays[min(tries, len(patience.delays) - 1)]
                wait = min(wait, HASTE) if batch.lane in LEAVES_AGAIN else wait
                at = now + timedelta(seconds=wait * (0.75 + 0.5 * jitter()))
                put_back(session, which, now=now, at=at, reason=why or reason, taken=int(patience.tries))


def _by_tries(session: Session, which: ColumnElement[bool]) -> dict[int, list[int]]:
    """Return messages by the tries that they have had: one of a batch may have been tried before, and its fellows not."""
    found: dict[int, list[int]] = {}
    for message, tries in session.execute(select(Message.id, Message.attempts).where(which)):
        found.setdefault(tries, []).append(message)
    return found


def _doubt(session: Session, batch: Batch, numbers: list[str], provider: str, now: datetime) -> None:
    """Call messages *maybe sent*: nothing here sends them again."""
    if numbers:
        which = held(batch, numbers) & (Message.state == "sending")
        move(session, which, "maybe", now=now, reason="no answer", provider=provider, attempts=Message.attempts + 1)
