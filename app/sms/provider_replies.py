"""Write down what a provider replied, to several requests in one go."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec
import structlog
from sqlalchemy.orm import Session

from app.db.database import Database, is_outage
from app.gateways.sms import Answer, MaybeSent, NotSent
from app.sms import reports
from app.sms.claims import Batch
from app.sms.facts import Fact, Jitter, apply
from app.sms.marks import NotMarked
from app.sms.verdicts import ACCEPTED, DOUBTFUL, NOT_MARKED, NOT_SENT, UNKNOWN_CODE, VERDICTS, WHOLE, Verdict

log = structlog.get_logger("sms")
ProviderReply = Answer | MaybeSent | NotSent
"""What came of a request: an answer, or none."""
Replies = Sequence[tuple[Batch, ProviderReply]]


class SendResult(msgspec.Struct):
    """How many were taken; why our account was refused, if it was and nothing was taken; whether it was too much at once."""

    taken: int = 0
    halted: str | None = None
    throttled: bool = False


def settle(session: Session, provider: str, replies: Replies, *, now: datetime, jitter: Jitter) -> SendResult:
    """Write what came of some requests.

    A message that a report has moved already stays where it is. What was asked for and isn't in an answer is *maybe sent*.
    Reports that came before are applied now. Our account counts as refused only when it is for all of them: a single number that
    the provider holds back stops nobody else.
    """
    facts, since = [fact for batch, reply in replies for fact in _facts(batch, reply)], min(batch.since for batch, _ in replies)
    apply(session, facts, now=now, since=since, provider=provider, jitter=jitter)
    taken = [fact.provider_id for fact in facts if fact.provider_id is not None]
    if taken:
        reports.apply_parked(session, provider, taken, now=now, since=since)
    halts = Counter(fact.verdict for fact in facts if fact.verdict.halts and not taken)
    halted = next((verdict.reason for verdict, times in halts.items() if times >= verdict.halts), None)
    return SendResult(len(taken), halted, any(fact.verdict == WHOLE["throttled"] for fact in facts))


def settle_apart(database: Database, provider: str, replies: Replies, *, now: datetime, jitter: Jitter) -> None:
    """Settle each message in a transaction of its own; one whose answer can't be written down is *maybe sent*.

    Raises what the database raises when it is away.
    """
    for batch, reply in replies:
        for number, message in batch.ids.items():
            one = msgspec.structs.replace(batch, ids={number: message})
            for what in (reply, MaybeSent("an answer that can't be written down")):
                try:
                    with database.transaction() as session:
                        settle(session, provider, [(one, what)], now=now, jitter=jitter)
                    break
                except Exception as fault:
                    if is_outage(fault):
                        raise
                    log.exception("what came of a message can't be written down", message=message)


def _facts(batch: Batch, reply: ProviderReply) -> Iterator[Fact]:
    """Say what a reply means for each number of its request. A late one still tells what was taken, whoever holds it now."""
    if not isinstance(reply, Answer) or reply.whole:
        for number, message in batch.ids.items():
            yield Fact(message, _of_all(reply), batch.claim, number)
        return
    for number, taken in reply.taken.items():
        if number in batch.ids:
            yield Fact(batch.ids[number], ACCEPTED, None, number, taken.id, taken.cost, taken.parts)
    others = {number: VERDICTS.get(refused.code, UNKNOWN_CODE) for number, refused in reply.refused.items()}
    for number, verdict in (dict.fromkeys(reply.unknown, DOUBTFUL) | others).items():
        if number in batch.ids and verdict != ACCEPTED:
            yield Fact(batch.ids[number], verdict, batch.claim, number)


def _of_all(reply: ProviderReply) -> Verdict:
    match reply:
        case Answer(whole=str(why)):
            return WHOLE[why]
        case NotMarked():
            return NOT_MARKED
        case NotSent():
            return msgspec.structs.replace(NOT_SENT, reason=f"not sent: {type(reply.__cause__ or reply).__name__}")
    return DOUBTFUL
