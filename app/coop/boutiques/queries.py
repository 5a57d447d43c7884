"""What can be bought now."""

from datetime import datetime
from decimal import Decimal

import msgspec
from sqlalchemy import Connection, select

from app.coop.boutiques.models import Offer

MOST = 20


class ForSale(msgspec.Struct, frozen=True):
    """An offer: XOF a unit, the quantity left, the place."""

    id: int
    name: str
    unit: str
    amount: int
    quantity: Decimal
    place: str


def for_sale(reader: Connection, now: datetime) -> tuple[ForSale, ...]:
    """Return the offers that still stand and have something left, by name; at most MOST."""
    stands = select(Offer.id, Offer.name, Offer.unit, Offer.amount, Offer.quantity, Offer.place)
    stands = stands.where(Offer.until_at > now, Offer.quantity > Decimal(0)).order_by(Offer.name, Offer.id).limit(MOST)
    return tuple(ForSale(*row) for row in reader.execute(stands))
