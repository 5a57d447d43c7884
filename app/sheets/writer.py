"""Write rows as CSV, XLSX or JSON that a spreadsheet neither eats nor executes."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol

import xlsxwriter

from app.files import whole_file
from app.sheets.readings import needs_mark
from app.sheets.refusals import SheetRefused

Format = Literal["csv", "xlsx", "json"]
FORMATS: tuple[Format, ...] = ("csv", "json", "xlsx")
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
Written = str | int | bool | float | Decimal | date | datetime | None
"""What is written: text, numbers, `oui` and `non`, quantities, days, instants (aware, as ISO text in UTC), nothing."""
_EXACT = 10**12
"""Whole numbers below it, and quantities of three places, are the same as float."""
_EXECUTED = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_MONTH = "jan|f[eé]v|feb|mars?|avr|apr|mai|may|juin|juil|jun|jul|ao[uû]|aug|sep|oct|nov|d[eé]c"
_EATEN = re.compile(
    r"[\d .,:/'’-]*\d[\d .,:/'’-]*(?:[ %€$]|E[+-]?\d+)?"  # numbers, days, hours
    rf"|\d+ ?[ap]m?|(?:\d+[ /-])?(?:{_MONTH})[a-zéû]*\.?(?:[ /-]\d+)?|true|false|vrai|faux",
    re.IGNORECASE,
)
"""Text that a spreadsheet makes a number, a day or a truth of."""


class Verbatim(str):
    """Text that an XLSX gets without an apostrophe, to be refused or asked about when it is read again."""

    __slots__ = ()


class _Writer(Protocol):
    def __call__(self, out: BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[Written]], *, plain: bool) -> None: ...


def write_table(
    target: Path | BinaryIO,
    columns: Sequence[str],
    rows: Iterable[Sequence[Written]],
    *,
    form: Format = "csv",
    plain: bool = False,
) -> None:
    """Write rows below a header; `read_table` reads the identical values back, of text as its readers give it.

    A path is written whole or not at all (a temporary file, renamed), for its owner only; rows are streamed.
    CSV is UTF-8 with its mark, semicolons and decimal commas, as a French spreadsheet opens it. Text that a spreadsheet would
    execute, or change into a number or a day, gets an apostrophe before it, which reading takes away. JSON is a list of objects.
    `plain` is for programs, which eat nothing: CSV has commas, decimal points and no mark, and quantities of JSON are numbers.
    Raises SheetRefused when the disk is full or the place can't be written.
    """
    if not isinstance(target, Path):
        _WRITERS[form](target, columns, rows, plain=plain)
        return
    with _whole(target) as out:
        _WRITERS[form](out, columns, rows, plain=plain)


def table_body(
    rows: Iterable[Mapping[str, Any]], columns: Sequence[str], form: str, heads: Mapping[str, str] | None = None
) -> bytes:
    """Return a file that fits in memory, for programs: rows by column, under `heads` where given; JSON keeps the columns' names."""
    names = [column if form == "json" else (heads or {}).get(column, column) for column in columns]
    out = io.BytesIO()
    _WRITERS[form](out, names, ([row[column] for column in columns] for row in rows), plain=True)
    return out.getvalue()


def write_body(target: Path, body: bytes) -> None:
    """Write a file whole or not at all, for its owner only. Raises SheetRefused as `write_table` does."""
    with _whole(target) as out:
        out.write(body)


@contextmanager
def _whole(path: Path) -> Iterator[BinaryIO]:
    """Give a file that is written whole or not at all. Raises SheetRefused."""
    try:
        with whole_file(path) as out:
            yield out
    except (OSError, xlsxwriter.exceptions.FileCreateError) as fault:
        raise SheetRefused(f"Le fichier {path.name[:80]} ne peut pas être écrit: {_why(fault)}.") from fault


def _why(fault: BaseException) -> str:
    while not isinstance(fault, OSError) and fault.__context__ is not None:
        fault = fault.__context__
    number = getattr(fault, "errno", None)
    return {
        28: "le disque est plein",
        # The end of a quota, which for who writes is the same.
        122: "le disque est plein",
        30: "le support est en lecture seule",
        13: "l'accès est refusé",
        2: "le dossier n'existe pas",
        21: "c'est un dossier",
    }.get(number or 0, "le disque ne répond pas")


def harmless(text: str, *, as_text: bool = False) -> str:
    """Put an apostrophe before a text that a spreadsheet would execute, or that reading would take for something else.

    `as_text` when the spreadsheet takes it for text anyhow: numbers are left as they are then.
    """
    marked = text.startswith(_EXECUTED) or needs_mark(text) or (not as_text and _EATEN.fullmatch(text))
    return f"'{text}" if text and marked else text


def _text(cell: Written, *, plain: bool = False) -> str:
    """Write a cell of a text file."""
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, Decimal):
        return f"{cell:f}" if plain else decimal(cell)
    if isinstance(cell, datetime):
        return instant(cell)
    return (
        ""
        if cell is None
        else harmless(cell, as_text=plain)
        if isinstance(cell, str)
        else cell.isoformat()
        if isinstance(cell, date)
        else str(cell)
    )


def decimal(number: Decimal) -> str:
    """Write a quantity with a comma; three places get a fourth, so that nobody takes them for thousands."""
    text = f"{number.normalize() + 0:f}"
    return (text + "0" if re.search(r"\.\d{3}$", text) else text).replace(".", ",")


def instant(at: datetime) -> str:
    """Write an instant as ISO text in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _csv(out: BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[Written]], *, plain: bool) -> None:
    # Without the mark a French spreadsheet takes UTF-8 for CP1252 and breaks every accent.
    text = io.TextIOWrapper(out, encoding="utf-8" if plain else "utf-8-sig", newline="", write_through=False)
    try:
        writer = csv.writer(text, delimiter="," if plain else ";", lineterminator="\n" if plain else "\r\n")
        writer.writerow([harmless(name, as_text=plain) for name in columns])
        writer.writerows([_text(cell, plain=plain) for cell in row] for row in rows)
        text.flush()
    finally:
        text.detach()


def _json(out: BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[Written]], *, plain: bool) -> None:
    out.write(b"[")
    for at, row in enumerate(rows):
        told = {name: _of_json(cell, plain=plain) for name, cell in zip(columns, row, strict=True)}
        out.write((b",\n" if at else b"\n") + json.dumps(told, ensure_ascii=False).encode())
    out.write(b"\n]\n")


def _of_json(cell: Written, *, plain: bool) -> str | int | float | bool | None:
    """Write a cell of JSON: what JSON has no kind for is text, quantities too, for floats lose some."""
    if isinstance(cell, Decimal):
        return float(cell) if plain else f"{cell.normalize() + 0:f}"
    if isinstance(cell, datetime):
        return instant(cell)
    return cell.isoformat() if isinstance(cell, date) else cell


def _xlsx(out: BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[Written]], *, plain: bool) -> None:
    del plain
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    body = io.BytesIO()  # a zip that a full disk breaks off would try again when it is collected
    book = xlsxwriter.Workbook(body, options)
    try:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        formats = {"text": book.add_format({"num_format": "@"}), "day": book.add_format({"num_format": "dd/mm/yyyy"})}
        sheet.freeze_panes(1, 0)
        for at, name in enumerate(columns):
            sheet.set_column(at, at, max(10, min(40, len(name) + 4)))
            sheet.write_string(0, at, harmless(name, as_text=True), bold)
        for number, row in enumerate(rows, 1):
            for at, cell in enumerate(row):
                if _write_cell(sheet, number, at, cell, formats):
                    raise SheetRefused("Il y a trop de lignes, ou un texte est trop long, pour un XLSX: demandez un CSV.")
    finally:
        book.close()
    out.write(body.getbuffer())


def _write_cell(sheet: "xlsxwriter.worksheet.Worksheet", row: int, at: int, cell: Written, formats: dict[str, object]) -> int:
    """Write a cell. Return 0, or what the library says of a cell that it didn't write: it raises nothing."""
    if cell is None or cell == "":
        return 0
    # Programs don't agree on the numbers of days in 1900 and before. These are written as text.
    if isinstance(cell, date) and not isinstance(cell, datetime) and cell.year > 1900:
        return int(sheet.write_datetime(row, at, datetime(cell.year, cell.month, cell.day), formats["day"]))  # noqa: DTZ001
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool) and -_EXACT < cell < _EXACT:
        return int(sheet.write_number(row, at, cell))
    text = cell if isinstance(cell, Verbatim) else harmless(cell, as_text=True) if isinstance(cell, str) else _text(cell)
    return int(sheet.write_string(row, at, text, formats["text"]))


_WRITERS: dict[str, _Writer] = {"csv": _csv, "xlsx": _xlsx, "json": _json}
