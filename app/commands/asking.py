"""What a command is given."""

from datetime import datetime

import msgspec
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.members.identity import Who
from app.coop.members.offices import Office
from app.sms.broadcasts.terms import Terms


class Ask(msgspec.Struct, frozen=True):
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

    def act_by(self, office: Office) -> Act:
        """Return what is done by an office."""
        return Act(office.person_id, "sms", self.operation, self.now, by=office, phone=self.phone)

    def own_act(self, who: Who) -> Act:
        """Return what is done by the own word of one who holds the number."""
        return Act(who.person_id, "sms", self.operation, self.now, member_id=who.member_id, phone=self.phone)
