"""The boutique témoin: what is for sale, ordered by anybody."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import texts, units
from app.coop.access.identity import person_of
from app.coop.act import Act
from app.coop.boutiques import orders, queries
from app.coop.boutiques.models import Order
from app.coop.members import notices
from app.digits import is_number
from app.service import service_of
from app.ussd import kinds
from app.ussd.bindings import Bindings, Denials, Refused
from menus.hop import Hop, Nothing, clock_words, holders_of, own_act
from menus.production import Goods, Units

menu = Bindings("boutiques")
Best = Annotated[str, kinds.Kind("words", " Avant le 30/11/2026.")]
Moment = Annotated[str, kinds.Kind("words", "22:22 le 30/11")]

NOT_ORDERED: Denials = {
    orders.SoldOut: lambda out: f"Il en reste {units.quantity(out.left)}." if out.left else "Plus rien.",
    orders.PriceChanged: lambda changed: f"Le prix est maintenant de {kinds.amount_words(changed.price)}.",
    orders.BadOrder: str,
    orders.OneOpenOrder: "Une commande attend déjà sur ce numéro.",
    orders.CounterOnly: "Deux commandes pas retirées: achetez sur place.",
}


class OfferRow(msgspec.Struct, frozen=True):
    """An offer, by its own number on the screen too: `BOUTIQUE n`, `ACHAT n`."""

    id: int
    slot: int
    name: kinds.ProductName
    unit: kinds.Unit
    amount: kinds.Price
    left: kinds.Amounted
    place: kinds.Short
    units: Units = ""
    best: Best = ""


class OrderRow(msgspec.Struct, frozen=True):
    id: int
    goods: Goods
    code: kinds.Reference
    until: Moment


class OfOffer(msgspec.Struct, frozen=True):
    offer: OfferRow
    order_units: Decimal


class OfOrder(msgspec.Struct, frozen=True):
    own_order: OrderRow


class OrderSum(msgspec.Struct, frozen=True):
    goods: Goods
    price: kinds.Price


class Ordered(msgspec.Struct, frozen=True):
    goods: Goods
    price: kinds.Price
    pick_up: kinds.Reference
    where: kinds.Short
    until: Moment


@menu.rows()
def offers(hop: Hop, reader: Connection) -> Sequence[OfferRow]:
    """Give what is for sale now."""
    return [offer_row(row) for row in queries.for_sale(reader, hop.now)]


@menu.answer(refuses={"bad": None})
def order_units(typed: str) -> kinds.Amounted:
    """Read how many: whole ones."""
    if not is_number(typed, 4) or not int(typed):
        raise Refused("bad")
    return Decimal(int(typed))


@menu.source()
def order_sum(kept: OfOffer) -> OrderSum:
    """Say what it comes to."""
    goods = units.count_of(kept.order_units, kept.offer.unit, kept.offer.name)
    return OrderSum(goods, int(kept.order_units * kept.offer.amount))


@menu.effect(denies=NOT_ORDERED)
def order(hop: Hop, session: Session, kept: OfOffer) -> Ordered:
    """Reserve goods for whoever has this number: a member who holds it alone, or a stranger."""
    return _order(session, _buyer(hop), kept, on_account=False)


@menu.effect(denies=NOT_ORDERED)
def order_on_account(hop: Hop, session: Session, kept: OfOffer) -> Ordered:
    """Reserve goods that the member's PIN has said to take from what they are owed."""
    return _order(session, own_act(hop), kept, on_account=True)


@menu.rows()
def own_orders(hop: Hop) -> Sequence[OrderRow]:
    """Give what waits to be picked up on this number."""
    act = _buyer(hop)
    with hop.desk.read() as reader:
        found = queries.open_orders(reader, hop.phone, act.member_id, hop.now)
    goods = {one.id: units.count_of(one.quantity, one.unit, one.name) for one in found}
    return [OrderRow(one.id, goods[one.id], one.code, clock_words(one.reserved_until)) for one in found]


@menu.effect(denies={orders.OrderNotOpen: "Déjà retirée ou annulée."})
def cancel_order(hop: Hop, session: Session, kept: OfOrder) -> Nothing:
    """Take an order back."""
    orders.cancel(session, _buyer(hop), kept.own_order.id)
    return Nothing()


def offer_row(row: queries.ForSale) -> OfferRow:
    """Return an offer as a list's row."""
    best = f" Avant le {row.best_before:%d/%m/%Y}." if row.best_before else ""
    return OfferRow(row.id, row.id, row.name, row.unit, row.amount, row.quantity, row.place, units.of_many(row.unit), best)


def tell_order(session: Session, act: Act, row: Order, where: str) -> None:
    """Send the pick-up code to the number in hand."""
    service = service_of(session)
    until, cost = row.reserved_until, service.cost
    words = texts.say("order_noted", number=row.code, where=where, until=until, code=service.code, cost=cost)
    notices.answer(session, act, "receipt", f"order:{row.id}", words, row.cooperative_id)


def _order(session: Session, act: Act, kept: OfOffer, *, on_account: bool) -> Ordered:
    row, _ = orders.place(session, act, kept.offer.id, kept.order_units, on_account=on_account, shown=kept.offer.amount)
    tell_order(session, act, row, kept.offer.place)
    goods = units.count_of(kept.order_units, kept.offer.unit, kept.offer.name)
    return Ordered(goods, row.amount, row.code, kept.offer.place, clock_words(row.reserved_until))


def _buyer(hop: Hop) -> Act:
    """Return the act of whoever has this number: by its number alone, nobody proved anything."""
    holders = holders_of(hop)
    person = person_of(holders)
    member = next((who.member_id for who in holders if who.person_id == person and who.state == "active"), None)
    return Act(
        person if member and person else 0, "ussd", hop.operation, hop.now, member_id=member, phone=hop.phone, trace=hop.trace
    )
