"""The boutique témoin."""

from collections.abc import Sequence

import msgspec

from app.coop.boutiques.queries import for_sale
from app.ussd import kinds
from app.ussd.bindings import Bindings
from menus.hop import Hop

menu = Bindings("boutiques")


class OfferRow(msgspec.Struct, frozen=True):
    id: int
    name: kinds.ProductName
    unit: kinds.Unit
    amount: kinds.Price
    left: kinds.Amounted
    place: kinds.Short


@menu.rows()
def offers(hop: Hop) -> Sequence[OfferRow]:
    """Give what is for sale now."""
    with hop.desk.database.read() as reader:
        found = for_sale(reader, hop.now)
    return [OfferRow(row.id, row.name, row.unit, row.amount, row.quantity, row.place) for row in found]
