"""Delivery reports: in any order, any number of times, also before the send has returned. Written at once, applied soon after."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, Text, any_, exists, insert, literal, select, update
from sqlalchemy.orm import Session

from app.sms import consents
from app.sms.cost import centimes
from app.sms.models import Message, Report, StateChange
from app.sms.outbox import touch
from app.sms.states import RANKS, move
from app.sms.verdicts import LISTED, REPORTED, SPELLINGS, STATUSES, OptedOut

PARKED_FOR = timedelta(hours=24)
RACED_FOR = timedelta(minutes=5)
DOUBTED_FOR = timedelta(days=3)
"""How long a message that was in doubt may have reports under an id that we don't know: as long as any is tried."""
MOST = 1000
QUEUE = "reports"
OPTED_OUT = ("refused", OptedOut().reason)
_FIELDS = (
    Report.id,
    Report.provider,
    Report.provider_id,
    Report.number,
    Report.status,
    Report.reason,
    Report.cost,
    Report.parts,
    Report.at,
)


def keep(
    session: Session,
    provider: str,
    provider_id: str,
    status: str,
    number: str,
    reason: str | None,
    *,
    now: datetime,
    cost: str | None = None,
    parts: int | None = None,
) -> None:
    """Write a report as it came, to be applied soon: all that a webhook does. Some gateways say here what it cost."""
    values = {
        "provider": provider,
        "provider_id": clean(provider_id, 64),
        "number": clean(number, 20),
        "status": STATUSES.get(status.strip().lower(), clean(status, 30)),
        "reason": clean(reason or "", 60) or None,
        "cost": clean(cost or "", 24) or None,
        "parts": parts,
        "at": now,
        "fate": "new",
    }
    session.execute(insert(Report).values(values))
    touch(session, QUEUE)


def apply_new(session: Session, *, now: datetime) -> int:
    """Apply the oldest reports that are new, at most a thousand; return how many there were.

    A report whose id is unknown settles the one *maybe sent* message of that provider and number that was written in the 24
    hours before it; when there is none, or when another one to that number was in doubt of late (it may be that one's second
    id), it waits for its message: the send may not have returned yet.
    """
    new = select(*_FIELDS).where(Report.fate == "new").order_by(Report.id).limit(MOST).with_for_update(skip_locked=True)
    found = session.execute(new).all()
    _apply(session, found, now)
    return len(found)


def apply_parked(session: Session, provider: str, provider_ids: Sequence[str], *, now: datetime) -> None:
    """Apply the reports that came before their messages' ids were known."""
    if session.get_bind().dialect.name == "postgresql":  # one parameter, not a hundred: this is the hot path
        theirs = Report.provider_id == any_(literal(list(provider_ids), ARRAY(Text)))
    else:
        theirs = Report.provider_id.in_(provider_ids)
    waiting = select(*_FIELDS).where(Report.provider == provider, theirs, Report.fate.in_(("new", "parked")))
    _apply(session, session.execute(waiting.order_by(Report.id)).all(), now)


def match_parked(session: Session, *, now: datetime) -> None:
    """Try the parked reports again whose message is known or *maybe sent* by now.

    A report may be written while the send is being settled, neither transaction seeing the other, or while its message's
    worker is dead and not yet missed. Ids are looked for during some minutes, numbers while the report is parked.
    """
    parked = select(*_FIELDS).where(Report.fate == "parked")
    same = (Message.provider == Report.provider) & (Message.provider_id == Report.provider_id)
    raced = parked.join(Message, same).where(Report.at > now - RACED_FOR)
    doubted = (Message.to_number == Report.number) & (Message.state == "maybe") & Message.provider_id.is_(None)
    doubted &= Message.created_at <= Report.at
    for which in (raced, parked.join(Message, doubted).distinct()):
        _apply(session, session.execute(which.order_by(Report.id).limit(MOST)).all(), now)


def forget(session: Session, *, now: datetime) -> int:
    """Call parked reports of more than a day unknown; return how many."""
    old = update(Report).where(Report.fate == "parked", Report.at < now - PARKED_FOR).values(fate="unknown")
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined]


def clean(text: str, most: int) -> str:
    """Return a text that fits its column, without blanks around it; PostgreSQL takes no NUL."""
    return text.replace("\0", "").strip()[:most]


def _apply(session: Session, found: Sequence[Any], now: datetime) -> None:
    """Raise the messages of these reports, lower states first so that the history reads as it went, and note each one's fate."""
    if not found:
        return
    known = [report for report in found if report.status in REPORTED]
    ours = _known(session, known)
    messages = {report: message.id for report, message in ours.items()}
    messages |= _maybe_sent(session, [report for report in known if report.id not in ours], now)
    told: dict[tuple[str, str | None], list[int]] = {}
    for report in known:
        if report.id in messages:
            told.setdefault(_meaning(report), []).append(messages[report.id])
    for (state, reason), ids in sorted(told.items(), key=lambda group: RANKS[group[0][0]]):
        move(session, Message.id.in_(ids), state, now=now, reason=reason)
    _correct(session, [(messages[report.id], report) for report in known if report.id in messages])
    listed = {
        report.number  # of a message of ours to that number: who forges a report knows no such pair
        for report in known
        if _meaning(report) == OPTED_OUT and report.id in ours and ours[report.id].to_number == report.number
    }
    if listed:
        consents.opted_out(session, listed, now=now)
    fates: dict[str, list[int]] = {}
    for report in found:
        fate = "unknown" if report.status not in REPORTED else "applied" if report.id in messages else "parked"
        fates.setdefault(fate, []).append(report.id)
    for fate, ids in fates.items():
        session.execute(update(Report).where(Report.id.in_(ids)).values(fate=fate).execution_options(synchronize_session=False))


def _meaning(report: Any) -> tuple[str, str | None]:
    """Return the state that a report means, and why."""
    state, why = REPORTED[report.status]
    reason = SPELLINGS.get((report.reason or "").lower(), report.reason)
    return OPTED_OUT if state == "failed" and reason == LISTED else (state, reason or why)


def _correct(session: Session, told: Sequence[tuple[int, Any]]) -> None:
    """Correct what messages really cost by the reports that say it; the others leave it as it is."""
    for message, report in told:
        given = {"cost": report.cost, "actual_centimes": centimes(report.cost)} if report.cost else {}
        given |= {"actual_parts": report.parts} if report.parts else {}
        if given:
            session.execute(update(Message).where(Message.id == message).values(given))


def _known(session: Session, found: Sequence[Any]) -> dict[int, Any]:
    """Return the messages (id, number) of reports whose id we know, by the reports' ids.

    Where a provider gave an id to several messages, it is the one to the report's number.
    """
    if not found:
        return {}
    same = (Message.provider == Report.provider) & (Message.provider_id == Report.provider_id)
    pairs = select(Report.id.label("report"), Report.number, Message.id, Message.to_number).join(Message, same)
    rows = session.execute(pairs.where(Report.id.in_([report.id for report in found]))).all()
    return {row.report: row for row in sorted(rows, key=lambda row: row.to_number == row.number)}


def _maybe_sent(session: Session, found: Sequence[Any], now: datetime) -> dict[int, int]:
    """Return the messages of those that settle a *maybe sent* one, which gets the report's id."""
    if not found:
        return {}
    was_in_doubt = exists().where(StateChange.message_id == Message.id, StateChange.state == "maybe")
    fields = Message.id, Message.to_number, Message.provider, Message.provider_id, Message.state, Message.created_at
    doubted = select(*fields).where(
        Message.to_number.in_({report.number for report in found}), Message.created_at > now - DOUBTED_FOR, was_in_doubt
    )
    candidates: dict[str, list[Any]] = {}
    for message in session.execute(doubted):
        candidates.setdefault(message.to_number, []).append(message)
    settled: dict[int, int] = {}
    named: dict[tuple[str, str], int] = {}
    for report in found:
        theirs = (report.provider, report.provider_id)
        ours = [
            message
            for message in candidates.get(report.number, ())
            if message.provider in (None, report.provider) and message.created_at <= report.at
        ]
        if theirs not in named and len(ours) == 1 and _is_open(ours[0], now) and _name(session, ours[0].id, *theirs):
            named[theirs] = ours[0].id
        if theirs in named:
            settled[report.id] = named[theirs]
    return settled


def _is_open(message: Any, now: datetime) -> bool:
    return message.state == "maybe" and message.provider_id is None and message.created_at > now - PARKED_FOR


def _name(session: Session, message: int, provider: str, provider_id: str) -> bool:
    """Give a message the id that a report has for it; False when it has one by now."""
    named = update(Message).where(Message.id == message, Message.provider_id.is_(None), Message.state == "maybe")
    return session.scalar(named.values(provider=provider, provider_id=provider_id).returning(Message.id)) is not None
