"""Stop a broadcast: any officer of its scope may, by SMS or at the console."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.coop.members import audit
from app.coop.members.offices import NotYours, Office
from app.sms.broadcasts import progress
from app.sms.broadcasts.models import Broadcast


def stop(session: Session, office: Office, broadcast: int, *, channel: str, operation: str, now: datetime) -> int | None:
    """Stop a broadcast and write down who did; return how many have left, or None when it isn't under way. Raises NotYours."""
    scope = select(Broadcast.cooperative_id).where(Broadcast.id == broadcast, Broadcast.confirmed_at.is_not(None))
    row = session.execute(scope).first()
    if row is None or not office.may("stop") or office.cooperative_id not in (None, row.cooperative_id):
        raise NotYours("stop")
    left = progress.stop(session, broadcast, office.person_id, now=now)
    if left is not None:
        about, where = f"broadcast:{broadcast}", row.cooperative_id
        audit.record(session, office, "stop", about=about, channel=channel, operation=operation, now=now, cooperative_id=where)
    return left
