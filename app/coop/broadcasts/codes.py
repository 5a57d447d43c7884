"""The code of an estimate, typed at the console: its tries, its age and its owner are those of `OUI <code>` by SMS."""

from datetime import datetime

import msgspec
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.broadcasts import confirmations, misses
from app.coop.broadcasts.confirmations import WrongBroadcastCode
from app.coop.rights import NotYours
from app.sms.broadcasts.models import Broadcast


class CodesEnded(Exception):
    """After too many wrong codes none of this sender's is taken before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class MissedCode(msgspec.Struct, frozen=True):
    """A code that was wrong; `dead_until` when it was one too many. The caller commits: the try is counted."""

    dead_until: datetime | None


def own_estimate(session: Session, act: Act, broadcast_id: int) -> Broadcast:
    """Return what the caller estimated, or has ordered, from the number in hand, in reach of the act's office. Raises NotYours."""
    found = session.get(Broadcast, broadcast_id)
    mine = act.phone, act.person_id
    if found is None or (found.sender, found.person_id) != mine or not act.office.scope.includes(found.cooperative_id):
        raise NotYours("broadcast")
    return found


def read_code(session: Session, act: Act, broadcast_id: int, code: str, key: bytes) -> Broadcast | MissedCode:
    """Return the caller's estimate, locked, when the code is its own.

    The try is counted before the code is compared. Raises CodesEnded, TooOld, NotYours.
    """
    own_estimate(session, act, broadcast_id)
    if not misses.count(session, act.phone, act.now):
        raise CodesEnded(misses.dead_until(session, act.phone, act.now) or act.now)
    try:
        found = confirmations.find(session, act.phone, code, key, now=act.now)
    except WrongBroadcastCode:
        return MissedCode(misses.wrong(session, act.phone, act.now))
    misses.take_back(session, act.phone)
    if found.id != broadcast_id:
        return MissedCode(None)
    confirmations.office_of(session, found, act.person_id, act.today)
    return found
