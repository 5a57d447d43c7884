"""Prices of the day."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated

import msgspec

from app.coop.access.identity import Who, prices_of
from app.coop.prices.queries import PriceOf, prices_for
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


@menu.source()
def price_place(hop: Hop) -> PricePlace:
    """Say whose prices are shown."""
    callers = _callers(hop)
    scope = prices_of(callers)
    if not scope.is_federation:
        return PricePlace(_code(callers))
    return PricePlace("de la fédération. Ceux de la CPS: 1, code, 00, 3" if len(callers) > 1 else "de la fédération")


@menu.rows()
def prices(hop: Hop) -> Sequence[PriceLine]:
    """Give the prices of the day by slot: of the co-operative that the number or the call tells, else the federation's."""
    callers = _callers(hop)
    with hop.desk.database.read() as reader:
        found = prices_for(reader, prices_of(callers), hop.now)
    products: dict[int, list[PriceOf]] = defaultdict(list)
    for price in found:
        products[price.product_id].append(price)
    return [_row(graded, _code(callers)) for graded in products.values()]


def _row(graded: Sequence[PriceOf], code: str) -> PriceLine:
    first = next((one for one in graded if one.grade is None), graded[0])
    whose = {True: code, False: "fédération"}
    others = ""
    for one in graded:
        if one is not first:
            others += f"\n{one.grade} {kinds.amount_words(one.amount)}" + (f", {whose[one.own]}" if one.own != first.own else "")
    return PriceLine(first.id, first.slot, first.name, first.unit, first.amount, others, first.since.date(), whose[first.own])


def _callers(hop: Hop) -> tuple[Who, ...]:
    return (who_of(hop),) if hop.who else holders_of(hop)


def _code(callers: Sequence[Who]) -> str:
    scope = prices_of(callers).cooperative_id
    return next((who.cooperative or "CPS" for who in callers if who.cooperative_id == scope), "CPS")
