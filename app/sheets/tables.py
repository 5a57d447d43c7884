"""Find the table in a file and stream its rows."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from app.sheets.readings import Book, Raw, Reader, Reading, Value

Kind = Literal["data", "total", "note", "empty", "broken"]
"""What a row is: somebody's or something's line; a total or sub-total; a title, signature, header printed again or other text;
a blank row; or a line of a text file whose cells aren't those of the header (more of them)."""


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A column that a kind of table may have.

    `names` are French headers that mean it; case, accents, plurals, punctuation and what stands in brackets don't matter.
    The first is how templates and exports call it. A `summed` column's amounts are held against the sheet's totals.
    In a column `apart`, values that count up by one from row to row are remarked on (a cell that was dragged).
    """

    field: str
    names: tuple[str, ...]
    reader: Reader
    example: str | int | float | Any = ""
    required: bool = False
    summed: bool = False
    apart: bool = False
    note: str = ""


class Cell(msgspec.Struct, frozen=True):
    """A cell of a column that was found: what the file holds, and what its column's reader makes of it."""

    raw: Raw
    reading: Reading

    @property
    def value(self) -> Any:
        """What the cell says, None unless it is a Value."""
        return self.reading.value if isinstance(self.reading, Value) else None

    @property
    def text(self) -> str:
        """What stands in the cell, for questions and refusals."""
        raise NotImplementedError


class Row(msgspec.Struct, frozen=True):
    """A row below the header. `number` counts the file's rows from 1, as a spreadsheet shows it.

    `cells` has each field of the table's header, and is empty unless `kind` is data. `reason` says in French why a row is none.
    `raw` are all its cells, also of columns that weren't recognised, in the order of the table's `names`.
    """

    number: int
    kind: Kind
    cells: dict[str, Cell]
    raw: Sequence[Raw]
    reason: str = ""


class Remark(msgspec.Struct, frozen=True):
    """Something about the whole table, a French sentence: a total that doesn't agree, a column none of whose cells can be read,
    a dragged series. `row` is the row in question, or None; `column` is a field, or empty. `kind`: total, column, series.
    """

    kind: Literal["total", "column", "series"]
    says: str
    column: str = ""
    row: int | None = None


class Table:
    """A table found in a file.

    `header` maps each field found to its column's name in the file; `names` are all the columns' names in their order; `unknown`
    those that mean nothing to us; `missing` the optional fields that the file lacks. `guesses` maps optional missing fields to an
    unknown column whose cells their reader can read: they are *not* read before `given` says so.
    `digest` is the SHA-256 of the file's bytes, in hexadecimal.
    """

    digest: str
    sheet: str
    book: Book
    header_row: int
    header: dict[str, str]
    names: tuple[str, ...]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    guesses: dict[str, str]

    @property
    def rows(self) -> Iterator[Row]:
        """Stream the rows below the header, from the first, each time it is asked for. Raises SheetRefused."""
        raise NotImplementedError

    @property
    def remarks(self) -> list[Remark]:
        """What was seen of the whole table; complete when `rows` was read to its end."""
        raise NotImplementedError

    @property
    def totals(self) -> dict[str, int]:
        """The sheet's own total by summed field, of those that it states; complete when `rows` was read to its end."""
        raise NotImplementedError


def read_table(
    path: Path | str, columns: Sequence[Column], *, given: Mapping[str, str] | None = None, sheet: str | None = None
) -> Table:
    """Find the table with these columns in a file: XLSX, XLS, ODS, CSV or text, by what it holds, whatever its name.

    `given` maps fields to the names of their columns in the file (or to a column's letter, where no column is so named).
    `sheet` names the sheet; without it the one sheet that is shown and has the table.
    Raises SheetRefused: not a file of these, too large, protected, no such table, a required column missing (with a guess which
    it is), two columns alike, two sheets with the table. Rows stream; the file is read once, and may vanish then.
    """
    raise NotImplementedError
