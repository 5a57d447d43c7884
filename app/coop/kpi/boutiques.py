"""The four boutiques: from an idea to what producers got of the price."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from app.coop.boutiques.models import OfferedLot, Order
from app.coop.chain.earnings import earned
from app.coop.chain.family import families_of
from app.coop.equipment.models import Booking
from app.coop.ideas.models import Idea
from app.coop.kpi.cells import FigureCell, Month
from app.coop.lots.models import Lot, LotDelivery, LotEvent, LotMove, RunWork
from app.coop.production.models import Weighing

SOLD = ("sold", "delivered")
Sums = Counter[tuple[int, str]]


def boutiques(reader: Connection | Session, ids: Sequence[int], month: Month) -> list[FigureCell]:
    """Return ideas, machines, what went through lots, and sales."""
    counts = (
        ("ideas", Idea, Idea.proposed_at, func.count(), ()),
        ("filieres", Idea, Idea.decided_at, func.count(), (Idea.state == "accepted",)),
        ("decided", Idea, Idea.decided_at, func.count(), ()),
        ("machine_days", Booking, Booking.out_at, func.count(), ()),
        ("sales", Order, Order.sold_at, func.sum(Order.amount), (Order.state.in_(SOLD),)),
    )
    sums: Sums = Counter()
    for name, table, at, what, only in counts:
        rows = select(table.cooperative_id, what).where(table.cooperative_id.in_(ids), _within(at, month), *only)
        for one, number in reader.execute(rows.group_by(table.cooperative_id)):
            sums[one, name] += int(number)
    _add_masses(reader, ids, month, sums)
    _add_shares(reader, ids, month, sums)
    givers = _givers(reader, ids, month)
    found: list[FigureCell] = []
    for one in ids:
        found += [
            FigureCell(name, one, "", sums[one, name]) for name in ("ideas", "machine_days", "tonnes_out", "sales", "run_hours")
        ]
        found += [FigureCell("tonnes_in", one, "", sums[one, "tonnes_in"], persons=givers.get(one, 0))]
        for name, of in (("filieres", "decided"), ("yield", "taken"), ("to_producers", "price")):
            found += [FigureCell(name, one, "", sums[one, name], sums[one, of])]
    return [cell for cell in found if cell.numerator or cell.denominator]


def _within(at: Any, month: Month) -> Any:
    return (at >= month.start) & (at < month.end)


def _add_masses(reader: Connection | Session, ids: Sequence[int], month: Month, sums: Sums) -> None:
    """Add the grams that entered lots, that were sold, that runs took and made, and the minutes of work on runs."""
    here = LotEvent.cooperative_id.in_(ids) & _within(LotEvent.at, month)
    work = func.coalesce(func.sum(LotEvent.minutes * func.coalesce(LotEvent.workers, 1)), 0)
    rows = select(LotEvent.cooperative_id, LotEvent.kind, func.sum(LotEvent.entered), func.sum(LotEvent.gone), work).where(here)
    for one, kind, entered, gone, minutes in reader.execute(rows.group_by(LotEvent.cooperative_id, LotEvent.kind)):
        sums[one, "tonnes_in"] += int(entered) if kind in ("delivery", "bought", "correction") else 0
        sums[one, "tonnes_out"] += int(gone) if kind == "sale" else -int(entered) if kind == "refund" else 0
        sums[one, "run_hours"] += int(minutes or 0) if kind == "run" else 0
    later = select(LotEvent.cooperative_id, func.sum(RunWork.minutes * RunWork.workers))
    later = later.join(LotEvent, LotEvent.id == RunWork.event_id).where(
        LotEvent.cooperative_id.in_(ids), _within(RunWork.at, month)
    )
    for one, minutes in reader.execute(later.group_by(LotEvent.cooperative_id)):
        sums[one, "run_hours"] += int(minutes)
    side = (LotMove.units > Decimal(0)).label("made")
    runs = select(LotEvent.cooperative_id, side, func.sum(LotMove.grams)).join(LotEvent, LotEvent.id == LotMove.event_id)
    for one, made, grams in reader.execute(runs.where(here, LotEvent.kind == "run").group_by(LotEvent.cooperative_id, side)):
        sums[one, "yield" if made else "taken"] += abs(int(grams or 0))


def _add_shares(reader: Connection | Session, ids: Sequence[int], month: Month, sums: Sums) -> None:
    """Add what was paid for lots that sold in the month, and what of it went to producers."""
    sold = select(Lot.cooperative_id, Lot.code).join(OfferedLot, OfferedLot.lot_id == Lot.id)
    sold = sold.join(Order, Order.offer_id == OfferedLot.offer_id)
    sold = sold.where(Lot.cooperative_id.in_(ids), Order.state.in_(SOLD), _within(Order.sold_at, month)).distinct()
    lots: dict[int, list[str]] = defaultdict(list)
    for one, code in reader.execute(sold):
        lots[one].append(code)
    for one, codes in lots.items():
        for family in families_of(reader, codes).values():
            found = earned(family)
            sums[one, "price"] += found.price
            sums[one, "to_producers"] += found.to_producers


def _givers(reader: Connection | Session, ids: Sequence[int], month: Month) -> dict[int, int]:
    """Return how many members brought what entered lots in the month."""
    rows = select(LotEvent.cooperative_id, func.count(Weighing.member_id.distinct())).join(Lot, Lot.made_by == LotEvent.id)
    rows = rows.join(LotDelivery, LotDelivery.lot_id == Lot.id).join(Weighing, Weighing.id == LotDelivery.weighing_id)
    rows = rows.where(LotEvent.cooperative_id.in_(ids), _within(LotEvent.at, month)).group_by(LotEvent.cooperative_id)
    return dict(reader.execute(rows).all())
