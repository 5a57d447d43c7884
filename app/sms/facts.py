"""What a provider lets us know of messages, in its answers and its reports: the one way from there to their states."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from operator import attrgetter
from typing import Any, cast

import msgspec
from sqlalchemy import JSON, BigInteger, Executable, Table, Text, bindparam, case, column, func, insert, select, update
from sqlalchemy.orm import Session

from app.db.base import Utc
from app.db.hot_statements import execute
from app.sms import consents
from app.sms.cost import centimes
from app.sms.models import Message, StateChange
from app.sms.purposes import LEAVES_AGAIN
from app.sms.states import RANKS, note, put_back
from app.sms.verdicts import ACCEPTED, HASTE, OPTED_OUT, Verdict

Jitter = Callable[[], float]
_of_message = attrgetter("message")
"""Facts are applied in their messages' order, so that an answer and a report on the same ones don't lock each other out."""
_MESSAGES = cast(Table, Message.__table__)
_EVER, _CLOCKS = datetime(1970, 1, 1, tzinfo=UTC), timedelta(days=1)
"""Before any message; and how far the clock of whoever wrote a message may be before ours."""
_NUMBERS, _TEXTS = ("message", "rank", "centimes", "parts"), ("state", "reason", "claim", "theirs", "cost")


def _statements(dialect: str) -> tuple[Executable, Executable]:
    """Return SQL that moves messages by facts, and SQL that only keeps what the provider calls them and takes for them.

    All facts are one JSON parameter: an array a column would be quoted value by value. One fact a message: UPDATE takes any of
    several.
    """
    given, now, provider = bindparam("facts", type_=Text()), bindparam("now", type_=Utc()), bindparam("provider", type_=Text())
    if dialect == "postgresql":
        columns = [column(name, BigInteger()) for name in _NUMBERS] + [column(name, Text()) for name in _TEXTS]
        rows = func.json_to_recordset(given.cast(JSON)).table_valued(*columns).render_derived(with_types=True)
        fact = select(rows).cte("fact")
    else:
        value = func.json_each(given).table_valued("value").c.value
        fact = select(*(value.op("->>")(name).label(name) for name in _NUMBERS + _TEXTS)).cte("fact")
    m = _MESSAGES.c
    kept: dict[str, Any] = {
        "provider": func.coalesce(provider, m.provider),
        "provider_id": func.coalesce(fact.c.theirs, m.provider_id),
        "cost": func.coalesce(fact.c.cost, m.cost),
        "actual_parts": func.coalesce(fact.c.parts, m.actual_parts),
        "actual_centimes": case((fact.c.cost.is_(None), m.actual_centimes), else_=fact.c.centimes),
    }
    moved: dict[str, Any] = {"state": fact.c.state, "rank": fact.c.rank, "reason": fact.c.reason, "changed_at": now}
    # What may have been sent was a try; one that surely wasn't is counted by its patience.
    moved |= {"attempts": m.attempts + case((fact.c.state == "maybe", 1), else_=0)}
    of = update(_MESSAGES).where(m.id == fact.c.message)
    if dialect == "postgresql":  # or each message is looked for in every month that there is
        of = of.where(m.created_at >= bindparam("since", type_=Utc()), m.created_at < bindparam("until", type_=Utc()))
    move = of.where(m.rank < fact.c.rank, fact.c.claim.is_(None) | (fact.c.claim == m.claim)).values(moved | kept)
    if dialect != "postgresql":
        return move.returning(m.id), of.values(kept)
    # The hot path: one round trip to move and to note, and only what stood too high or had another claim comes back.
    done = move.returning(m.id, m.state, m.reason).cte("moved")
    noted = insert(StateChange).from_select(["message_id", "state", "reason", "at"], select(done, now)).cte("noted")
    return select(fact.c.message).where(fact.c.message.not_in(select(done.c.id))).add_cte(noted), of.values(kept)


_STATEMENTS = {dialect: _statements(dialect) for dialect in ("postgresql", "sqlite")}


class Fact(msgspec.Struct, frozen=True):
    """A provider's word on a message.

    With a `claim` it moves the message only while that claim holds it. `number` is whose opt-out it proves, if it is one. The
    provider's id, the cost as it writes it, and its parts are kept whatever the message's state.
    """

    message: int
    verdict: Verdict
    claim: str | None = None
    number: str | None = None
    provider_id: str | None = None
    cost: str | None = None
    parts: int | None = None


def apply(
    session: Session,
    facts: Sequence[Fact],
    *,
    now: datetime,
    since: datetime = _EVER,
    provider: str | None = None,
    jitter: Jitter = lambda: 0.5,
) -> None:
    """Raise messages to what these facts say, those that stand lower, and write each change down.

    Facts may come in any order, again, and against each other: of one message they are taken from the lowest state up, so that its
    history reads as it went. `queued` is the exception: a claim's messages go down, once each try's patience allows, or `failed`.
    None of the messages is older than `since`. `provider` None leaves whose a message is. Without `jitter`, 0 to 1, tries wait as
    long as their table says.
    """
    known_of = {"provider": provider, "since": since, "until": now + _CLOCKS}
    if all(fact.verdict is ACCEPTED for fact in facts) and len({fact.message for fact in facts}) == len(facts):
        _raise(session, sorted(facts, key=_of_message), known_of, now)  # the usual answer: nothing is looked at twice
        return
    if listed := {fact.number for fact in facts if fact.verdict == OPTED_OUT and fact.number}:
        consents.opted_out(session, listed, now=now)
    unsent = [fact for fact in facts if fact.verdict.state == "queued"]
    rising = [fact for fact in facts if fact.verdict.state != "queued"] if unsent else facts
    of_each: dict[int, list[Fact]] = {}
    told = [*rising, *_queue_again(session, unsent, now, jitter)]
    for fact in sorted(told, key=lambda fact: (fact.message, RANKS[fact.verdict.state])):
        of_each.setdefault(fact.message, []).append(fact)
    # One fact a message in each UPDATE, the lowest states first.
    for some in zip_longest(*of_each.values()):
        _raise(session, [fact for fact in some if fact], known_of, now)


def _raise(session: Session, facts: Sequence[Fact], known_of: dict[str, Any], now: datetime) -> None:
    dialect, given = session.get_bind().dialect.name, known_of | {"facts": _json(facts), "now": now}
    connection, (move, keep) = session.connection(), _STATEMENTS[dialect]
    if dialect == "postgresql":
        stayed = {row[0] for row in execute(connection, move, given)}
    else:
        # SQLite takes no UPDATE inside a WITH: moving and noting are two statements.
        moved = list(connection.scalars(move, given))
        note(session, moved, now)
        stayed = {fact.message for fact in facts}.difference(moved)
    known = [fact for fact in facts if fact.message in stayed and (fact.provider_id or fact.cost or fact.parts)]
    if known:
        execute(connection, keep, known_of | {"facts": _json(known)})


def _json(facts: Sequence[Fact]) -> str:
    return msgspec.json.encode([_row(fact) for fact in facts]).decode()


def _row(fact: Fact) -> dict[str, Any]:
    verdict, cost = fact.verdict, fact.cost
    return {
        "message": fact.message,
        "claim": fact.claim,
        "theirs": fact.provider_id,
        "cost": cost,
        "parts": fact.parts,
        "state": verdict.state,
        "rank": RANKS[verdict.state],
        "reason": verdict.reason,
        "centimes": None if cost is None else centimes(cost),
    }


def _queue_again(session: Session, facts: Sequence[Fact], now: datetime, jitter: Jitter) -> list[Fact]:
    """Give messages back to the queue for as long as their tries make them wait; return as failed those that have had all."""
    if not facts:
        return []
    unsent, given_up = {fact.message: fact for fact in facts}, list[Fact]()
    alike: dict[tuple[str | None, Verdict, int, bool], list[int]] = {}
    fields = Message.id, Message.claim, Message.attempts, Message.lane
    for message, claim, tries, lane in session.execute(select(*fields).where(Message.id.in_(unsent))):
        # What another claim holds by now is settled by its holder.
        if claim == unsent[message].claim:
            alike.setdefault((claim, unsent[message].verdict, tries, lane in LEAVES_AGAIN), []).append(message)
    for (claim, verdict, tries, in_haste), messages in alike.items():
        patience = verdict.patience
        if tries >= len(patience.delays) and not patience.on:
            given_up += [Fact(message, Verdict("failed", f"given up: {verdict.reason}"), claim) for message in messages]
            continue
        wait = patience.delays[min(tries, len(patience.delays) - 1)]
        at = now + timedelta(seconds=(min(wait, HASTE) if in_haste else wait) * (0.75 + 0.5 * jitter()))
        which = Message.id.in_(messages) & (Message.claim == claim)
        put_back(session, which, now=now, at=at, reason=verdict.reason or "", taken=int(patience.tries))
    return given_up
