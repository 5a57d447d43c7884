"""Bureau 11, 3, 4: what is bought for the runs, with where it comes from."""

from decimal import Decimal

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app import units
from app.coop.lots import purchases, stock
from app.coop.prices.queries import find_product
from app.coop.production.quantities import BadQuantity, parse_quantity
from app.coop.products.models import Product
from app.public_words import BadWords, read_public
from app.ussd import kinds
from app.ussd.bindings import Bindings, Lead, Refused
from menus.hop import Hop, officers_act
from menus.production import Units
from menus.production_desk import ACTING, NOT_DONE, MadeLot, made_lot
from menus.sales_desk import Buyer
from menus.training_words import read_words

menu = Bindings("purchases_desk")


class BoughtGoods(msgspec.Struct, frozen=True):
    name: kinds.ProductName
    unit: kinds.Unit
    of_many: Units
    divisible: bool


class NewGoods(msgspec.Struct, frozen=True):
    name: kinds.ProductName


class OfNewGoods(msgspec.Struct, frozen=True):
    new: NewGoods


class OfBought(msgspec.Struct, frozen=True):
    bought: BoughtGoods


class WholePurchase(OfBought, frozen=True):
    bought_units: Decimal
    bought_cost: int
    bought_source: str


@menu.answer(leads={"new": NewGoods}, refuses={"bad": None})
def bought_name(reader: Connection, typed: str) -> BoughtGoods:
    """Find a product by its name, whoever takes it; one that nobody has yet is asked for its unit."""
    name = read_words(typed, 2, 20)
    meant = find_product(reader, name).product_id
    found = reader.execute(select(Product.name, Product.unit).where(Product.id == meant)).first() if meant else None
    if found is None:
        raise Lead("new", NewGoods(name[:1].upper() + name[1:]))
    return _goods(found.name, found.unit)


@menu.answer(refuses={"bad": None})
def bought_unit(typed: str, kept: OfNewGoods) -> BoughtGoods:
    """Read the unit of what is new."""
    unit = read_words(typed.lower(), 1, 8)
    if not unit.isalpha():
        raise Refused("bad")
    return _goods(kept.new.name, unit)


@menu.answer(refuses={"bad": None})
def bought_units(typed: str, kept: OfBought) -> kinds.Amounted:
    """Read how much was bought."""
    try:
        return parse_quantity(typed, kept.bought.divisible, kept.bought.unit)
    except BadQuantity:
        raise Refused("bad") from None


@menu.answer(refuses={"bad": None})
def bought_source(typed: str) -> Buyer:
    """Read where it comes from, for all to read."""
    try:
        return read_public(typed, 24)
    except BadWords:
        raise Refused("bad") from None


@menu.effect(leads=ACTING, denies=NOT_DONE)
def buy_goods(hop: Hop, session: Session, kept: WholePurchase) -> MadeLot:
    """Make a lot of it."""
    act = officers_act(session, hop, "boutiques")
    if act.office.scope.is_federation:  # it keeps no stock
        raise Lead("not_yours")
    place = act.office.scope.cooperative
    product = purchases.name_goods(session, place, kept.bought.name, kept.bought.unit)
    grams = stock.mass(session, product.id, product.unit, kept.bought_units)
    new = stock.NewLot(product.id, product.unit, kept.bought_units, grams, source=kept.bought_source)
    return made_lot(purchases.buy(session, act, place, new, kept.bought_cost))


def _goods(name: str, unit: str) -> BoughtGoods:
    return BoughtGoods(name, unit, units.of_many(unit), unit in purchases.DIVISIBLE)
