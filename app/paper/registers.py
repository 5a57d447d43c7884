"""A register as it is kept at the seat: a table in the order of entry, pages with their numbers, room for hands to sign."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from app.paper.page import MARGIN, PdfPages

LINE = "_" * 24
SIGNED = f"Certifié conforme.     Le président, la présidente: {LINE}     Le secrétaire, la secrétaire: {LINE}"


class RegisterTable(msgspec.Struct, frozen=True):
    """What is drawn: `under` the title, columns as heads with their widths (shares of the page's), rows of words."""

    title: str
    under: str
    columns: Sequence[tuple[str, float]]
    rows: Iterable[Sequence[str]]
    landscape: bool = False


def draw(register: RegisterTable, made: datetime) -> bytes:
    """Return the register as PDF; rows are read one by one."""
    pages = PdfPages(register.title, made, landscape=register.landscape)
    pages.heading(register.title, register.under)
    heads, widths = zip(*register.columns, strict=True)
    pages.grid(heads, widths, register.rows)
    # The signatures stand whole: signed on another page than they are printed, they would certify nothing.
    if pages.get_y() + 14 > pages.page_break_trigger:
        pages.add_page()
        pages.set_y(MARGIN)
    pages.put(MARGIN, pages.get_y() + 8, SIGNED, 9, width=pages.epw)
    return pages.pdf()
