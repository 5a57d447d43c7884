"""A contest's clock: Senegal's working days, Monday to Friday without the public holidays that a calendar knows beforehand.

Korité, Tabaski, Tamkharit, the Gamou and the Magal follow the moon and are told days before: they count as working days here,
so that an answer is due a day too early for the officer rather than too late for the member.
"""

from datetime import date, timedelta

from dateutil.easter import easter

INVESTIGATE, ANSWER = 14, 7
"""Working days to find out, then to answer: what Kenya's regulator holds savings co-operatives to."""
# New Year's Day, Independence Day, Labour Day, the Assumption, All Saints' Day, Christmas.
FIXED = ((1, 1), (4, 4), (5, 1), (8, 15), (11, 1), (12, 25))
AFTER_EASTER = (1, 39, 50)
"""Easter Monday, Ascension, Whit Monday."""


def holidays(year: int) -> frozenset[date]:
    """Return the public holidays of a year that don't follow the moon."""
    moving = {easter(year) + timedelta(days) for days in AFTER_EASTER}
    return frozenset({date(year, month, day) for month, day in FIXED} | moving)


def working_day(day: date) -> bool:
    """Tell whether offices work on a day."""
    return day.weekday() < 5 and day not in holidays(day.year)


def after(day: date, working_days: int) -> date:
    """Return the day so many working days later."""
    while working_days:
        day += timedelta(days=1)
        working_days -= working_day(day)
    return day
