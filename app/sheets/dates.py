"""Read days: day first, whatever calendar and century."""

from datetime import date

from app.sheets.readings import Reader


def day(today: date, *, earliest: date | None = None, future: bool = False) -> Reader:
    """Return a reader of days: date.

    One before `earliest` and a year alone are asked about; one after `today` is refused, unless `future` says otherwise.
    """
    raise NotImplementedError


def birth(today: date) -> Reader:
    """Return a reader of days of birth: date, or the year alone as int (`vers 1962`, `1962`)."""
    raise NotImplementedError
