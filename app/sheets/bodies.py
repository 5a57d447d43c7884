"""Rows as the bytes of a CSV, JSON or XLSX file that fits in memory."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

FORMATS = ("csv", "json", "xlsx")
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def body(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], form: str, heads: Mapping[str, str] | None = None) -> bytes:
    """Return the file of rows that all have these columns, under `heads` where given; JSON keeps the columns' own names."""
    if form == "json":
        return _json(rows, columns)
    shown = [(heads or {}).get(column, column) for column in columns]
    return _WRITERS[form]([[row[column] for column in columns] for row in rows], shown)


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
