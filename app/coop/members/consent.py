"""Consent, by number and purpose; law 2008-12. Answers, codes and security notices need none."""

from collections.abc import Sequence

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.members.models import Consent
from app.sms import outbox
from app.sms.consents import STOPPED as STOPPED
from app.sms.consents import wants

PURPOSES = ("service", "notices", "broadcasts", "urgent")
"""What stands without a word: a member agrees to it with the notice."""
JOBS = "emploi"
"""Offers of jobs: the one consent that must be given in so many words."""


def note(
    session: Session,
    act: Act,
    purposes: Sequence[str],
    *,
    given: bool,
    notice: str,
) -> None:
    """Add one row a purpose for the act's number: what was agreed to or stopped, when, by which channel, under which notice.

    What waits for a number that stopped doesn't leave any more.
    """
    of = {"phone": act.phone, "person_id": act.person_id or None, "at": act.now, "channel": act.channel}
    session.add_all(Consent(purpose=purpose, given=given, notice=notice, **of) for purpose in purposes)
    # A broadcast may be queued for hours: who says STOP now gets none of it.
    if not given:
        outbox.withdraw(session, act.phone, purposes, now=act.now)


def allows(reader: Connection, phone: str, purpose: str) -> bool:
    """Tell whether a number still wants messages of a purpose; without a row it does."""
    return bool(reader.scalar(select(wants(phone, purpose))))


def agreed(reader: Connection, phone: str, purpose: str) -> bool:
    """Tell whether a number has agreed to a purpose in so many words: without a row it has not."""
    newest = select(Consent.given).where(Consent.phone == phone, Consent.purpose == purpose).order_by(Consent.id.desc()).limit(1)
    return bool(reader.scalar(newest))
