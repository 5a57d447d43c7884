"""References that people write down: five random digits and a check digit, so that a slip of the pen is seen."""

import secrets
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.digits import is_number

MOST_DRAWS = 20
"""How often one is drawn that isn't free, before something must be wrong."""
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
"""Damm's quasigroup: catches every single wrong digit and every swap of two neighbours."""


def check_digit(digits: str) -> str:
    """Return the digit that makes `digits` valid."""
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return str(interim)


def valid(reference: str) -> bool:
    """Tell whether a reference's check digit agrees."""
    return is_number(reference, 6, least=6) and check_digit(reference) == "0"


def draw_reference(draw: Callable[[int], int] = secrets.randbelow, reserved: int = 0) -> str:
    """Draw a reference, none of the first `reserved` ones, which are kept for paper; `draw(n)` gives 0 … n-1."""
    digits = f"{reserved + draw(100_000 - reserved):05d}"
    return digits + check_digit(digits)


def draw_free(session: Session, column: InstrumentedAttribute[Any], here: ColumnElement[bool], draw: Callable[[int], int]) -> str:
    """Draw a reference that no row has in a column `here`; RuntimeError when MOST_DRAWS were taken."""
    for _ in range(MOST_DRAWS):
        drawn = draw_reference(draw)
        if session.scalar(select(column).where(column == drawn, here)) is None:
            return drawn
    raise RuntimeError(f"no reference is free: {column}")
