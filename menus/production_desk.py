"""Bureau 11, 3: lots from deliveries, transformation runs, counts."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated

import msgspec
from sqlalchemy.orm import Session

from app import units
from app.coop.lots import queries, runs
from app.coop.lots import stock as stock_of
from app.coop.production.declarations import products_of
from app.coop.production.quantities import BadQuantity, parse_quantity
from app.coop.techniques import queries as technique_queries
from app.ussd import kinds
from app.ussd.bindings import Bindings, Denials, Refused
from menus.hop import Hop, Nothing, officers_act, reading_office
from menus.production import Counted, Units
from menus.training_words import read_words

menu = Bindings("production_desk")
HERE = "ICI"
ACTING = {"not_yours": None}
Code = Annotated[str, kinds.Kind("code", "L123456789")]
Loss = Annotated[str, kinds.Kind("words", "Perte 99999,999 kg: 100 %, rare. Sur ?")]
NOT_DONE: Denials = {
    stock_of.LotGone: "Ce lot n'est pas de votre CPS.",
    stock_of.LotShort: lambda short: f"Il n'en reste que {units.quantity(short.left)}. Rien n'est noté.",
    stock_of.LotRefused: lambda no: f"{no} Rien n'est noté.",
    runs.NothingDelivered: "Déjà dans un lot. Rien n'est noté.",
}


class RunTechnique(msgspec.Struct, frozen=True):
    id: int
    name: kinds.ProductName
    low: int | None
    high: int | None


class LotRow(msgspec.Struct, frozen=True):
    id: int
    code: Code
    product: kinds.ProductName
    left: kinds.Amounted
    stands: Counted
    units: Units
    place: kinds.Short


class RunProduct(msgspec.Struct, frozen=True):
    id: int
    slot: int
    name: kinds.ProductName
    unit: str
    units: Units


class DayRow(msgspec.Struct, frozen=True):
    id: int
    product_id: int
    product: kinds.ProductName
    day: kinds.Day
    stands: Counted


class RunInput(msgspec.Struct, frozen=True):
    run_lot: LotRow


class RunOutput(RunInput, frozen=True):
    run_in: Decimal
    run_product: RunProduct


class WholeRun(RunOutput, frozen=True):
    run_technique: RunTechnique
    run_out: Decimal


class OfDay(msgspec.Struct, frozen=True):
    day_delivered: DayRow


class OfLot(msgspec.Struct, frozen=True):
    stock_lot: LotRow


class CountedLot(OfLot, frozen=True):
    counted: Decimal


class PlacedLot(OfLot, frozen=True):
    lot_place: str


class SplitLot(PlacedLot, frozen=True):
    split_units: Decimal


class TwoLots(OfLot, frozen=True):
    merge_lot: LotRow


class RunLoss(msgspec.Struct, frozen=True):
    loss: Loss


class Difference(msgspec.Struct, frozen=True):
    difference: kinds.Short


class MadeLot(msgspec.Struct, frozen=True):
    lot_code: Code
    lot_goods: Counted
    loss_is: Loss = ""


@menu.rows()
def run_techniques(hop: Hop) -> Sequence[RunTechnique]:
    """Give all techniques."""
    with hop.desk.database.read() as reader:
        return [RunTechnique(one.id, one.name, one.yield_low, one.yield_high) for one in technique_queries.techniques(reader)]


@menu.rows()
def run_lots(hop: Hop) -> Sequence[LotRow]:
    """Give the lots that there is something left of, beside what is on offer."""
    return [row for row in _stock(hop, free=True) if row.left > 0]


@menu.rows()
def run_products(hop: Hop) -> Sequence[RunProduct]:
    """Give the co-operative's products, by their slots."""
    with hop.desk.database.read() as reader:
        office = reading_office(reader, hop, "boutiques")
        found = products_of(reader, office.cooperative_id) if office.cooperative_id else ()
    return [RunProduct(row.id, row.slot, row.name, row.unit, units.of_many(row.unit)) for row in found]


@menu.answer(refuses={"bad": None, "short": None})
def run_in(typed: str, kept: RunInput) -> kinds.Amounted:
    """Read how much goes in: no more than there is."""
    found = read_units(typed)
    if found > kept.run_lot.left:
        raise Refused("short")
    return found


@menu.answer(refuses={"bad": None, "more": None})
def run_out(hop: Hop, typed: str, kept: RunOutput) -> kinds.Amounted:
    """Read how much comes out: no more mass than goes in."""
    found = read_units(typed)
    with hop.desk.database.session() as session:
        in_ = stock_of.mass_of_part(session, kept.run_lot.id, kept.run_in)
        out = stock_of.mass(session, kept.run_product.id, kept.run_product.unit, found)
    if in_ is not None and out is not None and out > in_:
        raise Refused("more")
    return found


@menu.source()
def run_loss(hop: Hop, kept: WholeRun) -> RunLoss:
    """Read the loss back as the difference, and ask about a yield that is rare for this technique."""
    with hop.desk.database.session() as session:
        in_ = stock_of.mass_of_part(session, kept.run_lot.id, kept.run_in)
        out = stock_of.mass(session, kept.run_product.id, kept.run_product.unit, kept.run_out)
    return RunLoss(_loss(in_, out, kept.run_technique))


@menu.effect(leads=ACTING, denies=NOT_DONE)
def run(hop: Hop, session: Session, kept: WholeRun) -> MadeLot:
    """Transform: what was asked about is sure by now."""
    act = officers_act(session, hop, "boutiques")
    outputs = [runs.Output(kept.run_product.id, kept.run_out, kept.run_product.unit)]
    [lot], loss = runs.run(session, act, kept.run_technique.id, [(kept.run_lot.code, kept.run_in)], outputs, sure=True)
    return MadeLot(lot.code, units.count(lot.units, lot.unit), f"Perte {units.quantity(Decimal(loss) / 1000)} kg." if loss else "")


@menu.rows()
def days_delivered(hop: Hop) -> Sequence[DayRow]:
    """Give the deliveries that are in no lot."""
    with hop.desk.database.read() as reader:
        office = reading_office(reader, hop, "boutiques")
        found = runs.delivered(reader, office.cooperative_id, hop.now) if office.cooperative_id else []
    return [
        DayRow(one.day.toordinal() * 1000 + one.product_id, one.product_id, one.product, one.day, units.count(one.units, one.unit))
        for one in found
    ]


@menu.effect(leads=ACTING, denies=NOT_DONE)
def collect(hop: Hop, session: Session, kept: OfDay) -> MadeLot:
    """Make a lot of a day's deliveries."""
    act, row = officers_act(session, hop, "boutiques"), kept.day_delivered
    day = date.fromordinal(row.id // 1000)
    lot = runs.collect(session, act, act.office.scope.cooperative, row.product_id, day)
    return MadeLot(lot.code, units.count(lot.units, lot.unit))


@menu.rows()
def stock(hop: Hop) -> Sequence[LotRow]:
    """Give what the co-operative has in stock."""
    return _stock(hop)


@menu.answer(refuses={"bad": None})
def counted(typed: str) -> kinds.Amounted:
    """Read what was counted; `0,0` is nothing, for a lone 0 is a key."""
    return Decimal(0) if typed.strip() in ("0,0", "0.0") else read_units(typed)


@menu.source()
def count_difference(kept: CountedLot) -> Difference:
    """Say what the count changes."""
    by = kept.counted - kept.stock_lot.left
    return Difference(f"{'+' if by > 0 else ''}{units.quantity(by.normalize() + 0)}" if by else "rien ne change")


@menu.effect(leads=ACTING, denies=NOT_DONE)
def count_lot(hop: Hop, session: Session, kept: CountedLot) -> Nothing:
    """Note a count."""
    stock_of.count(session, officers_act(session, hop, "boutiques"), kept.stock_lot.code, kept.counted)
    return Nothing()


@menu.effect(leads=ACTING, denies=NOT_DONE)
def expire_lot(hop: Hop, session: Session, kept: OfLot) -> Nothing:
    """Note that what is left is too old."""
    stock_of.expire(session, officers_act(session, hop, "boutiques"), kept.stock_lot.code)
    return Nothing()


@menu.answer(refuses={"bad": None, "short": None})
def split_units(typed: str, kept: OfLot) -> kinds.Amounted:
    """Read how much makes a lot of its own: no more than there is."""
    found = read_units(typed)
    if found > kept.stock_lot.left:
        raise Refused("short")
    return found


@menu.answer(refuses={"bad": None})
def lot_place(typed: str) -> kinds.Short:
    """Read where a lot is; `ICI` is where it is already."""
    return read_words(typed, 2, 16)


@menu.effect(leads=ACTING, denies=NOT_DONE)
def split_lot(hop: Hop, session: Session, kept: SplitLot) -> MadeLot:
    """Make a lot of its own of a part."""
    act = officers_act(session, hop, "boutiques")
    place = None if kept.lot_place.upper() == HERE else kept.lot_place
    lot = stock_of.split(session, act, kept.stock_lot.code, kept.split_units, place)
    return MadeLot(lot.code, units.count(lot.units, lot.unit))


@menu.rows()
def alike_lots(hop: Hop, kept: OfLot) -> Sequence[LotRow]:
    """Give the other lots of the product in the same unit."""
    this = kept.stock_lot
    return [row for row in _stock(hop) if row.id != this.id and (row.product, row.units) == (this.product, this.units)]


@menu.effect(leads=ACTING, denies=NOT_DONE)
def merge_lots(hop: Hop, session: Session, kept: TwoLots) -> MadeLot:
    """Make one lot of two."""
    codes = [kept.stock_lot.code, kept.merge_lot.code]
    lot = stock_of.merge(session, officers_act(session, hop, "boutiques"), codes)
    return MadeLot(lot.code, units.count(lot.units, lot.unit))


@menu.effect(leads=ACTING, denies=NOT_DONE)
def move_lot(hop: Hop, session: Session, kept: PlacedLot) -> Nothing:
    """Note that a lot is elsewhere."""
    stock_of.move(session, officers_act(session, hop, "boutiques"), kept.stock_lot.code, kept.lot_place)
    return Nothing()


def read_units(typed: str) -> Decimal:
    """Read a quantity; refuses with `bad`."""
    try:
        return parse_quantity(typed, divisible=True)
    except BadQuantity:
        raise Refused("bad") from None


def _stock(hop: Hop, *, free: bool = False) -> list[LotRow]:
    with hop.desk.database.read() as reader:
        office = reading_office(reader, hop, "boutiques")
        found = queries.stock(reader, office.scope)
    left = {one.id: one.units - one.offered if free else one.units for one in found}
    return [
        LotRow(one.id, one.code, one.product, left[one.id], units.count(left[one.id], one.unit), units.of_many(one.unit), one.place)
        for one in found
    ]


def _loss(in_: int | None, out: int | None, technique: RunTechnique) -> str:
    if not in_ or out is None:
        return ""
    percent = round(100 * out / in_)
    said = f"Perte {units.quantity(Decimal(in_ - out) / 1000)} kg: {percent} %"
    rare = technique.low is not None and technique.high is not None and not technique.low <= percent <= technique.high
    return f"{said}, rare. Sûr ?" if rare else f"{said}."
