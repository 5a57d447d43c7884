"""Declare a production, and take it back."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import texts, units
from app.coop.members import notices
from app.coop.production import assisted_acts
from app.coop.production import declarations as services
from app.coop.production.quantities import BadQuantity, UnclearQuantity, parse_quantity
from app.coop.scope import Scope
from app.ussd import kinds
from app.ussd.bindings import Bindings, Lead, Refused
from menus.hop import Hop, Nothing, member_of, own_act, who_of

menu = Bindings("production")
By = Annotated[str, kinds.Kind("words", "m" * 22)]
Units = Annotated[str, kinds.Kind("words", "d'" + "m" * 9)]
"""What is asked for: `de caisses`."""
Counted = Annotated[str, kinds.Kind("words", "99999,99 " + "m" * 9)]
"""How many: `3 caisses`."""
Goods = Annotated[str, kinds.Kind("words", "99999,99 " + "m" * 9 + " d'" + "m" * 20)]
"""How many of what: `3 caisses de Sardinelle`."""


class ProductRow(msgspec.Struct, frozen=True):
    id: int
    slot: int
    name: kinds.ProductName
    unit: kinds.Unit
    divisible: bool
    units: Units = ""


class DeclarationRow(msgspec.Struct, frozen=True):
    id: int
    reference: kinds.Reference
    product: kinds.ProductName
    counted: Counted
    day: kinds.Day
    by: By


class Earlier(msgspec.Struct, frozen=True):
    reference: kinds.Reference
    at: kinds.Clock
    counted: Counted = ""


class DeclaredReference(msgspec.Struct, frozen=True):
    reference: kinds.Reference
    goods: Goods


class ProductionGoods(msgspec.Struct, frozen=True):
    goods: Goods


class Unclear(msgspec.Struct, frozen=True):
    """What three decimals may mean."""

    low: kinds.Amounted
    high: kinds.Amounted


class Cancelled(msgspec.Struct, frozen=True):
    reference: kinds.Reference
    goods: Goods


class Chosen(msgspec.Struct, frozen=True):
    """What the way has kept when the quantity is asked."""

    product: ProductRow


class Production(msgspec.Struct, frozen=True):
    """What is declared."""

    product: ProductRow
    quantity: Decimal


class BroughtRow(msgspec.Struct, frozen=True):
    id: int
    reference: kinds.Reference
    goods: Goods
    counted: Counted
    product: kinds.ProductName
    day: kinds.Day
    said: kinds.Short
    channel: str


class TakenBackDeclaration(msgspec.Struct, frozen=True):
    """What is taken back."""

    brought: BroughtRow


NOT_DECLARED = {services.ProductGone: "gone", services.NotActive: "inactive"}


@menu.source(ways={services.NotActive: "inactive"})
def may_declare(hop: Hop, reader: Connection) -> Nothing:
    """Lead elsewhere at once who may not declare."""
    services.check_active(reader, member_of(hop))
    return Nothing()


@menu.rows()
def products(hop: Hop, reader: Connection) -> Sequence[ProductRow]:
    """Give what the member's co-operative takes, each by its slot."""
    found = services.products_of(reader, Scope(who_of(hop).cooperative_id).cooperative)
    return [product_row(row) for row in found]


@menu.answer(refuses={"bad": None, "whole": None, "unclear": Unclear})
def quantity(typed: str, kept: Chosen) -> kinds.Amounted:
    """Read a quantity of the product chosen."""
    try:
        return read_quantity(typed, kept.product.divisible, kept.product.unit)
    except BadQuantity:
        raise Refused("bad" if kept.product.divisible else "whole") from None


@menu.source(leads={"again": Earlier})
def declaration(hop: Hop, reader: Connection, kept: Production) -> ProductionGoods:
    """Say what would be declared, or lead elsewhere when the same was a moment ago."""
    earlier = services.similar(reader, member_of(hop), kept.product.id, kept.quantity, hop.now)
    if earlier:
        raise Lead("again", same_before(earlier))
    return ProductionGoods(units.count_of(kept.quantity, kept.product.unit, kept.product.name))


@menu.effect(leads={"again": Earlier}, ways=NOT_DECLARED)
def declare(hop: Hop, session: Session, kept: Production) -> DeclaredReference:
    """Record the declaration and its SMS."""
    return _declare(hop, session, kept, again=False)


@menu.effect(ways=NOT_DECLARED)
def declare_again(hop: Hop, session: Session, kept: Production) -> DeclaredReference:
    """Record another one like the one a moment ago, on purpose."""
    return _declare(hop, session, kept, again=True)


@menu.effect(ways={services.DeclarationClosed: "closed"})
def cancel(hop: Hop, session: Session, kept: TakenBackDeclaration) -> Cancelled:
    """Take a declaration back, with an SMS."""
    act = own_act(hop)
    done = services.cancel(session, act, act.member, kept.brought.id)
    goods = units.count_of(done.quantity, done.unit, done.product)
    words = texts.say("cancel_receipt", reference=done.reference, goods=goods, day=hop.now)
    notices.answer(session, act, "receipt", f"cancel:{done.id}", words, who_of(hop).cooperative_id)
    return Cancelled(done.reference, goods)


def read_quantity(typed: str, divisible: bool, unit: str) -> Decimal:
    """Read a quantity; three decimals are read back and asked about. Raises Refused, or BadQuantity."""
    try:
        return parse_quantity(typed, divisible, unit)
    except UnclearQuantity as found:
        if not divisible:
            raise
        raise Refused("unclear", Unclear(found.low, found.high)) from None


def product_row(row: services.ProductOf) -> ProductRow:
    """Return a product as screens show it."""
    return ProductRow(row.id, row.slot, row.name, row.unit, row.divisible, units.of_many(row.unit))


def same_before(earlier: services.ToldDeclaration) -> Earlier:
    """Return the same declared a moment ago, as screens show it."""
    return Earlier(earlier.reference, earlier.at, units.count(earlier.quantity, earlier.unit))


def rows_of(hop: Hop, member_id: int) -> list[DeclarationRow]:
    """Return what can still be taken back of a member's, and who typed it when that wasn't she."""
    with hop.desk.read() as reader:
        found = services.open_declarations(reader, member_id)
        helped = [one.id for one in found if one.channel == "bureau"]
        by = assisted_acts.typed_by(reader, helped) if helped else {}
    said = {one: f" (par {texts.words('by')[role]})" for one, role in by.items()}
    return [
        DeclarationRow(one.id, one.reference, one.product, units.count(one.quantity, one.unit), one.at.date(), said.get(one.id, ""))
        for one in found
    ]


def _declare(hop: Hop, session: Session, kept: Production, *, again: bool) -> DeclaredReference:
    act = own_act(hop)
    done = services.declare(session, act, act.member, kept.product.id, kept.quantity, again=again)
    if done.repeated:
        raise Lead("again", same_before(done))
    goods = units.count_of(done.quantity, done.unit, done.product)
    words = texts.say("declaration_receipt", reference=done.reference, goods=goods, day=done.at)
    notices.answer(session, act, "receipt", f"declared:{done.id}", words, who_of(hop).cooperative_id)
    return DeclaredReference(done.reference, goods)
