"""Lists by pages: fifty rows, and the id of the last one for the next page."""

from collections.abc import Sequence
from typing import Any

from flask import request

A_PAGE = 50


def before() -> int | None:
    """Return the id that the page asked for begins behind; None for the first page."""
    return request.args.get("before", None, int)


def parted(found: Sequence[Any], most: int = A_PAGE) -> tuple[Sequence[Any], int | None]:
    """Return a page's rows of those found, one more than which were asked for, and the id behind which the next page begins."""
    return found[:most], found[most - 1].id if len(found) > most else None
