"""Make the empty file of a kind, to be filled in."""

import io
from collections.abc import Sequence
from datetime import date, datetime

import xlsxwriter

from app.sheets.columns import Column


def template(columns: Sequence[Column], *, title: str = "Feuille 1") -> bytes:
    """Return an XLSX with the columns' first names as header, one row of examples, and their notes as comments.

    Columns are text where a spreadsheet would eat zeros or make days of codes. `read_table` finds each column in it.
    """
    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(title[:31])
        needed, bold = book.add_format({"bold": True, "bg_color": "#DDEBF7"}), book.add_format({"bold": True})
        text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "dd/mm/yyyy"})
        for at, column in enumerate(columns):
            kept = day if isinstance(column.example, date) else text if isinstance(column.example, str) else None
            sheet.set_column(at, at, max(12, min(40, len(column.names[0]) + 4)), kept)
            sheet.write_string(0, at, column.names[0], needed if column.required else bold)
            note = " ".join(part for part in (column.note, "À remplir." if column.required else "") if part)
            if note:
                sheet.write_comment(0, at, note)
            if isinstance(column.example, date):
                sheet.write_datetime(1, at, datetime(*column.example.timetuple()[:3]), day)  # noqa: DTZ001
            elif column.example != "":
                sheet.write(1, at, column.example, kept)
        sheet.freeze_panes(1, 0)
    return body.getvalue()
