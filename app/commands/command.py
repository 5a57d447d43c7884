"""A command by SMS, and its answer."""

from datetime import datetime

import msgspec
from sqlalchemy.orm import Session

from app.commands.officer import officer_of
from app.coop.access.identity import Who
from app.coop.act import Act
from app.coop.rights import Office, Right
from app.coop.scope import Scope
from app.sms.broadcasts.terms import Terms

Answer = str | None
"""The words of an answer; None to an officer's command from somebody who may not: they get a member's help."""


class SmsReading(msgspec.Struct, frozen=True):
    """What becomes of an SMS: its `state` in the inbox, and the words for one that is no order."""

    state: str
    words: str = ""


class Command(msgspec.Struct, frozen=True):
    """One command: its word, who holds the number, what followed the word, the operation's key.

    `text` is the SMS as it came, `received` when it did, `key` makes and checks codes, `terms` bind broadcasts.
    """

    session: Session
    phone: str
    word: str
    holders: tuple[Who, ...]
    rest: str
    operation: str
    now: datetime
    received: datetime
    text: str
    key: bytes
    terms: Terms
    answered: bool = True
    """False when the number has had its answers of the day: what is done is done in silence."""
    reading: SmsReading | None = None
    """What it was read as, once it was."""
    beside: str = ""
    """What else stands in the SMS, as in `TypedCommand`."""

    def office(self, right: Right, scope: Scope | None = None) -> Office | None:
        """Return the office by which the sender acts, as `officer_of` finds it; None when they may not."""
        return officer_of(self.session, self.holders, right, self.now.date(), scope)

    def act_by(self, office: Office) -> Act:
        """Return what is done by an office."""
        return Act(office.person_id, "sms", self.operation, self.now, by=office, phone=self.phone)

    def own_act(self, who: Who | None = None) -> Act:
        """Return what is done by the own word of one who holds the number; without one, of whoever wrote from it (person 0)."""
        person, member = (who.person_id, who.member_id) if who else (0, None)
        return Act(person, "sms", self.operation, self.now, member_id=member, phone=self.phone)
