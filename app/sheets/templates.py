"""Make the empty file of a kind, to be filled in."""

from collections.abc import Sequence

from app.sheets.tables import Column


def template(columns: Sequence[Column], *, title: str = "Feuille 1") -> bytes:
    """Return an XLSX with the columns' first names as header, one row of examples, and their notes as comments.

    Columns are text where a spreadsheet would eat zeros or make days of codes. `read_table` finds each column in it.
    """
    raise NotImplementedError
