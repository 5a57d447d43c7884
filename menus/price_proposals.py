"""Change prices: propose, confirm. What moves far is approved under Bureau 2."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.prices import proposals
from app.coop.prices.queries import price_at
from app.ussd import kinds
from app.ussd.bindings import Bindings, Refused, Ways
from menus.hop import Hop, officers_act, reading_office
from menus.money import read_francs

menu = Bindings("price_proposals")
PUBLISHED = "Prix publié, dès maintenant: {}"
WAITING = "Noté: {} Un 2e responsable doit l'approuver."


class Priceable(msgspec.Struct, frozen=True):
    """A product whose price this officer may propose, under the slot by which it is declared."""

    id: int
    slot: int
    product: kinds.ProductName
    unit: kinds.Unit


class Now(msgspec.Struct, frozen=True):
    now: kinds.Short


class Proposed(msgspec.Struct, frozen=True):
    id: int
    product: kinds.ProductName
    unit: kinds.Unit
    amount: kinds.Price
    before: kinds.Short


class ProposalOutcome(msgspec.Struct, frozen=True):
    outcome: Annotated[str, kinds.Kind("words", "m" * 96)]


class Priced(msgspec.Struct, frozen=True):
    """Which product's price, of one grade or (empty) all."""

    pricing: Priceable
    price_grade: str

    @property
    def grade(self) -> str | None:
        """Return the grade, None for all."""
        return self.price_grade or None


class NewPrice(Priced, frozen=True):
    new_price: int


class Own(msgspec.Struct, frozen=True):
    proposal: Proposed


CLOSED: Ways = {proposals.PriceRefused: "gone", proposals.ProposalClosed: "gone"}


@menu.rows()
def priceable(hop: Hop, reader: Connection) -> Sequence[Priceable]:
    """Give the products of the officer's scope."""
    found = proposals.priced_products(reader, reading_office(reader, hop, "price").scope)
    return [Priceable(one.id, one.slot, one.name, one.unit) for one in found]


@menu.source()
def price_now(hop: Hop, reader: Connection, kept: Priced) -> Now:
    """Say the price in force."""
    scope = reading_office(reader, hop, "price").scope
    found = price_at(reader, [(scope, kept.pricing.id, kept.grade, hop.now)])[0]
    return Now(_words(found))


@menu.answer(refuses={"francs": None, "much": None})
def price_amount(typed: str) -> kinds.Price:
    """Read a price in whole XOF."""
    francs = read_francs(typed)
    if francs > proposals.MOST:
        raise Refused("much")
    return francs


@menu.effect(leads={"not_yours": None}, ways=CLOSED)
def publish_price(hop: Hop, session: Session, kept: NewPrice) -> ProposalOutcome:
    """Propose and confirm in one."""
    act = officers_act(session, hop, "price")
    made = proposals.propose(session, act, kept.pricing.id, kept.new_price, grade=kept.grade)
    product = f"{kept.pricing.product} {kept.price_grade}".strip()
    return _confirm(session, act, made.id, f"{product} {kinds.amount_words(kept.new_price)} par {kept.pricing.unit}.")


@menu.rows()
def proposals_of_mine(hop: Hop, reader: Connection) -> Sequence[Proposed]:
    """Give what the officer proposed by SMS."""
    return _listed(proposals.mine_to_confirm(reader, reading_office(reader, hop, "price"), hop.now))


@menu.effect(leads={"not_yours": None}, ways=CLOSED)
def confirm_price(hop: Hop, session: Session, kept: Own) -> ProposalOutcome:
    """Confirm what was proposed by SMS."""
    price = f"{kept.proposal.product} {kinds.amount_words(kept.proposal.amount)} par {kept.proposal.unit}."
    return _confirm(session, officers_act(session, hop, "price"), kept.proposal.id, price)


def _confirm(session: Session, act: Act, proposal: int, price: str) -> ProposalOutcome:
    return ProposalOutcome((PUBLISHED if proposals.confirm(session, act, proposal) else WAITING).format(price))


def _listed(found: list[proposals.Proposal]) -> list[Proposed]:
    return [Proposed(one.id, f"{one.product} {one.grade or ''}".strip(), one.unit, one.amount, _words(one.before)) for one in found]


def _words(amount: int | None) -> str:
    return "pas de prix" if amount is None else kinds.amount_words(amount)
