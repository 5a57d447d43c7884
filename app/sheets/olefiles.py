"""What a library doesn't tell of an XLS: its formulas, whose result may be a nought that no program computed, and hidden rows."""

import struct

from app.sheets.formulas import Results
from app.sheets.packages import Extent
from app.sheets.readings import Formula

_STREAMS = {"Workbook", "Book"}
_FORMULA, _SHEET, _ROW, _DIMENSIONS = 0x0006, 0x0085, 0x0208, 0x0200
_SPANS = {10: "<HHHH", 14: "<IIHH"}
"""How a sheet says how far its cells go, by the length of that: first row, row behind the last, the same of columns."""
_WORDS = 0x0205
"""Yes or no, or (the byte behind it isn't 0) an error, which the library gives as a blank."""
_ERROR, _ERROR_BITS = 0xFFFF_0000_0000_0002, 0xFFFF_0000_0000_00FF
"""A formula's result that is an error, and which of its bits say so."""
_CELLS = {_FORMULA, _WORDS, 0x00BD, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x027E}
"""Formulas, yes or no, several numbers, texts, numbers."""
_UNSEEN = 0x20
"""The bit of a row's options that says that it isn't shown."""
_SIGNS = {0x03: "+", 0x04: "-", 0x05: "*", 0x06: "/", 0x07: "^"}
_FUNCTIONS = {0x21: 3, 0x41: 3, 0x61: 3, 0x22: 4, 0x42: 4, 0x62: 4}
_LENGTHS = dict.fromkeys(_SIGNS, 1) | {0x12: 1, 0x13: 1, 0x15: 1, 0x1E: 3, 0x1F: 9, 0x19: 4} | _FUNCTIONS
"""Bytes of a formula's parts: signs, `+` and `-` before a number, brackets, numbers, SUM, functions."""
_LAST = 0xFFFFFFFA
"""From here on a sector's number says that there is none."""


def extents(data: bytes) -> list[Extent]:
    """Return each sheet's extent, formulas and hidden rows, in the workbook's order; none of a file that isn't understood."""
    try:
        return _extents(_workbook(data))
    except (struct.error, ValueError, IndexError):
        return []


def _workbook(data: bytes) -> bytes:
    """Return the stream of cells in an OLE file."""
    if struct.unpack_from("<HH", data, 30) not in ((9, 6), (12, 6)):
        raise ValueError("sectors")
    size, small = 1 << data[30], 1 << data[32]
    directory, cutoff, mini, difat = (struct.unpack_from("<I", data, at)[0] for at in (48, 56, 60, 68))
    parts = list(struct.unpack_from("<109I", data, 76))
    for _ in range(len(data) // size):
        if difat >= _LAST or len(parts) > len(data) // size + 109:  # forged to go round
            break
        *more, difat = struct.unpack_from(f"<{size // 4}I", data, (difat + 1) * size)
        parts += more
    fat = [number for part in parts if part < _LAST for number in struct.unpack_from(f"<{size // 4}I", data, (part + 1) * size)]
    entries = _chained(data[size:], fat, directory, size)
    root = b""
    for at in range(0, len(entries) - 127, 128):
        length = struct.unpack_from("<H", entries, at + 64)[0]
        name = entries[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        start, long = struct.unpack_from("<II", entries, at + 116)
        if entries[at + 66] == 5:
            root = _chained(data[size:], fat, start, size)
        # A short stream isn't in sectors of its own but in small ones, cut out of the root entry's stream.
        elif name in _STREAMS and long >= cutoff:
            return _chained(data[size:], fat, start, size)[:long]
        elif name in _STREAMS:
            table = _chained(data[size:], fat, mini, size)
            return _chained(root, list(struct.unpack(f"<{len(table) // 4}I", table)), start, small)[:long]
    return b""


def _chained(data: bytes, table: list[int], start: int, size: int) -> bytes:
    found: list[bytes] = []
    # A chain can't be longer than the file. One that is goes round.
    while start < _LAST and len(found) <= len(data) // size:
        found.append(data[start * size : (start + 1) * size])
        start = table[start]
    return b"".join(found)


def _extents(stream: bytes) -> list[Extent]:
    begins: list[int] = []
    results: dict[int, Results] = {}
    hidden: dict[int, set[int]] = {}
    far: dict[int, tuple[int, int]] = {}
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _SHEET:
            begins.append(struct.unpack_from("<I", stream, at + 4)[0])
        sheet = max((begin for begin in begins if begin <= at), default=0) if kind in _CELLS | {_ROW, _DIMENSIONS} else 0
        rows, columns = far.get(sheet, (0, 0))
        if kind in _CELLS:
            row, column = struct.unpack_from("<HH", stream, at + 4)
            far[sheet] = max(rows, row + 1), max(columns, column + 1)
        elif kind == _DIMENSIONS and length in _SPANS:
            # The library takes memory for as many cells as this says, also where the first is said to be behind the last.
            top, bottom, left, right = struct.unpack_from(_SPANS[length], stream, at + 4)
            far[sheet] = max(rows, (bottom - top) % 2**32), max(columns, (right - left) % 2**16)
        if kind == _ROW and struct.unpack_from("<H", stream, at + 16)[0] & _UNSEEN:
            hidden.setdefault(sheet, set()).add(struct.unpack_from("<H", stream, at + 4)[0])
        elif kind == _FORMULA:
            row, column, _, result = struct.unpack_from("<HHHQ", stream, at + 4)
            formula = _written(stream[at + 26 : at + 26 + struct.unpack_from("<H", stream, at + 24)[0]])
            # A text or a day is no nought in these bytes either.
            results.setdefault(sheet, Results()).add(range(row, row + 1), range(column, column + 1), formula, "x" if result else 0)
            if result & _ERROR_BITS == _ERROR:
                results[sheet].put(row, column, Formula("#"))
        elif kind == _WORDS and stream[at + 11]:
            row, column = struct.unpack_from("<HH", stream, at + 4)
            results.setdefault(sheet, Results()).put(row, column, Formula("#"))
        at += 4 + length
    return [
        Extent(*far.get(begin, (0, 0)), results.get(begin, Results()).doubtful(), hidden=frozenset(hidden.get(begin, ())))
        for begin in begins
    ]


def _written(tokens: bytes) -> str:
    """Return a formula of plain numbers as people write it, `F` for one of functions, `[` for one that may have cells in it."""
    parts: list[str] = []
    at = 0
    try:
        while at < len(tokens):
            token = tokens[at]
            if token in _SIGNS:
                right = parts.pop()
                parts[-1] = f"({parts[-1]}{_SIGNS[token]}{right})"
            elif token == 0x13:
                parts[-1] = f"(-{parts[-1]})"
            elif token == 0x1E:
                parts.append(str(struct.unpack_from("<H", tokens, at + 1)[0]))
            elif token == 0x1F:
                parts.append(str(struct.unpack_from("<d", tokens, at + 1)[0]))
            elif token in _FUNCTIONS:
                parts.append("F")
            elif token not in _LENGTHS:
                return "["
            at += _LENGTHS[token]
    except (struct.error, IndexError):
        return "["
    return "F" if "F" in parts else "".join(parts)
