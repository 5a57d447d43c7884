"""Wrong codes behind `OUI`, counted by sender over all that waits for a code: a number that a stranger forges is guessed at."""

from datetime import datetime, timedelta

from sqlalchemy import case, or_, select, update
from sqlalchemy.orm import Session

from app.db.upsert import upsert
from app.sms.models import CodeMisses

AN_HOUR, A_DAY = 5, 10
"""Wrong codes within an hour and a day that end the word for that sender."""
DEAD = timedelta(days=1)


def dead_until(session: Session, sender: str, now: datetime) -> datetime | None:
    """Return until when no code of a sender is taken, None when it is."""
    dead = select(CodeMisses.dead_until).where(CodeMisses.sender == sender, CodeMisses.dead_until > now)
    return session.scalar(dead)


def count(session: Session, sender: str, now: datetime) -> bool:
    """Count a try before its code is compared; False when the sender's word is dead and nothing may be compared.

    The row stays locked until the commit, so that of many tries at once each sees those before it.
    """
    none = {"sender": sender, "hour_from": now, "in_hour": 0, "day_from": now, "in_day": 0}
    session.execute(upsert(session, CodeMisses).values(none).on_conflict_do_nothing())
    alive = or_(CodeMisses.dead_until.is_(None), CodeMisses.dead_until <= now)
    same_hour, same_day = CodeMisses.hour_from > now - timedelta(hours=1), CodeMisses.day_from > now - timedelta(days=1)
    counting = update(CodeMisses).where(CodeMisses.sender == sender, alive)
    values = {
        "in_hour": case((same_hour, CodeMisses.in_hour + 1), else_=1),
        "hour_from": case((same_hour, CodeMisses.hour_from), else_=now),
        "in_day": case((same_day, CodeMisses.in_day + 1), else_=1),
        "day_from": case((same_day, CodeMisses.day_from), else_=now),
    }
    return session.scalar(counting.values(values).returning(CodeMisses.sender)) is not None


def take_back(session: Session, sender: str) -> None:
    """Uncount the try that `count` has just counted: its code was right."""
    fewer = {"in_hour": CodeMisses.in_hour - 1, "in_day": CodeMisses.in_day - 1}
    session.execute(update(CodeMisses).where(CodeMisses.sender == sender).values(fewer))


def wrong(session: Session, sender: str, now: datetime) -> datetime | None:
    """Let a counted try stand; return until when the sender's word is dead, when this one ended it."""
    too_many = or_(CodeMisses.in_hour >= AN_HOUR, CodeMisses.in_day >= A_DAY)
    ending = update(CodeMisses).where(CodeMisses.sender == sender, too_many)
    dead = {"dead_until": now + DEAD, "in_hour": 0, "in_day": 0}
    return session.scalar(ending.values(dead).returning(CodeMisses.dead_until))
