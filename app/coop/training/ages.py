"""How old somebody is on a training's first day: by the year of birth, or by its day where the year alone doesn't tell."""

import re
from datetime import date

import msgspec

ADULT = 18
OLDEST = 100


class BadBirth(ValueError):
    """Not a birth; the argument says why, in French."""


class WrongAge(Exception):
    """Too young or too old on the first day."""


class BirthDayWanted(Exception):
    """The year alone doesn't tell."""


class Birth(msgspec.Struct, frozen=True):
    """A year of birth, with its day where that was told."""

    year: int
    on: date | None = None

    def ages(self, day: date) -> tuple[int, int]:
        """Return the lowest and the highest age that somebody so born may have on a day; one born on 29/02 is older on 01/03."""
        if self.on is None:
            return day.year - self.year - 1, day.year - self.year
        age = day.year - self.on.year - ((day.month, day.day) < (self.on.month, self.on.day))
        return age, age


def read_birth(typed: str, today: date) -> Birth:
    """Read `2005`, or `29022004` with or without marks between. Raises BadBirth."""
    digits = re.sub(r"[ /.-]", "", typed.strip())
    if not re.fullmatch(r"[0-9]{4}|[0-9]{8}", digits):
        raise BadBirth("L'année, comme 2004, ou le jour: 29022004.")
    year = int(digits[-4:])
    if not today.year - OLDEST < year <= today.year:
        raise BadBirth("Cette année n'est pas possible.")
    if len(digits) == 4:
        return Birth(year)
    try:
        on = date(year, int(digits[2:4]), int(digits[:2]))
    except ValueError:
        raise BadBirth("Ce jour n'existe pas.") from None
    if on > today:
        raise BadBirth("Ce jour n'est pas encore venu.")
    return Birth(year, on)


def check_age(birth: Birth, first_day: date, least: int, most: int) -> bool:
    """Tell whether somebody is a minor on the first day. Raises WrongAge, BirthDayWanted."""
    low, high = birth.ages(first_day)
    if high < least or low > most:
        raise WrongAge(least, most)
    # The year leaves two ages, of which one would do and the other not.
    if low < least or high > most or low < ADULT <= high:
        raise BirthDayWanted
    return high < ADULT
