"""What is printed, from what the co-operative holds: each function reads, and returns a PDF; commands and the console ask."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import Connection
from sqlalchemy.orm import Session

import app.coop.subjects  # noqa: F401 - it declares what movements are called
from app.amounts import francs
from app.coop.enrolment.cards import PrintedCard
from app.coop.lots.queries import ShownLot
from app.coop.members import privacy_notice
from app.coop.production import declarations, papers
from app.coop.production.weighings import GRADES, REASONS
from app.coop.registers import queries
from app.coop.registers.queries import RegisterEntry, Seat
from app.paper import cards, labels, leaflet, registers, weighings
from app.paper.leaflet import Entry, Leaflet
from app.service import Service
from menus.leaflet import PrintedChoice, printed, served

MEMBERS_SMS = (
    ("PRIX THIOF", "le prix du jour"),
    ("PROD THIOF 25", "déclarer 25 kg ; à plusieurs sur un numéro: PROD, la carte, THIOF 25"),
    ("SOLDE", "comment voir ses soldes"),
    ("RAPPEL", "votre secrétaire vous rappelle"),
    ("AIDE", "toutes les commandes"),
    ("STOP", "ne plus recevoir de diffusions ; START les reprend"),
)
OFFICERS_SMS = (
    ("DIFF TOUS texte", "écrire à tous ; vient un devis: répondez OUI et son code"),
    ("URGENT TOUS texte", "un danger: part à toute heure, après OUI et le code"),
    ("ETAT, ANNULER n", "où en est l'envoi n ; l'arrêter"),
    ("VALIDER 623590 12,5 A", "noter une pesée ; le code secret, au Bureau, la crédite"),
    ("TARIF THIOF 1300", "proposer un prix ; TARIF THIOF A 1400 pour une qualité"),
    ("MEMBRE 77 123 45 67", "qui a ce numéro"),
    ("REPONDRE numéro texte", "répondre à un message ; puis OUI et le code"),
)


def member_cards(reader: Connection, here: Service, cooperative: str, issued: Sequence[PrintedCard], now: datetime) -> bytes:
    """Return the cards that were issued for members of a co-operative, by its name."""
    shown = (cards.Card(cooperative, one.name, one.card, one.place, one.activation, one.until) for one in issued)
    choices = [f"{one.number} {one.label}" for one in printed(served(reader), here.code)]
    return cards.draw(shown, cards.Reach(here.code, here.sms, choices), privacy_notice.WHOLE, now)


def members_leaflet(reader: Connection, here: Service, now: datetime) -> bytes:
    """Return the menu that is served, for members."""
    entries = _entries(printed(served(reader), here.code))
    return leaflet.draw(Leaflet("Jappoo: le menu des membres", here.code, entries, MEMBERS_SMS, here.sms), now)


def officers_sheet(reader: Connection, here: Service, now: datetime) -> bytes:
    """Return the Bureau that is served, and officers' SMS."""
    entries = _entries(printed(served(reader), here.code, "officer"))
    code = f"{here.code.removesuffix('#')}*8#" if here.code else ""
    return leaflet.draw(Leaflet("Jappoo: aide-mémoire des responsables", code, entries, OFFICERS_SMS, here.sms), now)


def weighing_sheet(session: Session, here: Service, seat: Seat, lines: int, now: datetime) -> bytes:
    """Return a list of so many lines with their receipts; their numbers are the co-operative's from then on."""
    takes = [
        weighings.WeighedProduct(one.slot, one.name, one.unit) for one in declarations.products_of(session.connection(), seat.id)
    ]
    code = f"{here.code.removesuffix('#')}*8*1#" if here.code else ""
    scales = weighings.Scales(seat.name, code, takes, GRADES, REASONS)
    return weighings.draw(scales, papers.print_numbers(session, seat.id, lines), now)


def members_register(reader: Connection, seat: Seat, now: datetime) -> bytes:
    """Return the register of members that article 9 of AUSCOOP wants."""
    under = (
        f"{_named(seat)}. Acte uniforme OHADA sur les coopératives, article 9. Au {now:%d/%m/%Y}. "
        "Parts libérées: d'après les livres. Profession: la filière de la CPS, sauf mention à la main."
    )
    columns = (
        *(("N°", 10), ("Entrée le", 19), ("Carte", 20), ("Nom et prénoms", 52), ("Pièce d'identité", 32), ("Adresse", 50)),
        *(("Profession", 26), ("Parts souscrites", 22), ("Parts libérées", 22), ("Sortie le", 19)),
    )
    rows = ((str(at), *_registered(one, seat)) for at, one in enumerate(queries.members(reader, seat.id), 1))
    return registers.draw(registers.RegisterTable(f"Registre des membres, {seat.name}", under, columns, rows, landscape=True), now)


def shares_register(reader: Connection, seat: Seat, now: datetime) -> bytes:
    """Return the register of shares: each movement in the order of the books, then what is paid in all."""
    under = f"{_named(seat)}. Au {now:%d/%m/%Y}. Montants en francs CFA, d'après les livres."
    columns = (
        *(("Jour", 19), ("Écriture", 17), ("Carte", 20), ("Nom et prénoms", 50)),
        *(("Mouvement", 30), ("Montant", 24), ("Libéré après", 24)),
    )
    rows = _moved(reader, seat)
    return registers.draw(registers.RegisterTable(f"Registre des parts sociales, {seat.name}", under, columns, rows), now)


def lot_label(lot: ShownLot, page: str) -> labels.Label:
    """Return a lot's label; a private lot's has no page."""
    return labels.Label(lot.product, lot.code, lot.cooperative, lot.best_before, page if lot.public else "")


def _entries(choices: Sequence[PrintedChoice]) -> list[Entry]:
    return [Entry(one.number, one.label, one.code, _entries(one.choices)) for one in choices]


def _registered(one: RegisterEntry, seat: Seat) -> tuple[str, ...]:
    said = (one.card, one.name, one.identity or "", one.address or "", seat.trade)
    return _day(one.joined_on), *said, _francs(one.subscribed), francs(one.paid), _day(one.left_on)


def _moved(reader: Connection, seat: Seat) -> Iterator[Sequence[str]]:
    total = 0
    for one in queries.share_movements(reader, seat.id):
        total += one.amount
        yield _day(one.on), str(one.entry), one.card, one.name, one.words, francs(one.amount), francs(one.after)
    yield "", "", "", "Total des parts libérées", "", "", francs(total)


def _named(seat: Seat) -> str:
    return f"{seat.name} ({seat.code}), {seat.form}, {seat.commune}, {seat.trade}"


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _francs(amount: int | None) -> str:
    return "" if amount is None else francs(amount)
