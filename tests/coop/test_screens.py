"""What calls do on screens, kept when Redis is emptied, and never twice."""

from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import func, select

from app.coop.kpi import screens
from app.coop.kpi.models import ScreenCount

DAY = date(2026, 11, 24)


def keep(database, counts, day=DAY, now=None):
    with database.transaction() as session:
        screens.keep(session, day, now or datetime.combine(day, time(12), UTC), lambda: counts)


def funnel(database, first=DAY, last=DAY):
    with database.read() as reader:
        return [tuple(getattr(one, name) for name in one.__struct_fields__) for one in screens.funnel(reader, first, last)]


@pytest.mark.parametrize(
    ("readings", "kept"),
    [
        ([5], 5),
        ([5, 5, 5], 5),
        ([5, 8], 8),
        ([5, 0], 5),
        ([5, 2], 7),
        ([5, 2, 3, 3], 8),
    ],
    ids=["once", "again", "more", "emptied", "emptied and begun", "and gone on"],
)
def test_a_count_is_kept_once_whatever_becomes_of_redis(database, readings, kept):
    for reading in readings:
        keep(database, {"home|shown|fr": reading} if reading else {})
    assert funnel(database) == ([("home", "fr", kept, 0, 0, kept, None)])


def test_a_screen_is_told_by_language_with_what_left_it_first(database):
    keep(database, {"pin|shown|fr": 4, "pin|answered|fr": 4, "pin|ms|fr": 10_000, "pin|refused|fr": 3})
    keep(database, {"home|shown|fr": 9, "home|resumed|fr": 1, "home|answered|fr": 4, "home|ms|fr": 6_000, "home|shown|wo": 2})
    keep(database, {"home|shown|fr": 100}, date(2026, 11, 25))
    assert funnel(database) == [
        ("home", "fr", 10, 4, 0, 6, 1.5),
        ("home", "wo", 2, 0, 0, 2, None),
        ("pin", "fr", 4, 4, 3, 0, 2.5),
    ]
    assert funnel(database, DAY, date(2026, 11, 25))[0][2] == 110


def test_a_day_is_closed_half_an_hour_after_its_end_and_never_read_again(database):
    for hour, counted in ((0, 5), (3, 8), (4, 9)):
        keep(database, {"home|shown|fr": counted}, now=datetime(2026, 11, 25, hour, 29, tzinfo=UTC))
    assert funnel(database)[0][2] == 8


def test_more_rows_than_a_statement_takes_are_kept(database):
    keep(database, {f"screen{number}|shown|fr": 1 for number in range(7_000)})
    assert len(funnel(database)) == 7_000


def test_counts_of_before_languages_were_counted_are_kept_too(database):
    keep(database, {"home|shown": 3})
    assert funnel(database) == [("home", "", 3, 0, 0, 3, None)]


def test_after_a_year_they_are_gone(database):
    keep(database, {"home|shown|fr": 3}, date(2025, 10, 1))
    keep(database, {"home|shown|fr": 3})
    with database.transaction() as session:
        screens.forget(session, datetime(2026, 11, 24, tzinfo=UTC))
        assert session.scalar(select(func.count(ScreenCount.day.distinct()))) == 1
