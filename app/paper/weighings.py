"""A day of weighings without a network: the list that stays, and the receipts that members take home, under the same numbers."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from app.paper.page import MARGIN, PdfPages

RECEIPTS_DOWN, RECEIPTS_ACROSS = 5, 2
LINE = "_" * 32
RECEIPT = (
    f"Carte: {LINE[:14]} Le: {LINE[:18]}",
    f"Nom: {LINE}",
    f"Produit: {LINE[:17]} Poids: {LINE[:12]}",
    f"Qualité: {LINE[:8]} Pesé par: {LINE[:20]}",
)


class WeighedProduct(msgspec.Struct, frozen=True):
    """A product by the number that is typed for it."""

    slot: int
    name: str
    unit: str


class Scales(msgspec.Struct, frozen=True):
    """Where is weighed, and what: the co-operative, the string of Bureau's scales, its products, grades, and reasons to refuse."""

    cooperative: str
    code: str
    products: Sequence[WeighedProduct]
    grades: Sequence[str]
    reasons: Sequence[str]


def draw(here: Scales, numbers: Sequence[str], made: datetime) -> bytes:
    """Return the list, a line a number, then a receipt for each."""
    pages = PdfPages(f"Pesées sur papier, {here.cooperative}", made)
    _list(pages, here, numbers)
    _receipts(pages, here, numbers)
    return pages.pdf()


def _list(pages: PdfPages, here: Scales, numbers: Sequence[str]) -> None:
    products = " · ".join(f"{one.slot} {one.name} ({one.unit})" for one in here.products)
    reasons = ", ".join(f"{at} {words}" for at, words in enumerate(here.reasons, 1))
    pages.heading(
        f"Pesées sans réseau: {here.cooperative}",
        f"Jour: {LINE[:16]} · Qui pèse: {LINE} · Lieu: {LINE[:20]}\n"
        f"Produits: {products}\nQualités: {', '.join(here.grades)}. Refusé: {reasons}. "
        "Une ligne par membre et par produit ; son reçu porte le même numéro.\n"
        f"Saisir dans les 60 jours: {here.code or 'Bureau, 1'}, puis 3, le numéro, le jour (2411), la carte, le produit, le poids, "
        "la qualité. Un numéro ne se saisit qu'une fois.",
    )
    heads = ("N° du papier", "Carte ou réf", "Nom", "Produit", "Poids", "Qualité", "Signature", "Saisi")
    rows = ((number, *[""] * 7) for number in numbers)
    pages.grid(heads, (16, 18, 42, 22, 16, 13, 34, 10), rows, size=10, least=9)


def _receipts(pages: PdfPages, here: Scales, numbers: Sequence[str]) -> None:
    wide, high = pages.epw / RECEIPTS_ACROSS, (pages.h - 2 * MARGIN - 6) / RECEIPTS_DOWN
    for at, number in enumerate(numbers):
        row, column = divmod(at % (RECEIPTS_DOWN * RECEIPTS_ACROSS), RECEIPTS_ACROSS)
        if not row and not column:
            pages.add_page()
        x, y = MARGIN + column * wide, MARGIN + row * high
        pages.rect(x, y, wide, high)
        pages.put(x + 4, y + 3, here.cooperative, 8, width=wide - 8)
        pages.put(x + 4, y + 8, f"Reçu de pesée n° {number}", 13, bold=True)
        for line, words in enumerate(RECEIPT):
            pages.put(x + 4, y + 17 + line * 7, words, 9, width=wide - 8)
        pages.put(x + 4, y + high - 6, "Gardez ce reçu jusqu'au SMS. Une erreur ? Montrez-le.", 7, width=wide - 8)
