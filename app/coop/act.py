"""One act in hand: who does it, by which office or own word, through which channel, when, and under which key it happens once."""

from datetime import date, datetime
from typing import Literal, Self

import msgspec

from app.coop.rights import Office

Channel = Literal["ussd", "bureau", "sms", "web", "cli", "file", "clock"]
"""How it came: a member's own screens, an officer's, an SMS, the console, the command line, an operator's file, the scheduler."""


class Act(msgspec.Struct, frozen=True):
    """What one person does at one instant (`now`, UTC). The database session is no part of it.

    `operation` is unique: the same act that comes again has the same. `by` is the office by which it is done, None for one's own
    word; `member_id` is who gives that. `phone` is the number in hand, `trace` what the logs know it by.
    """

    person_id: int
    channel: Channel
    operation: str
    now: datetime
    by: Office | None = None
    member_id: int | None = None
    phone: str = ""
    trace: str | None = None

    @classmethod
    def by_clock(cls, operation: str, now: datetime) -> Self:
        """Return what nobody does: the time has come."""
        return cls(0, "clock", operation, now)

    @property
    def office(self) -> Office:
        """Return the office by which it is done. Raises LookupError for a member's own word."""
        if self.by is None:
            raise LookupError(f"{self.operation} is by no office")
        return self.by

    @property
    def member(self) -> int:
        """Return the member whose own word it is. Raises LookupError when there is none."""
        if self.member_id is None:
            raise LookupError(f"{self.operation} is no member's word")
        return self.member_id

    @property
    def today(self) -> date:
        """Return its day: UTC, which is Dakar's."""
        return self.now.date()
