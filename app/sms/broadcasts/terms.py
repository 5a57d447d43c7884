"""When a broadcast leaves and how long it takes: quiet hours, the rate, the day that pays."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from app.clock import QuietHours


class Terms(msgspec.Struct, frozen=True):
    """What broadcasts are bound to: parts a second, XOF a day (None: no limit), quiet hours in members' zone, how
    many a number gets in 24 hours (0: no limit)."""

    rate: int
    daily_budget: int | None
    quiet: tuple[time, time] | None
    zone: ZoneInfo
    a_day: int

    def day_of(self, at: datetime) -> date:
        """Return the day that an instant falls on, where members live."""
        return at.astimezone(self.zone).date()

    def quiet_until(self, at: datetime) -> datetime | None:
        """Return the end of the quiet hours that an instant falls in, None when it falls in none."""
        return QuietHours(*self.quiet, self.zone).until(at) if self.quiet else None

    def rest_after(self, at: datetime) -> tuple[datetime, datetime] | None:
        """Return the begin and the end of the next quiet hours that begin after an instant, None when there are none."""
        start = self._next_quiet(at)
        end = start and self.quiet_until(start)
        return (start, end) if start and end else None

    def leaves(self, at: datetime, *, urgent: bool = False) -> datetime:
        """Return when something leaves that is due at an instant: then, or at the end of the quiet hours."""
        return at if urgent else self.quiet_until(at) or at

    def ends(self, start: datetime, parts: int, *, urgent: bool = False) -> datetime:
        """Return when so many parts from an instant on have left, at the full rate, outside quiet hours."""
        left, at = timedelta(seconds=-(-parts // self.rate)), start
        while not urgent and self.quiet is not None:
            at = self.leaves(at)
            quiet = self._next_quiet(at)
            if quiet is None or at + left <= quiet:
                break
            left, at = left - (quiet - at), quiet
        return at + left

    def _next_quiet(self, at: datetime) -> datetime | None:
        if self.quiet is None or self.quiet[0] == self.quiet[1]:
            return None
        here = at.astimezone(self.zone)
        day = here.date() + timedelta(days=int(here.time() >= self.quiet[0]))
        return datetime.combine(day, self.quiet[0], self.zone).astimezone(at.tzinfo)
