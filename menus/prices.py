"""Prices of the day."""

from collections.abc import Sequence
from typing import Annotated

import msgspec

from app.coop.prices.queries import prices_for
from app.coop.scope import Scope
from app.ussd import kinds
from app.ussd.bindings import Bindings
from menus.hop import Hop

menu = Bindings("prices")
PricedName = Annotated[str, kinds.Kind("words", "m" * 22)]
"""A product, and its grade where that has a price of its own."""


class PriceLine(msgspec.Struct, frozen=True):
    id: int
    name: PricedName
    unit: kinds.Unit
    amount: kinds.Price
    since: kinds.Day
    place: kinds.Short


@menu.rows()
def prices(hop: Hop) -> Sequence[PriceLine]:
    """Give the prices of the day: of the member's co-operative once we know who it is, else the federation's."""
    scope = Scope(hop.who.get("cooperative_id") if hop.who else None)
    with hop.desk.database.read() as reader:
        found = prices_for(reader, scope, hop.now)
    return [
        PriceLine(
            price.id,
            price.name,
            price.unit,
            price.amount,
            price.since.date(),
            _place(hop) if price.own else "fédération",
        )
        for price in found
    ]


def _place(hop: Hop) -> str:
    return str((hop.who or {}).get("cooperative") or "CPS")
