"""Codes of lots: `L`, eight random digits and a check digit; no E between digits, which a spreadsheet would take for a power."""

import secrets
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.coop.lots.models import Lot
from app.coop.references import MOST_DRAWS, check_digit
from app.digits import is_number


def read_code(typed: str) -> str | None:
    """Return a code as it is kept, from `L123456789`, `l 1234 56789`, `123456789`; None when its check digit doesn't agree."""
    digits = "".join(typed.split()).upper().removeprefix("L").replace("-", "").replace(".", "")
    return f"L{digits}" if is_number(digits, 9, least=9) and check_digit(digits) == "0" else None


def draw_code(session: Session, draw: Callable[[int], int] = secrets.randbelow) -> str:
    """Draw a code that no lot has."""
    for _ in range(MOST_DRAWS):
        digits = f"{draw(100_000_000):08d}"
        code = f"L{digits}{check_digit(digits)}"
        if session.scalar(select(Lot.id).where(Lot.code == code)) is None:
            return code
    raise RuntimeError("no code is free")
