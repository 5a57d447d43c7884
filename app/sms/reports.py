"""Delivery reports: in any order, any number of times, also before the send has returned."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.sms.models import Message, Report
from app.sms.states import move
from app.sms.verdicts import REPORTED

PARKED_FOR = timedelta(hours=24)


def receive(
    session: Session, provider: str, provider_id: str, status: str, number: str, reason: str | None, *, now: datetime
) -> str:
    """Keep a report and apply it; return its fate.

    A report whose id is unknown settles the one *maybe sent* message of that provider and number of the last 24 hours; when
    there is none, or more than one, it waits for its message (the send may not have returned yet).
    """
    report = Report(provider=provider, provider_id=provider_id, number=number, status=status, reason=reason, at=now, fate="parked")
    session.add(report)
    session.flush()
    known = session.scalar(select(Message.id).where(Message.provider == provider, Message.provider_id == provider_id))
    if known is None:
        known = _maybe_sent(session, provider, provider_id, number, now)
    if known is not None:
        _apply(session, known, report, now)
    return report.fate


def apply_parked(session: Session, provider: str, provider_id: str, *, now: datetime) -> None:
    """Apply the reports that came before their message's id was known, in their order."""
    waiting = select(Report).where(Report.provider == provider, Report.provider_id == provider_id, Report.fate == "parked")
    message = session.scalar(select(Message.id).where(Message.provider == provider, Message.provider_id == provider_id))
    for report in session.scalars(waiting.order_by(Report.id)).all():
        if message is not None:
            _apply(session, message, report, now)


def forget(session: Session, *, now: datetime) -> int:
    """Call parked reports of more than a day unknown; return how many."""
    old = update(Report).where(Report.fate == "parked", Report.at < now - PARKED_FOR).values(fate="unknown")
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined]


def _maybe_sent(session: Session, provider: str, provider_id: str, number: str, now: datetime) -> int | None:
    recent = select(Message.id).where(
        Message.state == "maybe", Message.to_number == number, Message.provider_id.is_(None), Message.created_at > now - PARKED_FOR
    )
    candidates = session.scalars(recent.limit(2)).all()
    if len(candidates) != 1:
        return None
    session.execute(update(Message).where(Message.id == candidates[0]).values(provider=provider, provider_id=provider_id))
    return candidates[0]


def _apply(session: Session, message: int, report: Report, now: datetime) -> None:
    meaning = REPORTED.get(report.status)
    if meaning is None:
        report.fate = "unknown"
        return
    state, why = meaning
    move(session, Message.id == message, state, now=now, reason=report.reason or why)
    report.fate = "applied"
