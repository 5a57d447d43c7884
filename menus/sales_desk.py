"""Bureau 11, 4: the boutique témoin over the counter."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app import units
from app.coop import law
from app.coop.boutiques import counts, offers, orders, queries, sales
from app.coop.boutiques.models import Offer, Order
from app.coop.lots import stock
from app.coop.members.lock import MemberLeft
from app.coop.members.models import Member, Person
from app.coop.rights import Right
from app.coop.subjects import approvals
from app.digits import is_number
from app.public_words import BadWords, read_public
from app.ussd import kinds
from app.ussd.bindings import Bindings, Denials, Refused
from menus.boutiques import NOT_ORDERED, OfferRow, offer_row
from menus.hop import Hop, officers_act, reading_office
from menus.member_lookup import read_phone
from menus.production import Goods
from menus.production_desk import LotRow

menu = Bindings("sales_desk")
ACTING = {"not_yours": None}
Whose = Annotated[str, kinds.Kind("name", "m" * 24 + ": ", private=True)]
Paid = Annotated[str, kinds.Kind("words", "sur son compte")]
Sold = Annotated[str, kinds.Kind("words", "m" * 60)]
Buyer = Annotated[str, kinds.Kind("words", "m" * 24)]
Number = Annotated[str, kinds.Kind("invoice", "F2026-99999")]
WAYS = {"cash": "en espèces", "account": "sur son compte", "invoice": "sur facture"}

NOT_SOLD: Denials = {
    orders.SoldOut: lambda out: f"Il en reste {units.quantity(out.left)}.",
    orders.PriceChanged: NOT_ORDERED[orders.PriceChanged],
    orders.BadOrder: str,
    orders.OrderNotOpen: "Déjà remis, payé ou passé.",
    sales.OwnSale: "Pas pour vous-même: un autre responsable.",
    sales.AccountShort: lambda short: f"La CPS ne lui doit que {kinds.amount_words(short.free)}.",
    law.Unlawful: lambda no: f"{no}",
    MemberLeft: "Ce compte est clos.",
    stock.LotGone: "Ce lot n'est pas de votre CPS.",
    stock.LotShort: lambda short: f"Il n'en reste que {units.quantity(short.left)}.",
    offers.OfferRefused: lambda no: f"{no}",
    offers.OfferGone: "Pas une offre de votre CPS.",
    counts.NoDifference: "Le livre dit pareil: rien à noter.",
    approvals.AlreadyAsked: "Déjà demandé: un autre décide.",
}


class PickUp(msgspec.Struct, frozen=True):
    id: int
    goods: Goods
    price: kinds.Price
    paid: Paid


class InvoiceRow(msgspec.Struct, frozen=True):
    id: int
    invoice: Number
    due: kinds.Day
    price: kinds.Price


class SaleRow(msgspec.Struct, frozen=True):
    id: int
    day: kinds.Day
    goods: Goods
    price: kinds.Price


class OfPickUp(msgspec.Struct, frozen=True):
    pick_up: PickUp


class AtCounter(msgspec.Struct, frozen=True):
    counter_offer: OfferRow
    counter_units: Decimal


class OnInvoice(AtCounter, frozen=True):
    invoice_buyer: str
    invoice_phone: str


class PutUp(msgspec.Struct, frozen=True):
    offered_lot: LotRow
    offer_units: Decimal
    offer_price: int


class OfInvoice(msgspec.Struct, frozen=True):
    invoice_due: InvoiceRow
    invoice_box: str


class OfSale(msgspec.Struct, frozen=True):
    refund_sale: SaleRow
    refund_restocked: str


class EndedOffer(msgspec.Struct, frozen=True):
    ended_offer: OfferRow


class PickedUpBy(msgspec.Struct, frozen=True):
    whose: Whose


class CounterSum(msgspec.Struct, frozen=True):
    goods: Goods
    price: kinds.Price


class SoldGoods(msgspec.Struct, frozen=True):
    sold: Sold


@menu.answer(refuses={"unknown": None})
def pick_up(hop: Hop, typed: str) -> PickUp:
    """Find a reserved order of this co-operative by its code."""
    with hop.desk.database.session() as session:
        try:
            row = sales.find(session, officers_act(session, hop, "sell"), typed.strip())
        except orders.OrderNotOpen:
            raise Refused("unknown") from None
        offer = session.get_one(Offer, row.offer_id)
        return PickUp(row.id, units.count_of(row.quantity, offer.unit, offer.name), row.amount, WAYS[row.way])


@menu.source()
def pick_up_whose(reader: Connection, kept: OfPickUp) -> PickedUpBy:
    """Say whose order it is, where it is a member's."""
    [found] = queries.orders(reader, Order.id == kept.pick_up.id)
    name = select(Person.name).join(Member, Member.person_id == Person.id).where(Member.id == found.member_id)
    said = reader.scalar(name) if found.member_id else None
    return PickedUpBy(f"{said[:24]}: " if said else "")


@menu.effect(leads=ACTING, denies=NOT_SOLD)
def hand_goods(hop: Hop, session: Session, kept: OfPickUp) -> SoldGoods:
    """Hand reserved goods over."""
    act = officers_act(session, hop, "sell")
    row = sales.hand_over(session, act, kept.pick_up.id)
    return SoldGoods(f"Remis: {kinds.amount_words(row.amount)} {WAYS[row.way]}.")


@menu.rows()
def counter_offers(hop: Hop) -> Sequence[OfferRow]:
    """Give what the co-operative has for sale."""
    return offers_here(hop, "read")


@menu.source()
def counter_sum(kept: AtCounter) -> CounterSum:
    """Say what it comes to."""
    goods = units.count_of(kept.counter_units, kept.counter_offer.unit, kept.counter_offer.name)
    return CounterSum(goods, int(kept.counter_units * kept.counter_offer.amount))


@menu.effect(leads=ACTING, denies=NOT_SOLD)
def sell_goods(hop: Hop, session: Session, kept: AtCounter) -> SoldGoods:
    """Sell over the counter."""
    act, offer = officers_act(session, hop, "sell"), kept.counter_offer
    row = sales.sell(session, act, offer.id, kept.counter_units, shown=offer.amount)
    return SoldGoods(f"Vendu: {kinds.amount_words(row.amount)} en caisse.")


@menu.answer(refuses={"bad": None})
def offer_units(typed: str) -> kinds.Amounted:
    """Read how many are put up: whole ones."""
    if not is_number(typed, 5) or not int(typed):
        raise Refused("bad")
    return Decimal(int(typed))


@menu.effect(leads=ACTING, denies=NOT_SOLD)
def put_up(hop: Hop, session: Session, kept: PutUp) -> SoldGoods:
    """Put a part of a lot up for sale."""
    what = offers.Put(kept.offered_lot.code, kept.offer_units, kept.offer_price)
    row = offers.put_up(session, officers_act(session, hop, "boutiques"), what)
    return SoldGoods(f"En vente, offre {row.id}: {row.name}, {kinds.amount_words(row.amount)}.")


@menu.answer(refuses={"bad": None})
def invoice_buyer(typed: str) -> Buyer:
    """Read who buys on an invoice."""
    try:
        return read_public(typed, 24)
    except BadWords:
        raise Refused("bad") from None


@menu.answer(refuses={"bad": None})
def invoice_phone(typed: str) -> kinds.Short:
    """Read the buyer's number, who is reminded there; 1 is none."""
    return "" if typed == "1" else read_phone(typed)


@menu.effect(leads=ACTING, denies=NOT_SOLD)
def invoice_goods(hop: Hop, session: Session, kept: OnInvoice) -> SoldGoods:
    """Deliver before it is paid."""
    act = officers_act(session, hop, "sell")
    offer, buyer = kept.counter_offer, kept.invoice_buyer
    row = sales.deliver(session, act, offer.id, kept.counter_units, buyer, kept.invoice_phone, shown=offer.amount)
    return SoldGoods(f"Facture {row.invoice}: {kinds.amount_words(row.amount)}, avant le {row.due_on:%d/%m/%Y}.")


@menu.rows()
def invoices_due(hop: Hop, reader: Connection) -> Sequence[InvoiceRow]:
    """Give the invoices that aren't paid."""
    found = queries.invoices_due(reader, reading_office(reader, hop, "sell").scope)
    return [InvoiceRow(one.id, one.invoice or "", one.due_on or one.at.date(), one.amount) for one in found]


@menu.effect(leads=ACTING, denies=NOT_SOLD)
def settle_invoice(hop: Hop, session: Session, kept: OfInvoice) -> SoldGoods:
    """Note that an invoice was paid."""
    row = sales.settle(session, officers_act(session, hop, "sell"), kept.invoice_due.id, kept.invoice_box)
    return SoldGoods(f"Facture {row.invoice} payée: {kinds.amount_words(row.amount)}.")


@menu.rows()
def last_sales(hop: Hop, reader: Connection) -> Sequence[SaleRow]:
    """Give the last sales."""
    found = queries.last_sales(reader, reading_office(reader, hop, "sell").scope)
    return [SaleRow(one.id, one.at.date(), units.count_of(one.quantity, one.unit, one.name), one.amount) for one in found]


@menu.effect(leads=ACTING, denies=NOT_SOLD)
def ask_refund(hop: Hop, session: Session, kept: OfSale) -> SoldGoods:
    """Ask that a sale be taken back."""
    act, restocked = officers_act(session, hop, "sell"), kept.refund_restocked == "oui"
    sales.ask_refund(session, act, kept.refund_sale.id, restocked=restocked)
    return SoldGoods("Demandé: un autre décide, puis vous rendez l'argent.")


@menu.effect(leads=ACTING, denies=NOT_SOLD)
def end_offer(hop: Hop, session: Session, kept: EndedOffer) -> SoldGoods:
    """Take what is left of an offer down."""
    left = offers.take_down(session, officers_act(session, hop, "boutiques"), kept.ended_offer.id)
    return SoldGoods(f"Retiré: {units.quantity(left)} {'revient' if left < 2 else 'reviennent'} au lot.")


def offers_here(hop: Hop, right: Right) -> list[OfferRow]:
    """Give what the co-operative of the office with a right has for sale."""
    with hop.desk.read() as reader:
        scope = reading_office(reader, hop, right).scope
        return [offer_row(row) for row in queries.for_sale(reader, hop.now, scope.own(Offer.cooperative_id))]
