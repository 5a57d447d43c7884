"""The rows of a file that must be mended, as a table that says again what was refused or asked when it comes back as it is."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from app.coop.imports.columns import RETURNED
from app.coop.imports.forecast import Forecast
from app.sheets import Ask, Cell, Column, Formula, Refuse, Row, Table, Verbatim, Written


def to_mend(table: Table, found: Forecast, columns: Sequence[Column]) -> tuple[list[str], list[list[Written]]]:
    """Return the names and rows of what is left."""
    why: dict[int, list[str]] = {}
    for problem in found.problems:
        if problem.row is not None:
            why.setdefault(problem.row, []).append(problem.says)
    again = {table.header[column.field] for column in RETURNED if column.field in table.header}
    kept = [at for at, name in enumerate(table.names) if name not in again]
    fields = {name: field for field, name in table.header.items()}
    readers = {column.field: column for column in columns}
    rows: list[list[Written]] = []
    for row in found.left:
        cells: list[Written] = [_cell(row, at, fields.get(table.names[at]), readers) for at in kept]
        rows.append([*cells, _extra(table, row), " ".join(why.get(row.number, [row.reason]))])
    return [*(table.names[at] for at in kept), *(column.names[0] for column in RETURNED)], rows


def _cell(row: Row, at: int, field: str | None, columns: Mapping[str, Column]) -> Written:
    raw, cell = (row.raw[at] if at < len(row.raw) else None), row.cells.get(field or "")
    if cell is None or field is None:
        return _plain(raw)
    if isinstance(raw, float) and isinstance(cell.value, date):
        return cell.value  # days of a book that counts from 1904 are others elsewhere
    written = _plain(raw)
    if isinstance(cell.reading, Ask | Refuse) and not isinstance(columns[field].reader(_reread(written)), Ask | Refuse):
        return _unread(cell)
    return written


def _unread(cell: Cell) -> str:
    """Write what can't be read back, so that it is asked or refused again."""
    said = cell.text.lstrip("=")
    return Verbatim(f"idem: {said}" if isinstance(cell.reading, Ask) else f"={said}")


def _reread(written: Written) -> Any:
    return float(written) if isinstance(written, Decimal) else written


def _extra(table: Table, row: Row) -> str:
    """Return the cells of a row that has more than its header; those of a file that comes again are kept."""
    before = row.cells.get(RETURNED[0].field)
    more = [str(raw) for raw in row.raw[len(table.names) :]]
    return Verbatim(" ; ".join(more)) if more else before.text if before else ""


def _plain(raw: Any) -> Written:
    raw = raw.result if isinstance(raw, Formula) else raw
    if isinstance(raw, float):
        return int(raw) if raw.is_integer() else Decimal(str(raw))
    return raw if raw is None or isinstance(raw, int | bool | date) else Verbatim(raw)
