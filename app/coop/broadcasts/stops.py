"""Stop a broadcast: any officer of its scope may, by SMS or at the console."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.offices import audit
from app.coop.rights import NotYours
from app.sms.broadcasts import progress
from app.sms.broadcasts.models import Broadcast


def stop(session: Session, act: Act, broadcast: int) -> int | None:
    """Stop a broadcast and write down who did; return how many have left, or None when it isn't under way. Raises NotYours."""
    scope = select(Broadcast.cooperative_id).where(Broadcast.id == broadcast, Broadcast.confirmed_at.is_not(None))
    row = session.execute(scope).first()
    if row is None or not act.office.may("stop") or not act.office.scope.includes(row.cooperative_id):
        raise NotYours("stop")
    left = progress.stop(session, broadcast, act.person_id, now=act.now)
    if left is not None:
        audit.note(session, act, "stop", f"broadcast:{broadcast}", audit.Of(None, row.cooperative_id))
    return left
