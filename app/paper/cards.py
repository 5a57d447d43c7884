"""Members' cards, eight on a page, to be cut apart."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import msgspec

from app.paper.page import PdfPages, dial

WIDE, HIGH, DOWN, ACROSS = 95.0, 69.0, 4, 2
LEFT, TOP, EDGE, NOTICE_SIZE = 10.0, 10.5, 4.0, 5.8


class Card(msgspec.Struct, frozen=True):
    """A card: `place` is the digit on a shared telephone; `activation` is for the first use, until its day, where there is one."""

    cooperative: str
    name: str
    card: str
    place: int | None = None
    activation: str | None = None
    until: date | None = None


class Reach(msgspec.Struct, frozen=True):
    """How the service is reached: the string to dial, the number for SMS ("" where there is none), the first screen's choices."""

    code: str
    sms: str
    choices: Sequence[str]


def draw(cards: Iterable[Card], how: Reach, notice: str, made: datetime) -> bytes:
    """Return the cards as PDF; `notice` is what the law wants said, and stands on each."""
    pages = PdfPages("Cartes de membre", made)
    pages.foot = ""
    pages.letters(NOTICE_SIZE)
    said = pages.wrapped(notice.replace("\n", " "), WIDE - 2 * EDGE)  # once: to cut lines is most of the work
    for at, card in enumerate(cards):
        row, column = divmod(at % (DOWN * ACROSS), ACROSS)
        if not row and not column:
            pages.add_page()
        _draw(pages, card, how, said, LEFT + column * WIDE, TOP + row * HIGH)
    if not pages.page_no():
        pages.heading("Cartes de membre", "Personne n'attend de carte.")
    return pages.pdf()


def _draw(pages: PdfPages, card: Card, how: Reach, said: Sequence[str], x: float, y: float) -> None:
    pages.rect(x, y, WIDE, HIGH)
    left, wide = x + EDGE, WIDE - 2 * EDGE
    beside = wide - 27 if how.code else wide
    pages.put(left, y + 3, card.cooperative, 8, width=beside)
    pages.put(left, y + 7, card.name, 12, bold=True, width=beside)
    place = f"   Place {card.place}" if card.place else ""
    pages.put(left, y + 13, f"Carte {card.card}{place}", 14, bold=True, width=beside)
    if how.code:
        pages.put(left, y + 20.5, f"Composez {how.code}", 11, bold=True, width=beside)
        pages.qr(dial(how.code), x + WIDE - 27 - 1, y + 1, 27, f"Composer {how.code}")
    half = (len(how.choices) + 1) // 2
    for at, choice in enumerate(how.choices):
        pages.put(left + (at // half) * beside / 2, y + 26 + (at % half) * 3.1, choice, 7, width=beside / 2 - 1)
    sms = f"   SMS au {how.sms}" if how.sms else ""
    pages.put(
        left, y + 39.5, f"0 retour   00 début   9 suite{sms}   Votre code secret ne se dit à personne.", 6.5, bold=True, width=wide
    )
    for at, line in enumerate(said):
        pages.put(left, y + 43 + at * 2.5, line, NOTICE_SIZE)
    if card.activation:
        with pages.local_context(dash_pattern={"dash": 1, "gap": 1, "phase": 0}):
            pages.line(x, y + HIGH - 9, x + WIDE, y + HIGH - 9)
        until = f", jusqu'au {card.until:%d/%m/%Y}" if card.until else ""
        pages.put(left, y + HIGH - 7, f"Première fois: numéro d'activation {card.activation}", 10, bold=True, width=wide)
        pages.put(left, y + HIGH - 3, f"Une seule fois{until}. Puis découpez et jetez cette bande.", 6, width=wide)
