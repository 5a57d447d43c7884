"""Bureau 11, 3 and 5: transformation runs."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import once, units
from app.coop.lots import runs
from app.coop.lots import stock as stock_of
from app.coop.production.declarations import products_of
from app.coop.techniques import queries as technique_queries
from app.ussd import kinds
from app.ussd.bindings import Bindings, Lead, Refused
from menus.hop import Hop, Nothing, officers_act, reading_office
from menus.production import Units
from menus.production_desk import ACTING, NOT_DONE, Loss, LotRow, MadeLot, made_lot, read_units, stock_rows

menu = Bindings("runs_desk")
More = Annotated[str, kinds.Kind("words", " +9")]
Taken = Annotated[str, kinds.Kind("words", "m" * 160)]
MOST_OTHERS = 5
"""Lots that go into a run at the Bureau beside the first one."""
MOST_BESIDE = 2
"""Products that come out of a run at the Bureau beside the first one."""


class RunTechnique(msgspec.Struct, frozen=True):
    id: int
    name: kinds.ProductName
    low: int | None
    high: int | None


ALL_IN = LotRow(0, "", "C'est tout", Decimal(0), "", "", "", date.min)


class RunProduct(msgspec.Struct, frozen=True):
    id: int
    slot: int
    name: kinds.ProductName
    unit: str
    units: Units


class RunBeside(msgspec.Struct, frozen=True):
    id: int
    name: kinds.ProductName
    unit: str
    units: Units


ALL_OUT = RunBeside(0, "C'est tout", "", "")


class RunInput(msgspec.Struct, frozen=True):
    run_lot: LotRow


class RunInputs(RunInput, frozen=True, kw_only=True):
    """What goes in: `run_many` where it is more than one lot; `run_others` are the others, `code:units;` each."""

    run_in: Decimal
    run_many: str | None = None
    run_also: LotRow | None = None
    run_others: str = ""

    def parts(self) -> list[tuple[str, Decimal]]:
        """Return the lots by their codes, with how much of each goes in."""
        others = (one.split(":") for one in self.run_others.split(";") if one)
        return [(self.run_lot.code, self.run_in), *((code, Decimal(units)) for code, units in others)]


class OtherInput(RunInputs, frozen=True, kw_only=True):
    run_also: LotRow


class RunOutput(RunInputs, frozen=True, kw_only=True):
    run_product: RunProduct


class WholeRun(RunOutput, frozen=True, kw_only=True):
    """What comes out: `run_outs` are the products beside the first one, `id:unit:units;` each."""

    run_technique: RunTechnique
    run_out: Decimal
    run_beside: RunBeside | None = None
    run_outs: str = ""

    def goods(self) -> list[tuple[int, str, Decimal]]:
        """Return product, unit and how many of each that comes out."""
        others = (one.split(":") for one in self.run_outs.split(";") if one)
        more = [(int(product), unit, Decimal(units)) for product, unit, units in others]
        return [(self.run_product.id, self.run_product.unit, self.run_out), *more]


class OtherOutput(WholeRun, frozen=True, kw_only=True):
    run_beside: RunBeside


class RunLoss(msgspec.Struct, frozen=True):
    loss: Loss
    others: More
    besides: More


@menu.rows()
def run_techniques(reader: Connection) -> Sequence[RunTechnique]:
    """Give all techniques."""
    return [RunTechnique(one.id, one.name, one.yield_low, one.yield_high) for one in technique_queries.techniques(reader)]


@menu.rows()
def run_lots(hop: Hop) -> Sequence[LotRow]:
    """Give the lots that there is something left of, beside what is on offer."""
    return [row for row in stock_rows(hop, free=True) if row.left > 0]


@menu.rows()
def run_products(hop: Hop, reader: Connection) -> Sequence[RunProduct]:
    """Give the co-operative's products, by their slots."""
    office = reading_office(reader, hop, "boutiques")
    found = products_of(reader, office.cooperative_id) if office.cooperative_id else ()
    return [RunProduct(row.id, row.slot, row.name, row.unit, units.of_many(row.unit)) for row in found]


@menu.answer(refuses={"bad": None, "short": None})
def run_in(typed: str, kept: RunInput) -> kinds.Amounted:
    """Read how much goes in: no more than there is."""
    return read_units(typed, kept.run_lot.unit, kept.run_lot.left)


@menu.source(leads={"also": None})
def run_others(kept: RunInputs) -> Nothing:
    """Ask for the other lots first, where there are any, until all are in."""
    if kept.run_many and (kept.run_also is None or kept.run_also.id):
        raise Lead("also")
    return Nothing()


@menu.rows()
def run_also(hop: Hop, kept: RunInputs) -> Sequence[LotRow]:
    """Give the lots that don't go in yet, behind the word that all do; that alone when there are MOST_OTHERS."""
    inside, stock = {code for code, _ in kept.parts()}, stock_rows(hop, free=True)
    if kept.run_lot.code not in {row.code for row in stock}:
        return []
    rows = [row for row in stock if row.left > 0 and row.code not in inside]
    return [ALL_IN, *(rows if len(inside) <= MOST_OTHERS else ())]


@menu.source(leads={"all_in": None})
def run_also_last(kept: OtherInput) -> Nothing:
    """Go on where that was all."""
    if not kept.run_also.id:
        raise Lead("all_in")
    return Nothing()


@menu.answer(refuses={"bad": None, "short": None})
def run_also_in(typed: str, kept: OtherInput) -> Taken:
    """Read how much of another lot goes in, and keep it with those before."""
    found = read_units(typed, kept.run_also.unit, kept.run_also.left)
    return f"{kept.run_others}{kept.run_also.code}:{found.normalize():f};"


@menu.answer(refuses={"bad": None, "more": None})
def run_out(hop: Hop, typed: str, kept: RunOutput) -> kinds.Amounted:
    """Read how much comes out: no more mass than goes in."""
    found = read_units(typed, kept.run_product.unit)
    _masses(hop, kept, [(kept.run_product.id, kept.run_product.unit, found)])
    return found


@menu.rows()
def run_beside(hop: Hop, reader: Connection, kept: WholeRun) -> Sequence[RunBeside]:
    """Give the products that don't come out yet, behind the word that all do; that alone when there are MOST_BESIDE."""
    out = {product for product, _, _ in kept.goods()}
    rows = [RunBeside(row.id, row.name, row.unit, row.units) for row in run_products(hop, reader) if row.id not in out]
    return [ALL_OUT, *(rows if len(out) <= MOST_BESIDE else ())]


@menu.source(leads={"all_out": None})
def run_beside_last(kept: OtherOutput) -> Nothing:
    """Go on where that was all."""
    if not kept.run_beside.id:
        raise Lead("all_out")
    return Nothing()


@menu.answer(refuses={"bad": None, "more": None})
def run_beside_out(hop: Hop, typed: str, kept: OtherOutput) -> Taken:
    """Read how much of another product comes out, and keep it with those before: all together no more mass than goes in."""
    found, beside = read_units(typed, kept.run_beside.unit), kept.run_beside
    if not beside.id:
        raise Refused("bad")
    _masses(hop, kept, [*kept.goods(), (beside.id, beside.unit, found)])
    return f"{kept.run_outs}{beside.id}:{beside.unit}:{found.normalize():f};"


@menu.source(leads={"beside": None})
def run_loss(hop: Hop, kept: WholeRun) -> RunLoss:
    """Ask for other products first, where there may be any; then read the loss back, and ask about a yield that is rare."""
    if kept.run_many and (kept.run_beside is None or kept.run_beside.id):
        raise Lead("beside")
    goods = kept.goods()
    others, besides = (f" +{many - 1}" if many > 1 else "" for many in (len(kept.parts()), len(goods)))
    return RunLoss(_loss(*_masses(hop, kept, goods), kept.run_technique), others, besides)


@menu.effect(leads=ACTING, denies=NOT_DONE)
def run(hop: Hop, session: Session, kept: WholeRun) -> MadeLot:
    """Transform: what was asked about is sure by now."""
    act = officers_act(session, hop, "boutiques")
    outputs = [runs.Output(product, out, unit) for product, unit, out in kept.goods()]
    [lot, *more], loss = runs.run(session, act, kept.run_technique.id, kept.parts(), outputs, sure=True)
    weighed = loss and any(one.grams is not None for one in (lot, *more))  # what is only counted has no mass to lose
    made = made_lot(lot, f"Perte {units.quantity(Decimal(loss) / 1000)} kg." if weighed else "")
    return msgspec.structs.replace(made, more_lots=f" Et {units.count(len(more), 'lot')}: Stock." if more else "")


def _masses(hop: Hop, kept: RunInputs, goods: Sequence[tuple[int, str, Decimal]]) -> tuple[int | None, int | None]:
    """Return the grams that go in and come out, None where nothing of it has a mass; refuses with `more` what is too much."""

    def weigh() -> tuple[int | None, int | None]:
        with hop.desk.database.session() as session:
            return stock_of.mass_of_parts(session, kept.parts()), stock_of.mass_of_goods(session, goods)

    in_, out = once.ask(("masses", tuple(kept.parts()), tuple(goods)), weigh)
    if in_ is not None and out is not None and out > in_:
        raise Refused("more")
    return in_, out


def _loss(in_: int | None, out: int | None, technique: RunTechnique) -> str:
    if not in_ or out is None:
        return ""
    percent = round(100 * out / in_)
    said = f"Perte {units.quantity(Decimal(in_ - out) / 1000)} kg: {percent} %"
    rare = technique.low is not None and technique.high is not None and not technique.low <= percent <= technique.high
    return f"{said}, rare. Sûr ?" if rare else f"{said}."
