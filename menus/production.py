"""Declare a production, and take it back."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

import msgspec
from sqlalchemy.orm import Session

from app.coop.members import notices
from app.coop.production import assisting, declaring
from app.coop.production.quantities import BadQuantity, parse_quantity
from app.coop.scope import Scope
from app.sms import texts
from app.ussd import kinds
from app.ussd.bindings import Bindings, Lead, Refused
from menus.caller import Hop, Nothing, member_of, own_act, who_of

menu = Bindings("production")
By = Annotated[str, kinds.Kind("words", "m" * 22)]


class ProductRow(msgspec.Struct, frozen=True):
    id: int
    slot: int
    name: kinds.ProductName
    unit: kinds.Unit
    divisible: bool


class DeclarationRow(msgspec.Struct, frozen=True):
    id: int
    reference: kinds.Reference
    product: kinds.ProductName
    quantity: kinds.Amounted
    unit: kinds.Unit
    day: kinds.Day
    by: By


class Earlier(msgspec.Struct, frozen=True):
    reference: kinds.Reference
    at: kinds.Clock


class Declared(msgspec.Struct, frozen=True):
    reference: kinds.Reference
    quantity: kinds.Amounted
    unit: kinds.Unit


class Cancelled(msgspec.Struct, frozen=True):
    reference: kinds.Reference


@menu.rows()
def products(hop: Hop) -> Sequence[ProductRow]:
    """Give what the member's co-operative takes, each by its slot."""
    with hop.desk.database.read() as reader:
        found = declaring.products_of(reader, Scope(who_of(hop).cooperative_id).cooperative)
    return [ProductRow(row.id, row.slot, row.name, row.unit, row.divisible) for row in found]


@menu.answer(refuses={"bad": None, "whole": None})
def quantity(hop: Hop, typed: str) -> kinds.Amounted:
    """Read a quantity of the product chosen."""
    divisible = bool(hop.kept["product"]["divisible"])
    try:
        return parse_quantity(typed, divisible)
    except BadQuantity:
        raise Refused("bad" if divisible else "whole") from None


@menu.source(leads={"again": Earlier, "gone": None, "inactive": None})
def declaration(hop: Hop) -> Nothing:
    """Lead elsewhere when the same was declared a moment ago."""
    with hop.desk.database.read() as reader:
        earlier = declaring.similar(reader, member_of(hop), hop.kept["product"]["id"], _quantity(hop), hop.now)
    if earlier:
        raise Lead("again", Earlier(earlier.reference, earlier.at))
    return Nothing()


@menu.effect(leads={"again": Earlier, "gone": None, "inactive": None})
def declare(hop: Hop, session: Session) -> Declared:
    """Record the declaration and its SMS."""
    return _declare(hop, session, again=False)


@menu.effect(leads={"gone": None, "inactive": None})
def declare_again(hop: Hop, session: Session) -> Declared:
    """Record another one like the one a moment ago, on purpose."""
    return _declare(hop, session, again=True)


@menu.rows()
def declarations(hop: Hop) -> Sequence[DeclarationRow]:
    """Give the member's declarations that can still be taken back."""
    return rows_of(hop, member_of(hop))


@menu.effect(leads={"closed": None})
def cancel(hop: Hop, session: Session) -> Cancelled:
    """Take a declaration back, with an SMS."""
    act = own_act(hop)
    try:
        done = declaring.cancel(session, act, act.member, hop.kept["declaration"]["id"])
    except declaring.DeclarationClosed:
        raise Lead("closed") from None
    words = texts.cancel_receipt(done.reference, hop.now)
    notices.answer(session, act, "receipt", f"cancel:{done.id}", words, who_of(hop).cooperative_id)
    return Cancelled(done.reference)


def rows_of(hop: Hop, member_id: int) -> list[DeclarationRow]:
    """Return what can still be taken back of a member's, and who typed it when that wasn't she."""
    with hop.desk.database.read() as reader:
        found = declaring.open_declarations(reader, member_id)
        helped = [one.id for one in found if one.channel == "bureau"]
        by = assisting.typed_by(reader, helped) if helped else {}
    said = {one: f" (par {texts.BY[role]})" for one, role in by.items()}
    return [
        DeclarationRow(one.id, one.reference, one.product, one.quantity, one.unit, one.at.date(), said.get(one.id, ""))
        for one in found
    ]


def _declare(hop: Hop, session: Session, *, again: bool) -> Declared:
    act = own_act(hop)
    try:
        done = declaring.declare(session, act, act.member, hop.kept["product"]["id"], _quantity(hop), again=again)
    except declaring.ProductGone:
        raise Lead("gone") from None
    except declaring.NotActive:
        raise Lead("inactive") from None
    if done.repeated:
        raise Lead("again", Earlier(done.reference, done.at))
    words = texts.declaration_receipt(done.reference, done.quantity, done.unit, done.at)
    notices.answer(session, act, "receipt", f"declared:{done.id}", words, who_of(hop).cooperative_id)
    return Declared(done.reference, done.quantity, done.unit)


def _quantity(hop: Hop) -> Decimal:
    return Decimal(str(hop.kept["quantity"]))
