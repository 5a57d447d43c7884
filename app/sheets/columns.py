"""A column that a kind of table may have."""

from datetime import date

import msgspec

from app.sheets.readings import Reader


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A column that a kind of table may have.

    `names` are French headers that mean it; case, accents, plurals, punctuation and what stands in brackets don't matter.
    The first is how templates and exports call it; `example` and `note` are for templates.
    A `summed` column's amounts are held against the sheet's totals.
    In a column `apart`, days or numbers that count up by one from row to row are remarked on (a cell that was dragged down).
    """

    field: str
    names: tuple[str, ...]
    reader: Reader
    example: str | int | float | date = ""
    required: bool = False
    summed: bool = False
    apart: bool = False
    note: str = ""
