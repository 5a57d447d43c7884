"""Numbers that are printed on sheets for weighings without a network: a running number of the co-operative, and its check digit.

With six digits it is a reference, and no other declaration or payment draws it: the line that is entered late has the number that
the member holds on the receipt.
"""

from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Session

from app.coop.cooperatives.models import Cooperative
from app.coop.production.models import Declaration
from app.coop.references import check_digit
from app.digits import is_number

MOST_AT_ONCE = 400
MOST_RESERVED = 50_000
"""Half of all references: those printed later than these have more digits, or are references that others may have, too."""
LEAST_DIGITS = 6
"""A shorter number is of a booklet that nobody printed here."""


def paper_number(serial: int) -> str:
    """Write a running number with its check digit: at least six digits."""
    digits = f"{serial:05d}"
    return digits + check_digit(digits)


def print_numbers(session: Session, cooperative_id: int, count: int) -> list[str]:
    """Return numbers that were never printed for this co-operative, and that no declaration has as its reference.

    Two who print at once get different ones. At most MOST_AT_ONCE.
    """
    found: list[str] = []
    while len(found) < count:
        wanted = count - len(found)
        printed = update(Cooperative).where(Cooperative.id == cooperative_id)
        printed = printed.values(papers_printed=Cooperative.papers_printed + wanted)
        last = session.execute(printed.returning(Cooperative.papers_printed)).scalar_one()
        drawn = [paper_number(serial) for serial in range(last - wanted + 1, last + 1)]
        taken = select(Declaration.reference).where(Declaration.cooperative_id == cooperative_id, Declaration.reference.in_(drawn))
        # Declarations of before the first sheet have drawn from all numbers, those of paper, too.
        known = set(session.scalars(taken))
        found += [number for number in drawn if number not in known]
    return found


def reserved(reader: Connection | Session, cooperative_id: int) -> int:
    """Return below which running number references are kept for paper."""
    return reserve_of(_printed(reader, cooperative_id))


def reserve_of(printed: int) -> int:
    """Return below which running number references are kept for paper, when so many were printed."""
    return min(printed + 1, MOST_RESERVED) if printed else 0


def mistyped(reader: Connection | Session, cooperative_id: int, number: str) -> bool:
    """Tell whether a number is long enough to be a printed one, in a co-operative that prints, and is none."""
    printed = _printed(reader, cooperative_id) if len(number) >= LEAST_DIGITS else 0
    return printed > 0 and not _is_of(printed, number)


def is_printed(reader: Connection | Session, cooperative_id: int, number: str) -> bool:
    """Tell whether a number was printed for this co-operative."""
    return len(number) >= LEAST_DIGITS and _is_of(_printed(reader, cooperative_id), number)


def _is_of(printed: int, number: str) -> bool:
    if not is_number(number) or len(number) < LEAST_DIGITS:
        return False
    serial = int(number[:-1])
    return paper_number(serial) == number and 0 < serial <= printed


def _printed(reader: Connection | Session, cooperative_id: int) -> int:
    return reader.scalar(select(Cooperative.papers_printed).where(Cooperative.id == cooperative_id)) or 0
