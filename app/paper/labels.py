"""The label of a lot, 90 mm by 50 mm: words, and the QR code of its page. As SVG, or many on a page."""

from datetime import date, datetime
from io import BytesIO
from xml.sax.saxutils import escape

import msgspec
import segno

from app.paper.page import PdfPages

WIDE, HIGH, DOWN, ACROSS = 90.0, 50.0, 5, 2
LEFT, TOP = 15.0, 23.5
MOST = 500
LABEL = """<svg xmlns="http://www.w3.org/2000/svg" width="90mm" height="50mm" viewBox="0 0 900 500">
<rect width="900" height="500" fill="#fff"/>
{code}
<g font-family="sans-serif" fill="#000">
{lines}
</g>
</svg>
"""


class Label(msgspec.Struct, frozen=True):
    """What stands on a label; `page` is the address of the lot's page, "" where there is none."""

    product: str
    code: str
    cooperative: str
    best_before: date | None
    page: str = ""


def draw_sheet(label: Label, count: int, made: datetime) -> bytes:
    """Return so many labels as PDF, ten on a page, to be cut apart."""
    pages = PdfPages(f"Lot {label.code}", made)
    pages.foot = ""
    for at in range(count):
        row, column = divmod(at % (DOWN * ACROSS), ACROSS)
        if not row and not column:
            pages.add_page()
        x, y = LEFT + column * WIDE, TOP + row * HIGH
        pages.rect(x, y, WIDE, HIGH)
        left = x + (44 if label.page else 5)
        if label.page:
            pages.qr(label.page, x + 2, y + 6, 38, label.page)
        down = y + 6
        for text, size in _words(label):
            pages.put(left, down, text, size * 0.28, bold=size > 40, width=x + WIDE - left - 3)
            down += size / 10 + 1.5
    return pages.pdf()


def draw_svg(label: Label) -> str:
    """Return one label as SVG."""
    x, y, lines = 440 if label.page else 40, 60, []
    for text, size in _words(label):
        y += size + 14
        lines.append(f'<text x="{x}" y="{y}" font-size="{size}">{escape(text)}</text>')
    return LABEL.format(code=_qr(label.page) if label.page else "", lines="\n".join(lines))


def _words(label: Label) -> list[tuple[str, int]]:
    """Return the lines with the size of their letters, in tenths of a millimetre."""
    words = [(label.product, 60), (label.code, 56), (label.cooperative, 36)]
    if label.best_before:
        words.append((f"Avant le {label.best_before:%d/%m/%Y}", 36))
    if label.page:
        words.append((label.page.removeprefix("https://"), 22))
    return words


def _qr(page: str) -> str:
    """Return the QR code as an SVG group, 380 wide, with the quiet zone that readers need."""
    made, drawn = segno.make(page, error="m"), BytesIO()
    made.save(drawn, kind="svg", xmldecl=False, svgns=False, scale=380 / made.symbol_size()[0], border=4)
    return f'<g transform="translate(20 60)">{drawn.getvalue().decode()}</g>'
