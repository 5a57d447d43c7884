"""Lists by pages: fifty rows, and the id of the last one for the next page."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import request

from app.digits import is_number

A_PAGE = 50


def before() -> int | None:
    """Return the id that the page asked for begins behind; None for the first page."""
    return mark("before")


def mark(name: str) -> int | None:
    """Return an id that an address names; None for what is none."""
    typed = request.args.get(name, "")
    return int(typed) if is_number(typed, 15) else None


def day(name: str) -> date | None:
    """Return a day that an address names; None for what is none, or lies in no year of ours."""
    try:
        found = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    # Weeks and months are counted from it, which the first and the last days of the calendar don't bear.
    return found if 1900 < found.year < 3000 else None


def parted(found: Sequence[Any], most: int = A_PAGE) -> tuple[Sequence[Any], int | None]:
    """Return a page's rows of those found, one more than which were asked for, and the id behind which the next page begins."""
    return found[:most], found[most - 1].id if len(found) > most else None
