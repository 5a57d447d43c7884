"""What a library doesn't tell of an XLSX or ODS package: its sizes, its calendar, how far its cells go, its formulas."""

import posixpath
import re
import zlib
from collections.abc import Callable, Iterable
from itertools import product
from typing import IO
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

import msgspec

from app.sheets.formulas import LONGEST, Formulas, Results
from app.sheets.readings import Formula
from app.sheets.refusals import SheetRefused

MOST_UNPACKED, MOST_PARTS = 320_000_000, 5_000
"""Bytes of all parts, as the package declares them, and their number."""
MOST_TEXTS = 64_000_000
"""Bytes of an XLSX's shared texts: each of them takes a library many times its size."""
MOST_REPEATED = 100_000
"""Cells or rows of an ODS that one element may stand for: more isn't written down one by one."""
BROKEN = (BadZipFile, expat.ExpatError, KeyError, RuntimeError, EOFError, OSError, ValueError, zlib.error)
_CHUNK = 1 << 20
_REFERENCE = re.compile(rb'r="([A-Z]{1,3})([0-9]{1,7})"')
_COMPUTED = re.compile(rb'<(?:\w+:)?f[ />]|t="e"|<(?:\w+:)?row [^>]*\bhidden="(?:1|true)"')


class Extent(msgspec.Struct, frozen=True):
    """How far a sheet's filled cells go, its formulas whose results can't be trusted, the merged cells of an ODS, and which rows
    aren't shown.
    """

    rows: int = 0
    columns: int = 0
    formulas: Formulas = msgspec.field(default_factory=dict)
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: frozenset[int] = frozenset()


NO_EXTENT = Extent()


class Package:
    """A zip of XML parts. Raises SheetRefused when it unpacks to too much or is no table; what is broken raises one of BROKEN."""

    def __init__(self, archive: ZipFile) -> None:
        """Look at the declared sizes, then at the kind."""
        self._archive, infos = archive, archive.infolist()
        texts = sum(info.file_size for info in infos if info.filename.lower().endswith("sharedstrings.xml"))
        # Looked at before anything is unpacked: a zip of some kilobytes may hold gigabytes of noughts.
        if len(infos) > MOST_PARTS or texts > MOST_TEXTS or sum(info.file_size for info in infos) > MOST_UNPACKED:
            raise SheetRefused("Ce fichier est trop grand une fois ouvert. Il n'est pas lu.")
        names = {info.filename for info in infos}
        self._is_ods = "content.xml" in names
        if not self._is_ods and "xl/workbook.xml" not in names:
            raise SheetRefused(_other(names))
        # Before the test of all parts, which would fail for want of the password and call the file broken.
        if any(info.flag_bits & 1 for info in infos):
            raise SheetRefused("Ce fichier a un mot de passe: enregistrez-le sans mot de passe.")
        if archive.testzip() is not None:  # a part that unpacks to something else than was declared
            raise BadZipFile
        self.since_1904 = False
        self._parts: dict[str, str] = {}
        if not self._is_ods:
            self._read_workbook()

    def _read_workbook(self) -> None:
        relations: dict[str, str] = {}
        sheets: list[tuple[str, str]] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "Relationship":
                relations[attributes["Id"]] = posixpath.normpath(posixpath.join("/xl", attributes["Target"])).lstrip("/")
            elif tag == "workbookPr":
                self.since_1904 = attributes.get("date1904", "0") in ("1", "true", "on")
            elif tag == "sheet":
                sheets.append((attributes["name"], next((attributes[one] for one in attributes if one.endswith(":id")), "")))

        for part in ("xl/_rels/workbook.xml.rels", "xl/workbook.xml"):
            with self._archive.open(part) as stream:
                _walk(stream, start, lambda _: None, lambda _: None)
        self._parts = {name: relations[key] for name, key in sheets if key in relations}

    def extent(self, sheet: str) -> Extent:
        """Return how far a sheet's cells go. Raises SheetRefused."""
        try:
            if self._is_ods:
                with self._archive.open("content.xml") as stream:
                    return _ods(stream, sheet)
            if sheet not in self._parts:
                return NO_EXTENT
            with self._archive.open(self._parts[sheet]) as stream:
                plain = _plain(stream)
            if plain is not None:
                return plain
            with self._archive.open(self._parts[sheet]) as stream:
                return _xlsx(stream)
        except BROKEN as fault:
            raise SheetRefused("Ce fichier est abîmé: ouvrez-le dans un tableur et enregistrez-le de nouveau.") from fault


def _other(names: Iterable[str]) -> str:
    """Say what a package is that has no table."""
    if any(name.startswith("word/") for name in names):
        return "Ce fichier est un document Word: copiez le tableau dans Excel et enregistrez-le en XLSX."
    if "xl/workbook.bin" in names:
        return "Ce fichier est un classeur binaire (XLSB): enregistrez-le en XLSX."
    return "Ce fichier n'est pas un tableau: enregistrez-le en XLSX, ODS ou CSV."


def _plain(stream: IO[bytes]) -> Extent | None:
    """Return how far a sheet's cells go when it has no formula, no hidden row, and they go nowhere strange; else None.

    Quick: no XML is parsed.
    """
    columns, last, rest = set[bytes](), 0, b""
    while chunk := stream.read(_CHUNK):
        chunk = rest + chunk
        if _COMPUTED.search(chunk):
            return None
        for letters, row in _REFERENCE.findall(chunk):
            columns.add(letters)
            last = max(last, int(row))
        # A reference may be cut at a chunk's end. What is read twice by that changes no maximum.
        rest = chunk[-64:]
    width = max((_column(letters.decode()) for letters in columns), default=0)
    return Extent(last, width) if columns and last * width <= 4_000_000 else None


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _walk(
    stream: IO[bytes], start: Callable[[str, dict[str, str]], None], end: Callable[[str], None], text: Callable[[str], None]
) -> None:
    """Parse XML with tags without their namespaces' prefixes. Entities are refused: a spreadsheet has none of its own."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise ValueError("entities")

    # A few entities that name each other fill all memory.
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition(":")[2], attributes)
    parser.EndElementHandler = lambda tag: end(tag.rpartition(":")[2])
    parser.CharacterDataHandler = text
    while chunk := stream.read(_CHUNK):
        parser.Parse(chunk)
    parser.Parse(b"", True)


class _Xlsx:
    """What a worksheet's part holds: `c` are cells, `f` formulas, `v` results."""

    def __init__(self) -> None:
        self.row = self.column = -1
        self.rows = self.columns = 0
        self.results = Results()
        self.hidden: set[int] = set()
        self._kind, self._computed, self._result, self._inside, self._stored = "", False, "", "", False
        self._formula, self._shared = "", dict[str, str]()
        self._share: str | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "row":
            self.row = int(attributes["r"]) - 1 if "r" in attributes else self.row + 1
            self.column = -1
            if attributes.get("hidden") in ("1", "true"):
                self.hidden.add(self.row)
        elif tag == "c":
            letters = attributes.get("r", "").rstrip("0123456789")
            self.column = _column(letters) - 1 if letters else self.column + 1
            self._kind, self._computed, self._result, self._stored = attributes.get("t", "n"), False, "", False
        elif tag == "f":
            self._computed, self._formula, self._share = True, "", attributes.get("si")
        elif tag == "v":
            self._stored = True
        self._inside = tag if tag in ("v", "t", "f") else ""

    def text(self, words: str) -> None:
        # A result is only looked at for being blank, nought or an error, however long a text it is.
        if self._inside == "f" and len(self._formula) <= LONGEST:
            self._formula += words
        elif self._inside and self._inside != "f" and len(self._result) < 40:
            self._result += words

    def end(self, tag: str) -> None:
        self._inside = ""
        if tag == "f" and self._share is not None:
            # The first cell of several with one formula has it, the others only its number.
            self._formula = self._shared.setdefault(self._share, self._formula)
        if tag != "c" or not (self._computed or self._result):
            return
        self.rows, self.columns = max(self.rows, self.row + 1), max(self.columns, self.column + 1)
        if self._kind == "e":
            self.results.put(self.row, self.column, Formula(self._result or "#"))
        elif self._computed:
            # `=IF(A1="","",…)` is computed, and blank.
            blank = self._kind == "str" and self._stored and not self._result
            result = "" if blank else _result(self._result, is_number=self._kind == "n")
            self.results.add(range(self.row, self.row + 1), range(self.column, self.column + 1), self._formula, result)


def _result(text: str, *, is_number: bool) -> float | str | None:
    """Return a formula's result, None where the file has none."""
    if not text.strip():
        return None
    try:
        return float(text) if is_number else text
    except ValueError:
        return text


def _xlsx(stream: IO[bytes]) -> Extent:
    part = _Xlsx()
    _walk(stream, part.start, part.end, part.text)
    return Extent(part.rows, part.columns, part.results.doubtful(), hidden=frozenset(part.hidden))


class _Ods:
    """What a sheet of content.xml holds. Cells and rows are repeated; what is blank at the end counts for nothing."""

    def __init__(self, sheet: str) -> None:
        self.rows = self.columns = 0
        self.results = Results()
        self.merged: list[tuple[int, int, int, int]] = []
        self.hidden: set[int] = set()
        self._sheet, self._inside = sheet, False
        self._row = self._column = self._filled = 0
        self._rows, self._hidden = 1, False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table":
            self._inside, self._row = attributes.get("table:name") == self._sheet, 0
        elif tag == "table-row":
            self._rows, self._column, self._filled = int(attributes.get("table:number-rows-repeated", 1)), 0, 0
            self._hidden = attributes.get("table:visibility", "visible") != "visible"
        elif self._inside and tag in ("table-cell", "covered-table-cell"):
            self._cell(attributes)

    def _cell(self, attributes: dict[str, str]) -> None:
        times = int(attributes.get("table:number-columns-repeated", 1))
        formula, kind = attributes.get("table:formula"), attributes.get("office:value-type")
        down = int(attributes.get("table:number-rows-spanned", 1)) - 1
        across = int(attributes.get("table:number-columns-spanned", 1)) - 1
        if down or across:
            self.merged.append((self._row, self._column, self._row + down, self._column + across))
        if formula or kind:
            self._filled = self._column + times
        is_error = attributes.get("calcext:value-type") == "error"  # which it calls an empty text
        # A formula over a whole column of an ODS is one element for a million cells.
        if (formula or is_error) and times * self._rows < MOST_REPEATED:
            is_number = kind in ("float", "currency", "percentage")
            result = _result(attributes.get("office:value", "x" if kind else ""), is_number=is_number)
            columns = range(self._column, self._column + times)
            rows = range(self._row, self._row + self._rows)
            if formula and not is_error:
                self.results.add(rows, columns, formula, result)
            for row, column in product(rows, columns) if is_error else ():
                self.results.put(row, column, Formula("#"))
        self._column += times

    def end(self, tag: str) -> None:
        if self._inside and tag == "table-row":
            if self._hidden and self._filled and self._rows < MOST_REPEATED:
                self.hidden |= set(range(self._row, self._row + self._rows))
            self._row += self._rows
            if self._filled:
                self.rows, self.columns = self._row, max(self.columns, self._filled)


def _ods(stream: IO[bytes], sheet: str) -> Extent:
    part = _Ods(sheet)
    _walk(stream, part.start, part.end, lambda _: None)
    return Extent(part.rows, part.columns, part.results.doubtful(), tuple(part.merged), frozenset(part.hidden))
