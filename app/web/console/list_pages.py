"""Lists by pages: fifty rows, and the id of the last one for the next page."""

from collections.abc import Sequence
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


def parted(found: Sequence[Any], most: int = A_PAGE) -> tuple[Sequence[Any], int | None]:
    """Return a page's rows of those found, one more than which were asked for, and the id behind which the next page begins."""
    return found[:most], found[most - 1].id if len(found) > most else None
