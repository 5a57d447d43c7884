"""Consent, by number and purpose; law 2008-12. Answers, codes and security notices need none."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.coop.members.models import Consent
from app.sms import outbox
from app.sms.consents import STOPPED as STOPPED
from app.sms.consents import wants

PURPOSES = ("service", "notices", "broadcasts", "urgent")


def note(
    session: Session,
    phone: str,
    purposes: Sequence[str],
    *,
    given: bool,
    person_id: int | None,
    channel: str,
    now: datetime,
    notice: str,
) -> None:
    """Add one row a purpose: what was agreed to or stopped, when, by which channel, under which notice.

    What waits for a number that stopped doesn't leave any more.
    """
    for purpose in purposes:
        session.add(Consent(phone=phone, person_id=person_id, purpose=purpose, given=given, at=now, channel=channel, notice=notice))
    if not given:
        outbox.withdraw(session, phone, purposes, now=now)


def allows(reader: Connection, phone: str, purpose: str) -> bool:
    """Tell whether a number still wants messages of a purpose; without a row it does."""
    return bool(reader.scalar(select(wants(phone, purpose))))
