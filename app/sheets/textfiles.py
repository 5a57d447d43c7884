"""Read a table that was saved as text: whatever encoding and separator, each line accounted for."""

import codecs
import csv
import re
from collections.abc import Iterator
from typing import NoReturn

from app.sheets.readings import Raw
from app.sheets.refusals import SheetRefused

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_GUESSES = ("cp1252", "mac_roman", "cp850", "iso8859_15")
"""What bytes that are no UTF-8 may be here: Windows, old Macs, DOS, Unix. Of those alike the first."""
_WORD = re.compile(rb'[^ \t\r\n;,|"]+')
_SMALL, _CAPITAL = "a-zß-öø-ÿœæŋšž", "A-ZÀ-ÖØ-ÞŒÆŊŠŽŸ"
_IN, _CAPITALS = f"(?<=[{_SMALL}{_CAPITAL}])", f"(?<=[{_CAPITAL}])"
_BEGINS, _ENDS = f"(?<![{_SMALL}{_CAPITAL}])", f"(?![{_SMALL}{_CAPITAL}])"
_NATURAL = re.compile(
    # Small letters: `Ndèye`, `Noël`, `Château`, `où`, `école`, `là`, `João`, `1ère`.
    rf"{_IN}[éèêëîôü](?![{_CAPITAL}])|(?<=[aeiouAEIOU])ï|{_IN}(?<![aeiouLS])â(?![{_CAPITAL}])|{_IN}û(?![aeiou{_CAPITAL}])|ç(?=[aouâô])|(?<=[oO])ù{_ENDS}|"
    rf"ñ(?=[aeiouéëàó])|{_IN}ñ{_ENDS}|{_BEGINS}(?:é(?=[{_SMALL}])|â(?=ge|gé)|î(?=le))|œ(?=[ui])|ã(?=[oe])|(?<=\d)[èé](?=[rm])|"
    rf"(?:{_BEGINS}|(?<=[LJlj]))à{_ENDS}|"
    # Capitals: `Émile`, `TRAORÉ`, `GUÈYE`, `CÔTE`, `BÂ`, `SŒUR`, `À`; never `NOÀL`, `GUÔYE`, `BÔ`.
    rf"{_BEGINS}(?:[ÉÂ](?=[{_SMALL}{_CAPITAL}])|Î(?=[Ll])|È(?=[vrzVRZ]))|Ç(?=[AOUaou])|Ñ(?=[AEIOUaeiou])|Œ(?=[UuIi])|Ã(?=[OE]{_ENDS})|"
    rf"{_CAPITALS}(?:[ÉÊËÛÜ]|(?<=[AEIOU])Ï|(?<![AEIOU])Â|Î(?![UI])|È(?![TP])|Ô(?=[TPMLD]))(?=[{_CAPITAL}])|"
    rf"(?<=[{_CAPITAL}][{_CAPITAL}])[ÉÊËÏ]{_ENDS}|(?<=[BDKM])Â{_ENDS}|(?<=[LS])Ô{_ENDS}|(?<=O)Ù{_ENDS}|(?:{_BEGINS}|(?<=[LJ]))À{_ENDS}|"
    # Signs: `l’Œuvre`, `« Awa »`, `etc…`, `N°`, never `…mile`.
    rf"{_IN}’(?=[{_SMALL}{_CAPITAL}])|{_BEGINS}«|»{_ENDS}|(?<![{_CAPITAL}])…{_ENDS}|{_BEGINS}[–—€№\xa0\u202f]{_ENDS}|(?<![a-mo-z])°"
)
"""Letters and signs where French, and names here, have them."""
_HARMLESS = set("áíóú“”‘’•×²³½¼¾±µ®©™à\xa0\u202f")
_AMISS = re.compile(
    rf"[ß-öø-ÿœæ](?=[{_CAPITAL}])|(?<=[{_CAPITAL}][{_CAPITAL}])[ß-öø-ÿœæ]{_ENDS}|(?<=[{_SMALL}])[À-ÖØ-ÞŒÆ]|{_IN}[À-ÖØ-ÞŒÆ](?=[{_SMALL}])|"
    rf"{_IN}[^\x00-\x7f{_SMALL}{_CAPITAL}’\xa0\u202f](?=[{_SMALL}{_CAPITAL}])|(?<=[{_SMALL}{_CAPITAL}])à(?=[{_SMALL}])"
)
"""Signs that stand in no word so: letters of the other case, and signs that are no letters."""
_TIE = 0.5
"""Encodings that are as French as that near to each other aren't told apart."""
_UTF_8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_SECOND = {coding: bytes(range(0x80, 0xC0)).decode(coding, "ignore") for coding in ("cp1252", "latin-1", "mac_roman", "cp850")}
_TWICE = re.compile(
    "Ã(?=[{cp1252}{latin-1}])|√(?=[{mac_roman}])|├(?=[{cp850}])|â€|Å“".format_map(
        {coding: re.escape(re.sub("[\0-\x7fÀ-Öà-ÿ]", "", letters)) for coding, letters in _SECOND.items()}
    )
)
"""Letters of UTF-8 that a program took for another encoding and saved: what such a letter begins with, and what follows in it."""
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_SEPARATORS = ";\t,|"
_JSON = re.compile(r'\s*(?:\[\s*)?[\[{]\s*["\[{}]')
_MARKUP = re.compile(r"\s*<(?:!doctype|html|table|\?xml|meta)", re.IGNORECASE)


class TextFile:
    """A text file's lines and its separator. Raises SheetRefused when it isn't text."""

    def __init__(self, data: bytes) -> None:
        """Decode it, and see what stands between its cells."""
        self._text = _decode(data).rstrip("\x1a")  # with which DOS ends a text
        if _CONTROLS.search(self._text):
            raise SheetRefused("Ce fichier n'est ni un tableau ni un texte: enregistrez-le en XLSX ou en CSV UTF-8.")
        if _MARKUP.match(self._text):
            raise SheetRefused("Ce fichier est une page web: ouvrez-le dans Excel et enregistrez-le en XLSX.")
        if _JSON.match(self._text):
            raise SheetRefused("Ce fichier est du JSON, pas un tableau: demandez-le en XLSX ou CSV.")
        if not self._text.strip(" \r\n\t;,|\ufeff"):
            raise SheetRefused("Ce fichier est vide.")
        # Names once saved wrong can't be told from right ones later, and would be printed on cards.
        if twice := _TWICE.search(self._text):
            raise _mixed(self._text[: twice.start()])
        head = self._text[:8000]
        named = re.match(r'"?sep=(.)"?(?=[\r\n])', head, re.IGNORECASE)  # what Excel writes for itself
        self._separator, self._named = (named[1], True) if named else (_separator(head), False)
        self._cells = _agreement(_head_lines(head), self._separator)[1]

    def rows(self) -> Iterator[list[Raw]]:
        """Stream the rows; a quoted cell may have lines, but not rows: a quote that isn't closed would swallow those after it."""
        # Counted here and not by the csv module, whose rows are no lines where a quoted cell has several.
        lines = _PhysicalLines(self._text)
        reader = csv.reader(lines, delimiter=self._separator, strict=True)
        after = re.compile(rf"[\r\n].*{re.escape(self._separator)}(?! )", re.DOTALL)
        while True:
            begun, lines.since = lines.read + 1, []
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as fault:
                # Over many lines it is a quote that swallows them, and not somebody's long text.
                long = lines.read == begun and any(len(line) > csv.field_size_limit() for line in lines.since)
                why = "une cellule est trop longue" if long else "un guillemet n'est pas fermé, ou n'est pas à sa place"
                raise SheetRefused(f"Ligne {begun}: {why}.") from fault
            several = lines.read > begun
            # A cell may well have lines, such as an address. It has none
            # that are cut as rows are, all into as many cells.
            are_rows = self._cells > 1 and all(line.count(self._separator) == self._cells - 1 for line in lines.since)
            if several and (are_rows or any(after.search(cell) for cell in row)):
                raise SheetRefused(f"Ligne {begun}: un guillemet n'est pas fermé.")
            # In a column alone each line of a cell may be somebody's.
            if several and len(row) == 1:
                raise SheetRefused(
                    f"Ligne {begun}: un guillemet n'est pas fermé, ou la cellule a plusieurs lignes: écrivez-la sur une."
                )
            # An empty row in its place keeps the numbers of the rows as the spreadsheet shows them.
            yield [] if self._named and begun == 1 else list(row)


class _PhysicalLines:
    """A text's lines, counted as they are read; a lone CR ends one too."""

    def __init__(self, text: str) -> None:
        self._lines = _LINE.finditer(text)
        self.read = 0
        self.since: list[str] = []

    def __iter__(self) -> "_PhysicalLines":
        return self

    def __next__(self) -> str:
        line = next(self._lines)[0]
        self.read += 1
        self.since.append(line)
        return line


def _decode(data: bytes) -> str:
    for mark, coding in _MARKS:
        # A program that writes a mark means it: what isn't of that encoding is damage, and nothing is guessed.
        if data.startswith(mark):
            text = _strictly(data, coding)
            if text is None:
                raise _mixed(
                    data[len(mark) : _first_bad(data, "utf-8" if coding == "utf-8-sig" else coding)].decode(coding, "replace")
                )
            return text
    half = data[:2000]
    if half.count(0) > len(half) // 4:  # UTF-16 without its mark: every other byte of French is 0
        return _strictly(data, "utf-16-le" if half[1:2] == b"\0" else "utf-16-be") or "\0"
    # Text of another encoding with accents in it is next to never valid UTF-8, so that this needs no guess.
    text = _strictly(data, "utf-8")
    if text is not None:
        return text
    # Mostly UTF-8, and broken somewhere: two files put together, or one
    # that was cut. As another encoding every name would be wrong.
    if 2 * sum(map(len, _UTF_8.findall(data))) > sum(byte > 127 for byte in data):
        raise _mixed(data[: _first_bad(data, "utf-8")].decode())
    # Several of these take any bytes at all, and none fails: only how French the result looks tells them apart.
    words = list(dict.fromkeys(found[0] for found in _WORD.finditer(data) if not found[0].isascii()))
    told = {text: coding for coding in reversed(_GUESSES) if (text := _strictly(b"\n".join(words), coding)) is not None}
    best, *others = sorted(told, key=lambda text: (_likeness(text), -_GUESSES.index(told[text])), reverse=True)
    if others and _likeness(best) - _likeness(others[0]) < _TIE:
        _ask(data, words, best.split("\n"), others[0].split("\n"))
    return data.decode(told[best])


def _ask(data: bytes, words: list[bytes], *ways: list[str]) -> NoReturn:
    """Refuse the line of the first word that may be read in two ways, with both."""
    word, one, other = next(one for one in zip(words, *ways, strict=True) if one[1] != one[2])
    line = len(re.findall(rb"\r\n|\r|\n", data[: data.index(word)])) + 1
    says = f"est-ce « {one[:40]} » ou « {other[:40]} » ? Le codage des lettres n'est pas sûr"
    raise SheetRefused(f"Ligne {line}: {says}: enregistrez le fichier en XLSX ou en CSV UTF-8.")


def _strictly(data: bytes, coding: str) -> str | None:
    try:
        return data.decode(coding)
    except UnicodeDecodeError:
        return None


def _first_bad(data: bytes, coding: str) -> int:
    try:
        data.decode(coding)
    except UnicodeDecodeError as fault:
        return fault.start
    return len(data)


def _mixed(before: str) -> SheetRefused:
    """Refuse the line after what stands before the first letter that isn't as it was written."""
    line = len(re.findall(r"\r\n|\r|\n", before)) + 1
    return SheetRefused(f"Ligne {line}: des lettres sont abîmées (deux codages mêlés, ou fichier coupé). Enregistrez-le en XLSX.")


def _likeness(words: str) -> float:
    """Say how French the letters of words are that aren't ASCII."""
    signs = sum(sign > "\x7f" and sign not in _HARMLESS for sign in words)
    natural = _NATURAL.findall(words)
    # A sign that is natural is no strange one.
    return sum(2.0 if sign not in _HARMLESS else 1.0 for sign in natural) - signs - 2 * len(_AMISS.findall(words))


def _head_lines(head: str) -> list[str]:
    lines = [line for line in re.split(r"\r\n|\r|\n", head)[:60] if line.strip(" ;,|\t")]
    return lines[:-1] or lines  # the last may be cut


def _separator(head: str) -> str:
    """Return what cuts most of the first lines into the same number of cells, more than one."""
    lines = _head_lines(head)
    return max(_SEPARATORS, key=lambda separator: _agreement(lines, separator))


def _agreement(lines: list[str], separator: str) -> tuple[int, int]:
    """Return how well a separator cuts lines into as many cells, and how many cells that are: 1 when it cuts none."""
    counts = [len(next(csv.reader([line], delimiter=separator))) for line in lines]
    many = [count for count in counts if count > 1]
    usual = max(many, key=many.count, default=1)
    return many.count(usual) * min(usual, 4), usual
