"""Read a table that a spreadsheet or an operator saved as text: any common encoding, comma, semicolon or tab, a line a row."""

import codecs
import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator

_LINES = re.compile(r"\r\n|\r|\n")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class NotATable(ValueError):
    """The file can't be read; its argument says why, in a French sentence for whoever brought it."""


def rows_of(data: bytes, needed: Collection[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Give each filled line below the header with its number in the file, from 1, by the header's names in small letters.

    Nothing spans lines: a quote that isn't closed would swallow those after it. Raises NotATable, also without a needed column.
    """
    lines = list(enumerate(_LINES.split(_text(data)), 1))
    separator = None
    if lines[0][1].lower().startswith("sep="):  # what a spreadsheet writes for itself
        separator = lines.pop(0)[1][4:5]
    lines = [(number, line) for number, line in lines if line.strip(" ;,\t")]
    if not lines:
        raise NotATable(f"La 1re ligne doit nommer les colonnes: {', '.join(needed)}.")
    (number, head), *rest = lines
    separator = separator or next((one for one in "\t;" if one in head), ",")
    names = [name.lower() for name in _cells(number, head, separator)]
    twice = [name for name, times in Counter(names).items() if name and times > 1]
    if twice:
        raise NotATable(f"Deux colonnes ont le même nom: {', '.join(twice)}. Gardez-en une.")
    if not set(needed) <= set(names):
        raise NotATable(f"La 1re ligne doit nommer les colonnes: {', '.join(needed)}.")
    for number, line in rest:
        cells = _cells(number, line, separator)
        if any(cells[len(names) :]):
            raise NotATable(f"Ligne {number}: plus de cellules que de colonnes. Rien n'est pris.")
        yield number, dict(zip(names, cells + [""] * len(names), strict=False))


def _text(data: bytes) -> str:
    coding = next((coding for mark, coding in _MARKS if data.startswith(mark)), None)
    try:
        text = data.decode(coding or "utf-8")
    except UnicodeDecodeError:
        # bytes that are no UTF-8 are what Excel saves here by itself
        text = data.decode("cp1252", "replace") if coding is None else "\0"
    if "\0" in text:
        raise NotATable("Ce fichier n'est pas un texte: enregistrez-le en CSV UTF-8.")
    return text


def _cells(number: int, line: str, separator: str) -> list[str]:
    try:
        cells = next(csv.reader([line], delimiter=separator, strict=True))
    except (csv.Error, StopIteration):
        raise NotATable(f"Ligne {number}: un guillemet n'est pas fermé. Rien n'est pris.") from None
    return [_plain(cell) for cell in cells]


def _plain(cell: str) -> str:
    """Drop what can't be seen: spaces that don't break become plain ones, those without a width go."""
    shown = (letter for letter in unicodedata.normalize("NFKC", cell) if unicodedata.category(letter) != "Cf")
    return " ".join("".join(shown).split())
