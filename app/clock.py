"""The clock that members live by."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

DAKAR = ZoneInfo("Africa/Dakar")
"""UTC the whole year."""


class QuietHours(msgspec.Struct, frozen=True):
    """The hours of the night, in a zone, in which what can wait wakes nobody; the same begin and end are none."""

    begins: time
    ends: time
    zone: ZoneInfo = DAKAR

    def until(self, at: datetime) -> datetime | None:
        """Return the end of the quiet hours that an instant falls in, None when it falls in none."""
        here = at.astimezone(self.zone)
        now = here.time()
        over_midnight = self.begins > self.ends
        within = now >= self.begins or now < self.ends if over_midnight else self.begins <= now < self.ends
        if not within:
            return None
        day = here.date() + timedelta(days=int(over_midnight and now >= self.begins))
        return datetime.combine(day, self.ends, self.zone).astimezone(at.tzinfo)
