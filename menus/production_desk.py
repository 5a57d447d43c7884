"""Bureau 11, 3: lots from deliveries, and what all screens of lots share."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import units
from app.coop.lots import queries, runs
from app.coop.lots import stock as stock_of
from app.coop.lots.models import Lot
from app.coop.production.quantities import BadQuantity, parse_quantity
from app.ussd import kinds
from app.ussd.bindings import Bindings, Denials, Refused
from menus.hop import Hop, officers_act, reading_office
from menus.production import Counted, Units

menu = Bindings("production_desk")
ACTING = {"not_yours": None}
DAYS = 10_000_000
"""More than date.max.toordinal()."""
Code = Annotated[str, kinds.Kind("code", "L123456789")]
MoreLots = Annotated[str, kinds.Kind("words", " Et 9 lots: Stock.")]
Loss = Annotated[str, kinds.Kind("words", "Perte 99999,999 kg: 100 %, rare. Sur ?")]
NOT_DONE: Denials = {
    stock_of.LotGone: "Ce lot n'est pas de votre CPS.",
    stock_of.LotShort: lambda short: f"Il n'en reste que {units.quantity(short.left)}.",
    stock_of.LotRefused: str,
    runs.NothingDelivered: "Déjà dans un lot.",
}


class LotRow(msgspec.Struct, frozen=True):
    id: int
    code: Code
    product: kinds.ProductName
    left: kinds.Amounted
    stands: Counted
    units: Units
    place: kinds.Short
    made_on: kinds.Day
    unit: kinds.Unit = ""


class DayRow(msgspec.Struct, frozen=True):
    id: int
    product_id: int
    product: kinds.ProductName
    day: kinds.Day
    stands: Counted


class OfDay(msgspec.Struct, frozen=True):
    day_delivered: DayRow


class MadeLot(msgspec.Struct, frozen=True):
    lot_code: Code
    lot_goods: Counted
    loss_is: Loss = ""
    more_lots: MoreLots = ""


@menu.rows()
def days_delivered(hop: Hop, reader: Connection) -> Sequence[DayRow]:
    """Give the deliveries that are in no lot."""
    office = reading_office(reader, hop, "boutiques")
    found = runs.delivered(reader, office.cooperative_id, hop.now) if office.cooperative_id else []
    return [
        # A row is known by a number when the session comes back, and a day's product has none: both make one.
        # The day is below DAYS, so that no two rows have the same; a product's id has no end.
        DayRow(
            one.product_id * DAYS + one.day.toordinal(),
            one.product_id,
            one.product,
            one.day,
            units.count(one.units, one.unit),
        )
        for one in found
    ]


@menu.effect(leads=ACTING, denies=NOT_DONE)
def collect(hop: Hop, session: Session, kept: OfDay) -> MadeLot:
    """Make a lot of a day's deliveries."""
    act, row = officers_act(session, hop, "boutiques"), kept.day_delivered
    lot = runs.collect(session, act, act.office.scope.cooperative, row.product_id, row.day)
    return made_lot(lot)


def made_lot(lot: Lot, loss: str = "") -> MadeLot:
    """Say what a lot is that was made."""
    return MadeLot(lot.code, units.count(lot.units, lot.unit), loss)


def read_units(typed: str, unit: str, left: Decimal | None = None) -> Decimal:
    """Read a quantity; refuses with `bad`, and one that is more than is left with `short`."""
    try:
        found = parse_quantity(typed, divisible=True, unit=unit)
    except BadQuantity:
        raise Refused("bad") from None
    if left is not None and found > left:
        raise Refused("short")
    return found


def stock_rows(hop: Hop, *, free: bool = False) -> list[LotRow]:
    """Give what the co-operative has in stock; `free` without what is on offer."""
    with hop.desk.read() as reader:
        found = queries.stock(reader, reading_office(reader, hop, "boutiques").scope)
    left = {one.id: one.units - one.offered if free else one.units for one in found}
    return [_row(one, left[one.id]) for one in found]


def _row(one: queries.ShownLot, left: Decimal) -> LotRow:
    told = units.count(left, one.unit), units.of_many(one.unit), one.place, one.made_on
    return LotRow(one.id, one.code, one.product, left, *told, one.unit)
