"""The menu on paper: a leaflet for members, a sheet for officers. Its choices with the strings that lead there."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from app.paper.page import MARGIN, PdfPages, dial

KEYS = "0 retour   00 début   9 suite   000 reprendre, si proposé"
SECRET = "Votre code secret ne se dit à personne: ni à un responsable, ni à l'opérateur."  # noqa: S105 - words
SIZE = 7.5


class Entry(msgspec.Struct, frozen=True):
    """A choice: its number, its words, the string that dials it, the choices behind it."""

    number: int
    label: str
    code: str
    entries: Sequence["Entry"] = ()


class Leaflet(msgspec.Struct, frozen=True):
    """A sheet: its title, the string to dial first, the choices, what can be sent by SMS and what that does."""

    title: str
    code: str
    entries: Sequence[Entry]
    sms: Sequence[tuple[str, str]]
    to: str = ""


def draw(leaflet: Leaflet, made: datetime) -> bytes:
    """Return the sheet as PDF: choices in two columns, then the SMS."""
    pages = PdfPages(leaflet.title, made)
    pages.heading(leaflet.title)
    top = pages.get_y()
    if leaflet.code:
        pages.qr(dial(leaflet.code), pages.w - MARGIN - 30, MARGIN - 4, 30, f"Composer {leaflet.code}")
        pages.put(MARGIN, top, f"Composez {leaflet.code}", 18, bold=True)
        top += 9
    pages.put(MARGIN, top, KEYS, 9, bold=True)
    pages.put(MARGIN, top + 5, SECRET, 9)
    bottom = _columns(pages, leaflet.entries, max(top + 12, MARGIN + 28))
    _sms(pages, leaflet, bottom + 4)
    return pages.pdf()


def _columns(pages: PdfPages, entries: Sequence[Entry], top: float) -> float:
    """Write the entries in two columns of about the same height; return where they end."""
    wide = (pages.epw - 6) / 2
    total, left, y, bottom = sum(map(_height, entries)), MARGIN, top, top
    for entry in entries:
        if left == MARGIN and y - top + _height(entry) / 2 > total / 2:
            left, y = MARGIN + wide + 6, top
        pages.put(left, y, f"{entry.number} {entry.label}", 10, bold=True, width=wide - 32)
        pages.put(left + wide - 32, y + 0.4, entry.code, 8, width=32)
        y += 4.6
        for inner in entry.entries:
            pages.put(left + 4, y, f"{inner.number} {inner.label}", SIZE, width=wide - 36)
            pages.put(left + wide - 32, y, inner.code, 7, width=32)
            y += 3.5
        y += 2
        bottom = max(bottom, y)
    return bottom


def _height(entry: Entry) -> float:
    return 6.6 + 3.5 * len(entry.entries)


def _sms(pages: PdfPages, leaflet: Leaflet, top: float) -> None:
    if not leaflet.sms:
        return
    pages.put(MARGIN, top, f"Par SMS{f', au {leaflet.to}' if leaflet.to else ''}", 11, bold=True)
    pages.set_y(top + 6)
    pages.grid(("Envoyez", "Pour"), (2, 3), leaflet.sms)
