"""Prices of the day."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated

import msgspec
from sqlalchemy import Connection

from app.coop.access.identity import prices_of
from app.coop.prices.queries import PriceOf, prices_for
from app.coop.scope import Scope
from app.ussd import kinds
from app.ussd.bindings import Bindings
from menus.hop import Hop, holders_of, who_of

menu = Bindings("prices")
PricedName = Annotated[str, kinds.Kind("words", "m" * 29)]
"""A product, and its grade where it has no price but by grade."""
Grades = Annotated[str, kinds.Kind("text", "\nmmmmmmmm 9 999 999 F" * 12)]
"""What the other grades cost that have a price of their own, a line each."""


class PriceLine(msgspec.Struct, frozen=True):
    id: int
    slot: int
    name: PricedName
    unit: kinds.Unit
    amount: kinds.Price
    grades: Grades
    since: kinds.Day
    place: kinds.Short


class PricePlace(msgspec.Struct, frozen=True):
    place: kinds.Phrase


class PricesOf(msgspec.Struct, frozen=True):
    """PricesOf prices a number is told; `shared` by members of several co-operatives it is told the federation's."""

    scope: Scope
    code: str
    shared: bool


def whose_prices(hop: Hop) -> PricesOf:
    """Return whose prices are told: of the co-operative that the number or the call tells, else the federation's."""
    callers = (who_of(hop),) if hop.who else holders_of(hop)
    scope = prices_of(callers)
    code = next((who.cooperative for who in callers if who.cooperative and who.cooperative_id == scope.cooperative_id), "CPS")
    return PricesOf(scope, code, scope.is_federation and len(callers) > 1)


@menu.source(of=whose_prices)
def price_place(hop: Hop, whose: PricesOf) -> PricePlace:
    """Say whose prices are shown."""
    del hop
    if not whose.scope.is_federation:
        return PricePlace(whose.code)
    return PricePlace("de la fédération. Ceux de la CPS: 1, code, 00, 3" if whose.shared else "de la fédération")


@menu.rows(of=whose_prices)
def prices(hop: Hop, reader: Connection, whose: PricesOf) -> Sequence[PriceLine]:
    """Give the prices of the day by slot."""
    found = prices_for(reader, whose.scope, hop.now)
    products: dict[int, list[PriceOf]] = defaultdict(list)
    for price in found:
        products[price.product_id].append(price)
    return [_row(graded, whose.code) for graded in products.values()]


def _row(graded: Sequence[PriceOf], code: str) -> PriceLine:
    first = next((one for one in graded if one.grade is None), graded[0])
    whose = {True: code, False: "fédération"}
    others = ""
    for one in graded:
        if one is not first:
            others += f"\n{one.grade} {kinds.amount_words(one.amount)}" + (f", {whose[one.own]}" if one.own != first.own else "")
    return PriceLine(first.id, first.slot, first.name, first.unit, first.amount, others, first.since.date(), whose[first.own])
