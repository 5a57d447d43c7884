"""A document on A4 in black: its letters, its tables, its QR codes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from itertools import chain

import segno
from fpdf import FPDF
from fpdf.enums import Align

from app.gsm7 import fold

MARGIN = 12.0
"""All lengths are millimetres, sizes of letters points."""
_POINT = 0.3528
# Folding keeps the euro, which the alphabet of SMS has and Latin-1 hasn't.
_WORDS = {"€": "EUR", "Œ": "OE"}


def latin(text: str) -> str:
    """Return a text in Latin-1: what is outside is folded, or a question mark."""
    if text.isascii():
        return text
    return "".join(one if ord(one) < 256 else _latin(one) for one in text)


@lru_cache(512)
def _latin(letter: str) -> str:
    return (_WORDS.get(letter) or fold(letter)).encode("latin-1", "replace").decode("latin-1")


def dial(code: str) -> str:
    """Return what a QR code holds so that a telephone offers to dial a string."""
    # In an address `#` begins a fragment, which a telephone wouldn't dial.
    return f"tel:{code.replace('#', '%23')}"


class PdfPages(FPDF):
    """A4 pages of one document, with their title and number at the foot of each."""

    def __init__(self, title: str, made: datetime, *, landscape: bool = False) -> None:
        super().__init__("landscape" if landscape else "portrait", "mm", "A4")
        self.foot = f"{title}, {made:%d/%m/%Y}"
        self.set_title(latin(title))
        self.set_lang("fr")
        self.set_creation_date(made)
        self.set_margin(MARGIN)
        # No page breaks by itself, in the middle of a row: `grid` asks for
        # the place that is kept free here and breaks before one.
        self.set_auto_page_break(False, MARGIN + 6)
        self.set_line_width(0.2)
        self.letters(9)

    def normalize_text(self, text: str) -> str:
        """Return a text as the core fonts can write it."""
        return latin(text)

    def footer(self) -> None:
        """Write the title and the number of the page at its foot."""
        if self.foot:
            self.letters(7)
            self.set_xy(MARGIN, self.h - MARGIN)
            self.cell(self.epw, 4, f"{self.foot}   {self.page_no()} / {{nb}}", align=Align.R)

    def letters(self, size: float, *, bold: bool = False) -> None:
        """Set the size of what is written next."""
        self.set_font("Helvetica", "B" if bold else "", size)

    def put(self, x: float, y: float, text: str, size: float, *, bold: bool = False, width: float | None = None) -> None:
        """Write a line with its top left at a point, its letters smaller where it is wider than `width`."""
        self.letters(size, bold=bold)
        while width and size > 4 and self.get_string_width(text) > width:
            size -= 0.5
            self.letters(size, bold=bold)
        self.text(x, y + size * _POINT * 0.8, latin(text))

    def paragraph(self, x: float, y: float, width: float, text: str, size: float, *, bold: bool = False) -> float:
        """Write lines within a width; return where the next one would begin."""
        self.letters(size, bold=bold)
        for line in self.wrapped(text, width):
            self.put(x, y, line, size, bold=bold)
            y += size * _POINT * 1.2
        return y

    def wrapped(self, text: str, width: float) -> list[str]:
        """Cut a text into lines that fit a width; a word that doesn't fit is cut."""
        lines = [""]
        for word in chain.from_iterable((*words.split(" "), "\n") for words in latin(text).split("\n")):
            if word == "\n":
                lines.append("")
                continue
            if lines[-1] and self.get_string_width(f"{lines[-1]} {word}") > width:
                lines.append("")
            while len(word) > 1 and self.get_string_width(word) > width:
                most = next(at for at in range(len(word), 0, -1) if at == 1 or self.get_string_width(word[:at]) <= width)
                lines[-1:] = [word[:most], ""]
                word = word[most:]
            lines[-1] = f"{lines[-1]} {word}".strip()
        return lines[:-1] or [""]

    def heading(self, text: str, under: str = "") -> None:
        """Begin a page with its title, and a line under it."""
        self.add_page()
        self.put(MARGIN, MARGIN, text, 15, bold=True, width=self.epw)
        self.set_xy(MARGIN, self.paragraph(MARGIN, MARGIN + 8, self.epw, under, 9) + 2 if under else MARGIN + 9)

    def grid(
        self, heads: Sequence[str], widths: Sequence[float], rows: Iterable[Sequence[str]], *, size: float = 8, least: float = 5.5
    ) -> None:
        """Write rows of cells, each at least so high, under heads that each page repeats. Widths are shares of the page's."""
        wide = [self.epw * width / sum(widths) for width in widths]
        self._row(heads, wide, size, least, bold=True)
        for row in rows:
            if self._row(row, wide, size, least):
                continue
            self.add_page()
            self.set_xy(MARGIN, MARGIN)
            self._row(heads, wide, size, least, bold=True)
            if not self._row(row, wide, size, least):
                raise ValueError("a row is higher than a page: nothing may be left out")

    def _row(self, cells: Sequence[str], wide: Sequence[float], size: float, least: float, *, bold: bool = False) -> bool:
        """Write a row where the page has room for it, and tell whether it had."""
        self.letters(size, bold=bold)
        lines = [self.wrapped(cell, width - 2) for cell, width in zip(cells, wide, strict=True)]
        step = size * _POINT * 1.2
        high = max(least, max(map(len, lines)) * step + 1.6)
        top, x = self.get_y(), self.l_margin
        if top + high > self.page_break_trigger:
            return False
        for cell, width in zip(lines, wide, strict=True):
            self.rect(x, top, width, high)
            for at, line in enumerate(cell):
                if line:
                    self.text(x + 1, top + 0.9 + at * step + size * _POINT * 0.85, line)
            x += width
        self.set_y(top + high)
        return True

    def qr(self, words: str, x: float, y: float, size: float, alt: str = "") -> None:
        """Draw a QR code with its quiet zone, in a square."""
        self.image(BytesIO(_qr(words)), x, y, size, size, alt_text=alt or None)

    def pdf(self) -> bytes:
        """Return the document."""
        return bytes(self.output() or b"")


@lru_cache(64)
def _qr(words: str) -> bytes:
    drawn = BytesIO()
    segno.make(words, error="m").save(drawn, kind="png", scale=8, border=4)
    return drawn.getvalue()
