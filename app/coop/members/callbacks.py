"""Call me back: the help for those who can't or won't read."""

from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.coop.members.models import CallBack


def ask(
    session: Session, phone: str, topic: str, *, person_id: int | None, cooperative_id: int | None, now: datetime
) -> tuple[int, bool]:
    """Put a number on the list; return its row and whether it is new. A number waits once, however often it asks."""
    waiting = select(CallBack.id).where(CallBack.phone == phone, CallBack.done_at.is_(None))
    known = session.scalar(waiting)
    if known is not None:
        return known, False
    row = CallBack(phone=phone, topic=topic, person_id=person_id, cooperative_id=cooperative_id, at=now)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return session.execute(waiting).scalar_one(), False
    return row.id, True


def waiting_for(reader: Connection, cooperative_id: int | None) -> list[CallBack]:
    """Return the open rows of a co-operative, oldest first; with None those of no co-operative."""
    scope = CallBack.cooperative_id.is_(None) if cooperative_id is None else CallBack.cooperative_id == cooperative_id
    return list(reader.execute(select(CallBack.__table__).where(scope, CallBack.done_at.is_(None)).order_by(CallBack.id)))  # type: ignore[arg-type]
