"""What may have been sent and may not: listed, and sent again only when somebody orders it."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Session

from app.sms.broadcasts import progress
from app.sms.models import Message
from app.sms.outbox import touch
from app.sms.purposes import PURPOSES
from app.sms.states import put_back

REASON = "maybe sent, ordered again"


class WrongCode(ValueError):
    """The code isn't that of these messages as they stand now."""


def doubted(reader: Connection | Session, *, most: int = 1000, ids: Sequence[int] | None = None) -> list[Any]:
    """Return what is *maybe sent*, oldest change first: id, number, lane, purpose, reason, instant of the change."""
    fields = (Message.id, Message.to_number, Message.lane, Message.purpose, Message.reason, Message.changed_at)
    which = select(*fields).where(Message.state == "maybe").order_by(Message.changed_at, Message.id).limit(most)
    return list(reader.execute(which if ids is None else which.where(Message.id.in_(ids))))


def code_of(found: Sequence[Any], secret: bytes) -> str:
    """Return the six digits that order these messages again: bound to their ids, and to the state they were seen in."""
    seen = ",".join(f"{row.id}:{row.changed_at.timestamp():.6f}" for row in sorted(found, key=lambda row: row.id))
    digest = hmac.new(secret, b"again:" + seen.encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def order_again(session: Session, ids: Sequence[int], code: str, secret: bytes, *, now: datetime) -> int:
    """Queue *maybe sent* messages once more, with their patience anew; return how many. Those of a stopped broadcast, and to who
    has said STOP since, stay in doubt.

    Raises WrongCode when the code isn't theirs: also when one of them was settled or ordered since it was given.
    """
    found = doubted(session, most=len(ids), ids=ids)
    if not found or not hmac.compare_digest(code_of(found, secret), code):
        raise WrongCode(code)
    causes = session.scalars(select(Message.cause).where(Message.id.in_(ids)).distinct())
    stopped, _ = progress.held_among(session, causes, now)
    which = Message.id.in_([row.id for row in found]) & (Message.state == "maybe") & Message.cause.not_in(stopped)
    for purpose in {row.purpose for row in found}:
        fresh = update(Message).where(which, Message.purpose == purpose)
        session.execute(fresh.values(expires_at=now + PURPOSES[purpose].expires, attempts=0))
    moved = put_back(session, which, now=now, at=now, reason=REASON, taken=0)
    for lane in {row.lane for row in found}:
        touch(session, lane)
    return len(moved)
