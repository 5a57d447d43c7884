"""Open a file by what it holds: a workbook (XLSX, XLS, ODS) or text, as grids of cells."""

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipFile

import msgspec
import python_calamine

from app.sheets import olefiles, packages, textfiles
from app.sheets.formulas import Formulas
from app.sheets.readings import Book, Raw
from app.sheets.refusals import SheetRefused

MOST_BYTES = 32_000_000
"""A file is held in memory while it is read."""
MOST_CELLS = 8_000_000
"""Of a sheet's rectangle: python-calamine keeps all of it, the blank ones too (32 bytes each)."""
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (
    *((b"%PDF", "un PDF"), (b"\xff\xd8\xff", "une photo"), (b"\x89PNG", "une image"), (b"GIF8", "une image")),
    (b"{\\rtf", "un texte mis en forme"),
    *((mark, "un fichier compressé") for mark in (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")),
)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The stream of a protected XLSX."""
_PROTECTED = "Ce fichier a un mot de passe: enregistrez-le sans mot de passe."
_UNREADABLE = "Ce fichier est abîmé, ou n'est pas un tableau: ouvrez-le dans un tableur et enregistrez-le en XLSX."


class Grid(msgspec.Struct, frozen=True):
    """A sheet's cells. `read` streams its rows from the file's first, blank cells as ''. Counted from 0, `merged` are rectangles
    (first row, first column, last row, last column), `hidden` rows that aren't shown. `strict` when a row may have no more cells
    than the header: text whose cells slipped.
    """

    name: str
    book: Book
    read: Callable[[], Iterator[list[Raw]]]
    first_column: int = 0
    merged: tuple[tuple[int, int, int, int], ...] = ()
    shown: bool = True
    strict: bool = False
    hidden: frozenset[int] = frozenset()


class File(msgspec.Struct, frozen=True):
    """A file's sheets, opened as they are asked for, and the SHA-256 of its bytes."""

    digest: str
    names: tuple[str, ...]
    hidden: frozenset[str]
    sheet: Callable[[str], Grid]


def open_file(source: Path | str | BinaryIO) -> File:
    """Open a file of cells. Raises SheetRefused."""
    data = _bytes(source)
    digest = hashlib.sha256(data).hexdigest()
    if data.startswith((_ZIP, _OLE)):
        return _workbook(data, digest)
    for mark, what in _OTHERS:
        if data.startswith(mark):
            raise SheetRefused(f"Ce fichier est {what}, pas un tableau: enregistrez le tableau en XLSX ou CSV.")
    text = textfiles.TextFile(data)
    return File(digest, ("",), frozenset(), lambda _: Grid("", Book(None), text.rows, strict=True))


def _bytes(source: Path | str | BinaryIO) -> bytes:
    try:
        with Path(source).open("rb") if isinstance(source, Path | str) else nullcontext(source) as file:
            # One byte more than is taken tells that a file is too large, also one that is a stream.
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as fault:
        name = Path(source).name if isinstance(source, Path | str) else ""
        why = "n'existe pas" if isinstance(fault, FileNotFoundError) else "ne peut pas être lu"
        raise SheetRefused(f"Le fichier {name[:80]} {why}.") from fault
    if len(data) > MOST_BYTES:
        raise SheetRefused(f"Ce fichier dépasse {MOST_BYTES // 1_000_000} Mo: coupez-le en plusieurs.")
    if not data:
        raise SheetRefused("Ce fichier est vide.")
    return data


def _workbook(data: bytes, digest: str) -> File:
    package = _package(data) if data.startswith(_ZIP) else None
    # An XLSX with a password is no zip but an old container with the encrypted one inside.
    if package is None and _ENCRYPTED in data:
        raise SheetRefused(_PROTECTED)
    extents = [] if package else olefiles.extents(data)
    # The library opens all sheets of an XLS at once, whole rectangles: it would end the process for want of memory.
    if any(extent.rows * extent.columns > MOST_CELLS for extent in extents):
        raise SheetRefused("Des cellules sont remplies très loin du tableau. Effacez-les.")
    try:
        with _calamine():
            book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
            sheets = {one.name: one for one in book.sheets_metadata if one.typ == python_calamine.SheetTypeEnum.WorkSheet}
    except python_calamine.PasswordError as fault:
        raise SheetRefused(_PROTECTED) from fault
    hidden = frozenset(name for name, one in sheets.items() if one.visible != python_calamine.SheetVisibleEnum.Visible)
    since_1904 = package.since_1904 if package else None
    # Both are in the workbook's order. An XLS that isn't understood has no extents.
    of_ole = {} if package else dict(zip((one.name for one in book.sheets_metadata), extents, strict=False))

    def sheet(name: str) -> Grid:
        extent = package.extent(name) if package else of_ole.get(name, packages.NO_EXTENT)
        if extent.rows * extent.columns > MOST_CELLS:
            raise SheetRefused(f"Feuille « {name} »: des cellules sont remplies très loin du tableau. Effacez-les.")
        with _calamine():
            found = book.get_sheet_by_name(name)
            merged = tuple((top, left, bottom, right) for (top, left), (bottom, right) in found.merged_cell_ranges or ())
            merged = merged or extent.merged  # the library tells none of an ODS
            first = found.start[1] if found.start else 0
        return Grid(
            name,
            Book(since_1904),
            lambda: _rows(found, first, extent.formulas),
            first,
            merged,
            name not in hidden,
            hidden=extent.hidden,
        )

    return File(digest, tuple(sheets), hidden, sheet)


def _package(data: bytes) -> packages.Package:
    try:
        return packages.Package(ZipFile(io.BytesIO(data)))
    except SheetRefused:
        raise
    except packages.BROKEN as fault:
        raise SheetRefused(_UNREADABLE) from fault


def _rows(sheet: python_calamine.CalamineSheet, first: int, formulas: Formulas) -> Iterator[list[Raw]]:
    """Give a sheet's rows, with what is known of its formulas in their cells: the library gives '' for those without a result."""
    left = dict(formulas)
    number = -1
    with _calamine():
        rows = sheet.iter_rows()
        while (row := next(rows, None)) is not None:
            number += 1
            yield _with(list(row), left.pop(number, {}), first)
    # The library ends at the last cell with a value. Formulas without a result may go further down.
    for later in sorted(left):
        yield from ([] for _ in range(number + 1, later))
        yield _with([], left[later], first)
        number = later


def _with(row: list[Raw], formulas: dict[int, Raw], first: int) -> list[Raw]:
    for column, formula in formulas.items():
        if column >= first:
            row += [""] * (column - first + 1 - len(row))
            row[column - first] = formula
    return row


class _calamine:  # noqa: N801
    """Turn what the library raises, its panics among it, into SheetRefused; a password is left to the caller."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, _: object) -> None:
        if isinstance(fault, python_calamine.PasswordError) or fault is None:
            return
        # A panic of Rust is a BaseException, which no `except Exception` catches, and its class can't be imported.
        if isinstance(fault, python_calamine.CalamineError | OSError | ValueError) or type(fault).__name__ == "PanicException":
            raise SheetRefused(_UNREADABLE) from fault
