"""When a broadcast leaves and is over, around quiet hours and at a rate."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.sms.broadcasts.terms import Terms

NIGHT, NOON = (time(21), time(7)), (time(12), time(14))


def terms(quiet=NIGHT, rate=50, zone="Africa/Dakar"):
    return Terms(rate, None, quiet, ZoneInfo(zone), 0)


def at(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("quiet", "due", "leaves"),
    [
        (NIGHT, at(24, 10), at(24, 10)),
        (NIGHT, at(24, 20, 59), at(24, 20, 59)),
        (NIGHT, at(24, 21), at(25, 7)),
        (NIGHT, at(24, 23, 59), at(25, 7)),
        (NIGHT, at(25, 0), at(25, 7)),
        (NIGHT, at(25, 6, 59), at(25, 7)),
        (NIGHT, at(25, 7), at(25, 7)),
        (NOON, at(24, 12), at(24, 14)),
        (NOON, at(24, 14), at(24, 14)),
        (None, at(24, 23), at(24, 23)),
        ((time(7), time(7)), at(24, 7), at(24, 7)),
    ],
)
def test_what_is_due_in_quiet_hours_leaves_at_their_end(quiet, due, leaves):
    assert terms(quiet).leaves(due) == leaves
    assert terms(quiet).leaves(due, urgent=True) == due


def test_quiet_hours_are_the_members():
    assert terms(zone="Africa/Lagos").leaves(at(24, 20)) == at(25, 6)


@pytest.mark.parametrize(
    ("start", "parts", "ends"),
    [
        (at(24, 10), 1, at(24, 10) + timedelta(seconds=1)),
        (at(24, 10), 180_000, at(24, 11)),
        (at(24, 20), 180_000, at(24, 21)),
        (at(24, 20), 360_000, at(25, 8)),
        (at(24, 20), 180_000 * 16, at(26, 8)),
    ],
)
def test_sending_rests_in_quiet_hours(start, parts, ends):
    assert terms().ends(start, parts) == ends
    assert terms().ends(start, parts, urgent=True) == start + timedelta(seconds=-(-parts // 50))
