"""The clock that members live by."""

from zoneinfo import ZoneInfo

DAKAR = ZoneInfo("Africa/Dakar")
"""UTC the whole year."""
