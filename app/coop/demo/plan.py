"""Whom to seed, and what all that is seeded agrees on."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec

PIN, PLACE_PINS, ACTIVATION = "2468", ("1357", "8642"), "482190"
SHARED, PENDING, ADMINISTRATOR = "+221760000001", "+221760000002", "+221780000001"
DAYS = (0, 20, 40, 66, 66)
"""How long after its registration a member's five entries are, before the days that differ by member; no advance is due yet."""
KINDS = ("shares", "savings", "payable", "advance")
CONTROLS = ("cash", "purchases", "handed_over")
FORMS = ("AER", "SCOOPS", "GIE", "COOP-CA")
"""The legal forms of co-operatives 1, 2, 3, 4, and so on in turn."""
OFFICES = ("secretary", "treasurer", "president")


class Plan(msgspec.Struct, frozen=True):
    """Whom to seed: how many members, in how many co-operatives (None: a hundred each), as of which instant."""

    members: int
    cooperatives: int | None
    peppers: Mapping[int, bytes]
    key: bytes
    now: datetime

    @property
    def count(self) -> int:
        """Return how many co-operatives there are."""
        return self.cooperatives or max(1, -(-self.members // 100))

    @property
    def today(self) -> datetime:
        """Return the day's first instant: nothing that is seeded depends on the hour."""
        return datetime(self.now.year, self.now.month, self.now.day, tzinfo=UTC)

    @property
    def registered(self) -> datetime:
        """Return when numbers were registered: 90 days ago, at nine."""
        return self.today - timedelta(days=90) + timedelta(hours=9)

    def cooperative_of(self, member: int) -> int:
        """Return the co-operative's number of the member with this number, both from 1."""
        return (member - 1) % self.cooperatives + 1 if self.cooperatives else (member - 1) // 100 + 1

    def place_of(self, member: int) -> int:
        """Return which of its co-operative's members this one is, from 0."""
        return (member - 1) // self.cooperatives if self.cooperatives else (member - 1) % 100

    def officers(self, cooperative: int) -> list[int]:
        """Return the members who are its secretary, treasurer and president; fewer where there aren't three."""
        first, step = (cooperative, self.cooperatives) if self.cooperatives else (100 * (cooperative - 1) + 1, 1)
        return [member for member in (first, first + step, first + 2 * step) if member <= self.members]
