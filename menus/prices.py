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
Grades = Annotated[str, kinds.Kind("words", " (A 999 999 F, B 999 999 F, C 999 999 F)")]
"""What grades cost that have a price of their own."""


class PriceLine(msgspec.Struct, frozen=True):
    id: int
    slot: int
    name: kinds.ProductName
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
    others = ", ".join(f"{one.grade} {kinds.amount_words(one.amount)}" for one in graded if one.grade)
    name, place = first.name.removesuffix(f" {first.grade}"), code if any(one.own for one in graded) else "fédération"
    words = f" ({others})" if others else ""
    return PriceLine(first.id, first.slot, name, first.unit, first.amount, words, first.since.date(), place)


def _callers(hop: Hop) -> tuple[Who, ...]:
    return (who_of(hop),) if hop.who else holders_of(hop)


def _code(callers: Sequence[Who]) -> str:
    scope = prices_of(callers).cooperative_id
    return next((who.cooperative or "CPS" for who in callers if who.cooperative_id == scope), "CPS")
