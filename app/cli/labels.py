"""The label of a lot, as SVG: words, and the QR code of its page."""

from io import BytesIO
from xml.sax.saxutils import escape

import segno

from app.coop.lots.queries import ShownLot

LABEL = """<svg xmlns="http://www.w3.org/2000/svg" width="90mm" height="50mm" viewBox="0 0 900 500">
<rect width="900" height="500" fill="#fff"/>
{code}
<g font-family="sans-serif" fill="#000">
{lines}
</g>
</svg>
"""


def draw(lot: ShownLot, page: str) -> str:
    """Return a lot's label, 90 mm by 50 mm; without a page it has no QR code."""
    words = [(lot.product, 60), (lot.code, 56), (lot.cooperative, 36)]
    if lot.best_before:
        words.append((f"Avant le {lot.best_before:%d/%m/%Y}", 36))
    if page:
        words.append((page.removeprefix("https://"), 22))
    x, y, lines = 440 if page else 40, 60, []
    for text, size in words:
        y += size + 14
        lines.append(f'<text x="{x}" y="{y}" font-size="{size}">{escape(text)}</text>')
    return LABEL.format(code=_qr(page) if page else "", lines="\n".join(lines))


def _qr(page: str) -> str:
    """Return the QR code as an SVG group, 380 wide, with the quiet zone that readers need."""
    made, drawn = segno.make(page, error="m"), BytesIO()
    made.save(drawn, kind="svg", xmldecl=False, svgns=False, scale=380 / made.symbol_size()[0], border=4)
    return f'<g transform="translate(20 60)">{drawn.getvalue().decode()}</g>'
