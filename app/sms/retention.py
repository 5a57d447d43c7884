"""What is deleted of SMS after a year, as `coop/members/privacy_notice.py` tells members: what left, what came, and reports.

On PostgreSQL a month of what left and of reports goes as a whole (`months.py`) on the day when its first message is a year old;
this is for SQLite, for the tables that are in one piece, and for what stands in no month.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from app.sms.models import Allowance, CodeMisses, Inbound, Message, MessageCause, ReplyDraft, Report, StateChange

KEPT = timedelta(days=365)
COUNTS_KEPT = timedelta(days=2)
"""How long it is kept what a number had of a day's answers, which codes it missed, and an answer whose code nobody sent."""
MOST = 1000


def forget(session: Session, *, now: datetime) -> bool:
    """Delete what is older than a year, of each table the oldest thousand at most, and old counts; say if there may be more."""
    old = now - COUNTS_KEPT
    session.execute(delete(Allowance).where(Allowance.day < old.date()))
    session.execute(delete(ReplyDraft).where(ReplyDraft.at < old))
    session.execute(delete(CodeMisses).where(CodeMisses.day_from < old, CodeMisses.hour_from < old))
    messages = _old(session, Message.id, Message.created_at, now)
    session.execute(delete(StateChange).where(StateChange.message_id.in_(messages)))
    session.execute(delete(Message).where(Message.id.in_(messages)))
    came = _old(session, Inbound.id, Inbound.received_at, now)
    session.execute(delete(Inbound).where(Inbound.id.in_(came)))
    reports = _old(session, Report.id, Report.at, now)
    session.execute(delete(Report).where(Report.id.in_(reports)))
    key = MessageCause.cause, MessageCause.to_number
    causes = select(*key).where(MessageCause.at < now - KEPT).order_by(MessageCause.at).limit(MOST)
    gone = session.execute(delete(MessageCause).where(tuple_(*key).in_(causes)).returning(MessageCause.at)).all()
    return max(map(len, (messages, came, reports, gone))) == MOST


def _old(session: Session, number: Any, at: Any, now: datetime) -> list[int]:
    """Look at the oldest rows alone: numbers rise with time, so it needs no index of its own."""
    return [row[0] for row in session.execute(select(number, at).order_by(number).limit(MOST)) if row[1] < now - KEPT]
