"""Write rows as CSV, JSON or a spreadsheet: to a file, or to standard output."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.cli.outputs import written

FORMATS = ("csv", "json", "xlsx")


def write_rows(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    form: str,
    output: Path | None,
    heads: Mapping[str, str] | None = None,
) -> None:
    """Write rows that all have these columns; a spreadsheet isn't written to a terminal.

    `heads` are what officers read above a column, in CSV and spreadsheets. JSON keeps the columns' own names.
    """
    with written(output, "a spreadsheet" if form == "xlsx" else None) as write:
        if form == "json":
            write(_json(rows, columns))
        else:
            shown = [(heads or {}).get(column, column) for column in columns]
            write(_WRITERS[form]([[row[column] for column in columns] for row in rows], shown))


def _csv(rows: Sequence[Sequence[Any]], heads: Sequence[str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return text.getvalue().encode()


def _json(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> bytes:
    plain = [
        {column: float(row[column]) if isinstance(row[column], Decimal) else row[column] for column in columns} for row in rows
    ]
    return json.dumps(plain, ensure_ascii=False).encode() + b"\n"


def _xlsx(rows: Sequence[Sequence[Any]], heads: Sequence[str]) -> bytes:
    import xlsxwriter

    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        sheet.write_row(0, 0, heads, bold)
        for at, row in enumerate(rows, 1):
            sheet.write_row(at, 0, row)
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    return body.getvalue()


_WRITERS: dict[str, Callable[[Sequence[Sequence[Any]], Sequence[str]], bytes]] = {"csv": _csv, "xlsx": _xlsx}
