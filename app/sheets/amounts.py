"""Read amounts in whole XOF, quantities and percentages."""

from app.sheets.readings import BOOK, Book, Raw, Reading


def amount(raw: Raw, book: Book = BOOK, /) -> Reading:
    """Read XOF: int from 0. `12.500` and `12,500` are 12 500, for XOF has no centimes; parts of a franc are refused.

    What is negative is asked about; its proposal is a negative int.
    """
    raise NotImplementedError


def quantity(raw: Raw, book: Book = BOOK, /) -> Reading:
    """Read a quantity or weight: Decimal above 0, three places at most. `1.200` as text is asked about."""
    raise NotImplementedError


def percentage(raw: Raw, book: Book = BOOK, /) -> Reading:
    """Read a percentage: Decimal, 5 for `5 %`. A bare number below 1 is asked about: 0,05 may be 5 %."""
    raise NotImplementedError
