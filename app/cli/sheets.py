"""Write rows as CSV, JSON or a spreadsheet: to a file, or to standard output."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.cli.outputs import written
from app.sheets import FORMATS, table_body

__all__ = ["FORMATS", "write_rows"]


def write_rows(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    form: str,
    output: Path | None,
    heads: Mapping[str, str] | None = None,
) -> None:
    """Write rows that all have these columns, as programs read them; a spreadsheet isn't written to a terminal.

    `heads` are what officers read above a column, in CSV and spreadsheets. JSON keeps the columns' own names.
    """
    with written(output, "a spreadsheet" if form == "xlsx" else None) as write:
        write(table_body(rows, columns, form, heads))
