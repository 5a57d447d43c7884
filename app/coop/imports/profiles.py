"""Sex and age as the register has them, in the words of the ILO's guidelines; both are free to say."""

from calendar import monthrange
from datetime import date

from sqlalchemy import ColumnElement, func, or_

from app.coop.imports.models import MemberProfile

YOUNG = (15, 35)
"""Age in full years, both included, of who counts as young (African Youth Charter)."""


def known_birth() -> ColumnElement[bool]:
    """Say in SQL that the register has a day or a year of birth."""
    return or_(MemberProfile.born_on.is_not(None), MemberProfile.born_in.is_not(None))


def young(today: date) -> ColumnElement[bool]:
    """Say in SQL that a member is young; of whom only the year is known the year counts."""
    youngest, oldest = years_before(today, YOUNG[0]), years_before(today, YOUNG[1] + 1)
    by_day = (MemberProfile.born_on <= youngest) & (MemberProfile.born_on > oldest)
    by_year = MemberProfile.born_on.is_(None) & MemberProfile.born_in.between(today.year - YOUNG[1], today.year - YOUNG[0])
    return or_(func.coalesce(by_day, False), func.coalesce(by_year, False))


def is_young(born_on: date | None, born_in: int | None, today: date) -> bool | None:
    """Tell the same of one person; None when nothing is known."""
    if born_on:
        return years_before(today, YOUNG[1] + 1) < born_on <= years_before(today, YOUNG[0])
    return None if born_in is None else today.year - YOUNG[1] <= born_in <= today.year - YOUNG[0]


def years_before(day: date, years: int) -> date:
    """Return the same day so many years earlier; of 29 February the 28th where there is none."""
    return date(day.year - years, day.month, min(day.day, monthrange(day.year - years, day.month)[1]))
