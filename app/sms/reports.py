"""Delivery reports: in any order, any number of times, also before the send has returned."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from app.sms.models import Message, Report
from app.sms.states import move
from app.sms.verdicts import REPORTED

PARKED_FOR = timedelta(hours=24)
MOST_MATCHED = 1000


def receive(
    session: Session, provider: str, provider_id: str, status: str, number: str, reason: str | None, *, now: datetime
) -> str:
    """Keep a report and apply it; return its fate.

    A report whose id is unknown settles the one *maybe sent* message of that provider and number of the last 24 hours; when
    there is none, or more than one, it waits for its message (the send may not have returned yet).
    """
    report = Report(
        provider=provider,
        provider_id=clean(provider_id, 64),
        number=clean(number, 20),
        status=clean(status, 30),
        reason=clean(reason or "", 60) or None,
        at=now,
        fate="parked",
    )
    session.add(report)
    session.flush()
    _match(session, report, now)
    return report.fate


def apply_parked(session: Session, provider: str, provider_ids: Sequence[str], *, now: datetime) -> None:
    """Apply the reports that came before their messages' ids were known, in their order."""
    waiting = select(Report).where(Report.provider == provider, Report.provider_id.in_(provider_ids), Report.fate == "parked")
    for report in session.scalars(waiting.order_by(Report.id)).all():
        _match(session, report, now)


def match_parked(session: Session, *, now: datetime) -> None:
    """Try the parked reports again whose message is known or *maybe sent* by now.

    A report may be written while the send is being settled, neither transaction seeing the other, or while its message's
    worker is dead and not yet missed.
    """
    same = (Message.provider == Report.provider) & (Message.provider_id == Report.provider_id)
    doubted = (Message.state == "maybe") & (Message.to_number == Report.number) & Message.provider_id.is_(None)
    parked = select(Report).where(Report.fate == "parked", exists().where(same) | exists().where(doubted))
    for report in session.scalars(parked.order_by(Report.id).limit(MOST_MATCHED)).all():
        _match(session, report, now)


def forget(session: Session, *, now: datetime) -> int:
    """Call parked reports of more than a day unknown; return how many."""
    old = update(Report).where(Report.fate == "parked", Report.at < now - PARKED_FOR).values(fate="unknown")
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined]


def clean(text: str, most: int) -> str:
    """Return a text that fits its column; PostgreSQL takes no NUL."""
    return text.replace("\0", "")[:most]


def _match(session: Session, report: Report, now: datetime) -> None:
    theirs = (Message.provider == report.provider) & (Message.provider_id == report.provider_id)
    message = session.scalar(select(Message.id).where(theirs)) or _maybe_sent(session, report, now)
    if message is not None:
        _apply(session, message, report, now)


def _maybe_sent(session: Session, report: Report, now: datetime) -> int | None:
    recent = select(Message.id).where(
        Message.state == "maybe",
        Message.to_number == report.number,
        Message.provider_id.is_(None),
        or_(Message.provider.is_(None), Message.provider == report.provider),
        Message.created_at > now - PARKED_FOR,
    )
    candidates = session.scalars(recent.limit(2)).all()
    if len(candidates) != 1:
        return None
    named = update(Message).where(Message.id == candidates[0], Message.provider_id.is_(None))
    return session.scalar(named.values(provider=report.provider, provider_id=report.provider_id).returning(Message.id))


def _apply(session: Session, message: int, report: Report, now: datetime) -> None:
    meaning = REPORTED.get(report.status)
    if meaning is None:
        report.fate = "unknown"
        return
    state, why = meaning
    move(session, Message.id == message, state, now=now, reason=report.reason or why)
    report.fate = "applied"
