"""What a command is given."""

from datetime import datetime

import msgspec
from sqlalchemy.orm import Session

from app.coop.members.identity import Who
from app.sms.broadcasts.timing import Terms


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
