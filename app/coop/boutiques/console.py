"""What is asked of the boutique témoin at the console: goods put up and sold, handed over, an invoice paid, a sale taken back."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app import units
from app.amounts import francs
from app.coop import approvals, law
from app.coop.act import Act
from app.coop.boutiques import offers, queries, sales
from app.coop.boutiques.models import Offer, Order
from app.coop.boutiques.offers import OfferGone, OfferRefused
from app.coop.boutiques.orders import BadOrder, OrderNotOpen, SoldOut
from app.coop.console_requests.kinds import RequestDone, RequestKind, Why
from app.coop.lots import queries as lots
from app.coop.lots.models import Lot
from app.coop.lots.stock import LotGone, LotShort
from app.coop.members.names import member_name
from app.coop.production.lines import worth
from app.coop.rights import Right
from app.coop.scope import Scope
from app.db.rows import require

LONGEST_NAME = 20
PAID = {"cash": "en espèces", "account": "sur son compte", "invoice": "sur facture"}
BOXES = {"cash": "en caisse", "bank": "en banque", "mobile": "par mobile"}
DENIES: dict[type[Exception], Why] = {
    OrderNotOpen: "déjà remis, payé ou passé",
    SoldOut: lambda out: f"il en reste {units.quantity(out.left)}",
    BadOrder: lambda bad: str(bad).rstrip("."),
    OfferGone: "cette offre n'est pas d'ici, ou finie",
    OfferRefused: lambda no: str(no).rstrip("."),
    LotGone: "ce lot n'est pas d'ici",
    LotShort: lambda short: f"il n'en reste que {units.quantity(short.left)}",
    sales.OwnSale: "pas pour vous-même: un autre responsable",
    sales.AccountShort: lambda short: f"la CPS ne lui doit que {francs(short.free)}",
    law.Unlawful: lambda no: str(no),
    approvals.AlreadyAsked: "déjà demandé: un autre décide",
}


class AskedSale(msgspec.Struct, frozen=True):
    """Goods of an offer that should be sold over the counter, for cash; or with a `buyer` delivered on invoice."""

    offer_id: int
    units: Decimal
    buyer: str = ""


class AskedOffer(msgspec.Struct, frozen=True):
    """A part of a lot, by its code, that should be put up for sale at so many XOF a unit."""

    code: str
    units: Decimal
    price: int
    name: str = ""
    place: str = ""


class AskedPickUp(msgspec.Struct, frozen=True):
    """A reserved order that should be handed over; its code was said."""

    order_id: int


class AskedSettlement(msgspec.Struct, frozen=True):
    """An invoice that was paid, and into which box."""

    order_id: int
    box: Literal["cash", "bank", "mobile"]


class AskedRefund(msgspec.Struct, frozen=True):
    """A sale that should be taken back; `restocked` when its goods are good."""

    order_id: int
    restocked: bool


def open_in(reader: Connection | Session, scope: Scope, order_id: int, *states: str) -> queries.ShownOrder:
    """Return a co-operative's own order in one of these states. Raises OrderNotOpen."""
    found = queries.orders(reader, Order.id == order_id, Order.state.in_(states), scope.own(Order.cooperative_id))
    if not found:
        raise OrderNotOpen(order_id)
    return found[0]


def _say_sale(reader: Connection | Session, scope: Scope, now: datetime, wanted: AskedSale) -> str:
    one = require(
        next(iter(queries.for_sale(reader, now, Offer.id == wanted.offer_id, scope.own(Offer.cooperative_id))), None),
        OfferGone(wanted.offer_id),
    )
    if wanted.units > one.quantity:
        raise SoldOut(one.quantity)
    how = f"livrer à {wanted.buyer[:LONGEST_NAME]}, sur facture" if wanted.buyer else "vendre en espèces"
    return f"{how}: {units.count_of(wanted.units, one.unit, one.name)}, {francs(worth(wanted.units, one.amount))}."


def _sell(session: Session, act: Act, wanted: AskedSale) -> RequestDone:
    if wanted.buyer:
        row = sales.deliver(session, act, wanted.offer_id, wanted.units, wanted.buyer)
        return RequestDone(f"Livré: facture {row.invoice}, {francs(row.amount)}.")
    return RequestDone(f"Vendu: {francs(sales.sell(session, act, wanted.offer_id, wanted.units).amount)} en caisse.")


def _say_offer(reader: Connection | Session, scope: Scope, now: datetime, wanted: AskedOffer) -> str:
    del now
    lot = require(next(iter(lots.lots(reader, Lot.code == wanted.code, scope.own(Lot.cooperative_id))), None), LotGone(wanted.code))
    if wanted.units > lot.units - lot.offered:
        raise LotShort(lot.units - lot.offered)
    name = (wanted.name or lot.product)[:LONGEST_NAME]
    return f"mettre en vente {units.count_of(wanted.units, lot.unit, name)} du lot {lot.code}, à {francs(wanted.price)}."


def _put_up(session: Session, act: Act, wanted: AskedOffer) -> RequestDone:
    put = offers.Put(wanted.code, wanted.units, wanted.price, wanted.name or None, wanted.place or None)
    return RequestDone(f"En vente: offre {offers.put_up(session, act, put).id}.")


def _say_pick_up(reader: Connection | Session, scope: Scope, now: datetime, wanted: AskedPickUp) -> str:
    del now
    one = open_in(reader, scope, wanted.order_id, "reserved")
    whose = f" à {member_name(reader, one.member_id)[:LONGEST_NAME]}" if one.member_id else ""
    return f"remettre {units.count_of(one.quantity, one.unit, one.name)}{whose}, {francs(one.amount)} {PAID[one.way]}."


def _hand_over(session: Session, act: Act, wanted: AskedPickUp) -> RequestDone:
    row = sales.hand_over(session, act, wanted.order_id)
    return RequestDone(f"Remis: {francs(row.amount)} {PAID[row.way]}.")


def _say_settlement(reader: Connection | Session, scope: Scope, now: datetime, wanted: AskedSettlement) -> str:
    del now
    one = open_in(reader, scope, wanted.order_id, "delivered")
    return f"facture {one.invoice} payée, {(one.buyer or '')[:24]}: {francs(one.amount)} {BOXES[wanted.box]}."


def _settle(session: Session, act: Act, wanted: AskedSettlement) -> RequestDone:
    row = sales.settle(session, act, wanted.order_id, wanted.box)
    return RequestDone(f"Facture {row.invoice} payée: {francs(row.amount)}.")


def _say_refund(reader: Connection | Session, scope: Scope, now: datetime, wanted: AskedRefund) -> str:
    del now
    one = open_in(reader, scope, wanted.order_id, "sold", "delivered")
    goods = "remis en rayon" if wanted.restocked else "à jeter"
    return f"rembourser {units.count_of(one.quantity, one.unit, one.name)}, {francs(one.amount)}, {goods}."


def _refund(session: Session, act: Act, wanted: AskedRefund) -> RequestDone:
    sales.ask_refund(session, act, wanted.order_id, restocked=wanted.restocked)
    return RequestDone("Demandé: un 2e responsable décide, puis vous rendez l'argent.")


def _whose(reader: Connection | Session, wanted: AskedPickUp | AskedSettlement | AskedRefund) -> int | None:
    return reader.scalar(select(Order.member_id).where(Order.id == wanted.order_id))


def _kind(
    name: str,
    title: str,
    arguments: type[msgspec.Struct],
    say: Callable[..., str],
    do: Callable[..., RequestDone],
    *,
    right: Right = "sell",
    concerns: Callable[..., int | None] | None = _whose,
) -> RequestKind:
    return RequestKind(name=name, title=title, right=right, arguments=arguments, say=say, do=do, concerns=concerns, denies=DENIES)


KINDS = (
    _kind("sale", "Vendre", AskedSale, _say_sale, _sell, concerns=None),
    _kind("offer", "En vente", AskedOffer, _say_offer, _put_up, right="boutiques", concerns=None),
    _kind("pick_up", "Remettre", AskedPickUp, _say_pick_up, _hand_over),
    _kind("invoice_paid", "Facture", AskedSettlement, _say_settlement, _settle),
    _kind("refund", "Rembourser", AskedRefund, _say_refund, _refund),
)
