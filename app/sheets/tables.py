"""Find the table in a file and stream its rows."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from app.sheets import headers
from app.sheets.amounts import MEASURES
from app.sheets.columns import Column
from app.sheets.grids import File, Grid, open_file
from app.sheets.headers import Header
from app.sheets.lines import Kind, Lines
from app.sheets.readings import Ask, Raw, Reading, Value, shown
from app.sheets.refusals import ColumnsUnknown, SheetRefused
from app.sheets.sums import Remark, Sums

MOST_LISTED = 12
"""Rows that a remark names."""


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
        return shown(self.raw)


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


class Table:
    """A table found in a file.

    `header` maps each field found to its column's name in the file; `names` are all the columns' names in their order; `unknown`
    those that mean nothing to us; `missing` the optional fields that the file lacks. `guesses` maps optional missing fields to an
    unknown column that may be it: they are *not* read before `given` says so. `confirmed` are the fields read from a column that
    isn't called so, because that was confirmed before. `header_row` is the header's (last) row, from 1.
    `digest` is the SHA-256 of the file's bytes, in hexadecimal.
    """

    def __init__(
        self, digest: str, grid: Grid, found: Header, columns: Sequence[Column], guesses: dict[str, str], unread: Sequence[str]
    ) -> None:
        """See read_table; `unread` are the file's other sheets, those with nothing on them aside."""
        self.digest, self.sheet, self.book = digest, grid.name, grid.book
        self.header_row, self.names, self.guesses = found.last + 1, found.names, guesses
        self.header = {field: found.names[at] or headers.letters_of(at + grid.first_column) for field, at in found.fields.items()}
        known = set(found.fields.values())
        self.unknown = tuple(name for at, name in enumerate(found.names) if name and at not in known)
        self.missing = tuple(column.field for column in columns if column.field not in found.fields)
        self._grid, self._found = grid, found
        self._columns = [(column, found.fields[column.field]) for column in columns if column.field in found.fields]
        self._sums = Sums(())
        self._unread, self._hidden = unread, list[int]()
        self.confirmed = dict(found.confirmed)

    @property
    def rows(self) -> Iterator[Row]:
        """Stream the rows below the header, from the first, each time it is asked for. Raises SheetRefused."""
        self._sums = sums = Sums([(column, at) for column, at in self._columns])
        self._hidden = []
        return self._stream(sums)

    @property
    def remarks(self) -> list[Remark]:
        """What was seen of the whole table; complete when `rows` was read to its end."""
        found = [Remark("sheet", f"La feuille « {name[:40]} » n'est pas lue.") for name in self._unread]
        if self._hidden:
            rows = ", ".join(map(str, self._hidden[:MOST_LISTED])) + (", …" if len(self._hidden) > MOST_LISTED else "")
            found.append(Remark("hidden", f"Des lignes masquées dans la feuille sont prises aussi: {rows}.", "", self._hidden[0]))
        return self._sums.remarks() + found

    @property
    def totals(self) -> dict[str, int]:
        """The sheet's own total by summed field, of those that it states; complete when `rows` was read to its end."""
        return dict(self._sums.stated)

    def _stream(self, sums: Sums) -> Iterator[Row]:
        grid, width = self._grid, len(self.names)
        merged = _Merged(grid, self._found)
        readers = {at: column.reader for column, at in self._columns if not column.summed and column.reader not in MEASURES}
        lines = Lines(self._found, readers, strict=grid.strict, wide=merged.wide)
        for number, row in enumerate(grid.read()):
            if number <= self._found.last:
                continue
            row = merged.filled(number, row)
            kind, reason = lines.kind(number, row)
            raw = (row + [""] * (width - len(row)))[: max(width, len(row) if kind == "broken" else 0)]
            cells = self._cells(number, raw, merged) if kind == "data" else {}
            # Hidden rows are taken: a filter hides members who are there all the same.
            if cells and number in grid.hidden:
                self._hidden.append(number + 1)
            if cells and (told := sums.sum_of({field: cell.reading for field, cell in cells.items()})):
                (kind, reason), cells = told, {}
            sums.add(number + 1, kind, raw, {field: cell.reading for field, cell in cells.items()}, grid.book)
            yield Row(number + 1, kind, cells, raw, reason)

    def _cells(self, number: int, raw: Sequence[Raw], merged: "_Merged") -> dict[str, Cell]:
        cells = {}
        for column, at in self._columns:
            reading = column.reader(raw[at], self.book)
            if column.summed and (number, at) in merged.shared and isinstance(reading, Value):
                reading = Ask("Cellules fusionnées: cette valeur est-elle de cette ligne et de cette colonne ?", (reading.value,))
            cells[column.field] = Cell(raw[at], reading)
        return cells


class _Merged:
    """What merged cells mean below a header: one over several columns is a title, or an amount that may be of each, one over
    several rows is each row's.
    """

    def __init__(self, grid: Grid, found: Header) -> None:
        self.shared: dict[tuple[int, int], tuple[int, int]] = {}
        wide, known = set(), set(found.fields.values())
        for top, left, bottom, right in grid.merged:
            if right - left >= 2 and top == bottom:
                wide.add(top)
            if left == right and found.last < top < bottom < top + 1000:
                place = left - grid.first_column
                self.shared |= {(row, place): (top, place) for row in range(top, bottom + 1)}
            if len(known & set(range(left - grid.first_column, right - grid.first_column + 1))) > 1 and found.last < top == bottom:
                self.shared[top, left - grid.first_column] = (top, left - grid.first_column)
        self.wide = frozenset(wide)
        self._tops: dict[tuple[int, int], Raw] = {}

    def filled(self, number: int, row: list[Raw]) -> list[Raw]:
        """Put a merged cell's value into each of its rows that has others."""
        if not self.shared or not any(cell not in ("", None) for cell in row):
            return row
        for at, cell in enumerate(row):
            top = self.shared.get((number, at))
            if top == (number, at):
                self._tops[top] = cell
            elif top is not None:
                # The file has the value in the top cell only.
                row[at] = self._tops.get(top, "")
        return row


def read_table(
    source: Path | str | BinaryIO,
    columns: Sequence[Column],
    *,
    given: Mapping[str, str] | None = None,
    confirmed: Mapping[str, str] | None = None,
    sheet: str | None = None,
) -> Table:
    """Find the table with these columns in a file: XLSX, XLS, ODS, CSV or text, by what it holds, whatever its name.

    `given` maps fields to the names of their columns in the file, or to a column's letter, where no column is so named. `confirmed`
    does so too, and says nothing where the file has no such column.
    `sheet` names the sheet; without it the one sheet that is shown and has the table.
    Raises SheetRefused: not a file of these, too large, protected, no such table, two columns alike, two sheets with the table; and
    ColumnsUnknown for a required column that is missing. Rows stream; the file is read once, and may vanish then.
    """
    given = dict(given or {})
    strange = set(given) - {column.field for column in columns}
    if strange:
        raise SheetRefused(f"« {min(strange)[:40]} » n'est pas un champ. Il y a: {', '.join(column.field for column in columns)}.")
    file = open_file(source)
    grid, found, unread = _choose(file, columns, given, confirmed or {}, sheet)
    sample = list(islice(grid.read(), found.last + 1, found.last + headers.DEEPEST))
    guesses = headers.guesses(found, columns, sample)
    missing = [column for column in columns if column.required and column.field not in found.fields]
    if missing:
        raise _missing(missing[0], guesses, found.names)
    return Table(file.digest, grid, found, columns, guesses, unread)


def _choose(
    file: File, columns: Sequence[Column], given: Mapping[str, str], confirmed: Mapping[str, str], sheet: str | None
) -> tuple[Grid, Header, list[str]]:
    """Return the one sheet with the table, its header, and the sheets that are passed over, those with nothing on them aside."""
    if sheet is not None and sheet not in file.names:
        raise SheetRefused(f"Aucune feuille ne s'appelle « {sheet[:60]} ». Il y a: {headers.listed(file.names)}.")
    names = [sheet] if sheet is not None else [name for name in file.names if name not in file.hidden] or list(file.names)
    having: list[tuple[int, Grid, Header]] = []
    refused: SheetRefused | None = None
    top: list[list[Raw]] = []
    passed = [name for name in file.names if name not in names]
    for name in names:
        grid = file.sheet(name)
        top = list(islice(grid.read(), headers.DEEPEST))
        if any(cell not in ("", None) for row in top for cell in row):
            passed.append(name)
        try:
            found = _header(top, columns, given, confirmed, grid.first_column)
        except SheetRefused as fault:
            refused = refused or fault
            continue
        if found is not None:
            having.append((len(found.fields), grid, found))
    most = max((count for count, _, _ in having), default=0)
    # Of fewer columns it may be the same table all the same: each village's beside a summary of them. One name alone is no table.
    best = [
        (grid, found)
        for count, grid, found in having
        if count == most or (count > 1 and _has_rows(Table(file.digest, grid, found, columns, {}, ()), columns))
    ]
    if len(best) > 1:
        listed = headers.listed([grid.name for grid, _ in best])
        raise SheetRefused(f"Plusieurs feuilles ont ce tableau: {listed}. Enregistrez celle qu'il faut dans un fichier à part.")
    if not best:
        wanted = [column.names[0] for column in columns if column.required] or [column.names[0] for column in columns]
        seen = next((row for row in top if sum(isinstance(cell, str) and bool(cell.strip()) for cell in row) > 1), [])
        says = f"Aucune ligne ne nomme les colonnes de ce tableau: {headers.listed(wanted)}."
        if seen and not refused:
            names = [shown(cell) for cell in seen]
            field = next((column.field for column in columns if column.required), columns[0].field)
            refused = ColumnsUnknown(f"{says} Il y a: {headers.listed(names)}. Dites laquelle.", names, field)
        raise refused or SheetRefused(says)
    grid, header = best[0]
    return grid, header, [name for name in passed if name != grid.name]


def _has_rows(table: Table, columns: Sequence[Column]) -> bool:
    whole = all(column.field in table.header for column in columns if column.required)
    return whole and any(row.kind in ("data", "broken") for row in table.rows)


def _header(
    top: Sequence[Sequence[Raw]], columns: Sequence[Column], given: Mapping[str, str], confirmed: Mapping[str, str], first: int
) -> Header | None:
    """Find the header with what was confirmed of its columns before, as far as they are there."""
    there, taken = headers.named(top), {name.casefold() for name in given.values()}
    known = {column.field for column in columns} - set(given)
    here = {one: name for one, name in confirmed.items() if one in known and name.casefold() in there - taken}
    if here:
        try:
            found = headers.find_header(top, columns, {**here, **given}, first)
        except SheetRefused:  # a word among the rows that is called as a column was
            found = None
        if found is not None:
            own = {column.field: {headers.normal(name) for name in column.names} for column in columns}
            told = {one: name for one, name in here.items() if headers.normal(name) not in own[one]}
            return msgspec.structs.replace(found, confirmed=told)
    return headers.find_header(top, columns, given, first)


def _missing(column: Column, guesses: Mapping[str, str], names: Sequence[str]) -> ColumnsUnknown:
    meant = guesses.get(column.field, "")
    says = f"Est-ce « {meant} » ?" if meant else f"Il y a: {headers.listed(names)}."
    return ColumnsUnknown(f"La colonne « {column.names[0]} » manque. {says}", names, column.field, meant)
