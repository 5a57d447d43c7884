"""Figures of the four boutiques, each with its definition: what `jappoo report kpi` writes."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from app.coop.boutiques.models import OfferedLot, Order
from app.coop.chain.earnings import earned
from app.coop.chain.family import family_of
from app.coop.cooperatives.models import Cooperative
from app.coop.equipment.models import Booking
from app.coop.ideas.models import Idea
from app.coop.lots.models import Lot, LotEvent, LotMove

DEFINITIONS = {
    "ideas": "ideas that members of the co-operative proposed in the period",
    "filieres": "of the ideas decided in the period: those that became a product",
    "machine_days": "half-days of its equipment that were handed out in the period, divided by two",
    "tonnes_in": "mass that entered its lots in the period: deliveries less those reversed, and what was bought; in tonnes",
    "tonnes_out": "mass that left its lots by sales less refunds, in tonnes",
    "yield": "of its runs of the period: mass that came out in per cent of the mass that went in",
    "sales": "XOF of goods sold or delivered in the period, refunds left out",
    "to_producers": "of those sales of lots: what went to producers, in per cent of the price (docs/chain.md)",
}
SOLD = ("sold", "delivered")


class Figures(msgspec.Struct, frozen=True):
    """One co-operative's figures of a period; None where there is nothing to divide by."""

    cooperative: str
    ideas: int
    filieres: int
    machine_days: Decimal
    tonnes_in: Decimal
    tonnes_out: Decimal
    yield_: int | None = msgspec.field(name="yield")
    sales: int
    to_producers: int | None


def figures(reader: Connection, start: datetime, end: datetime) -> list[Figures]:
    """Return the figures of each co-operative for what was done from `start` on and before `end`, by code."""
    codes = {row.id: row.code for row in reader.execute(select(Cooperative.id, Cooperative.code))}
    within = (start, end)
    ideas = _counted(reader, Idea, Idea.proposed_at, within)
    filieres = _counted(reader, Idea, Idea.decided_at, within, Idea.state == "accepted")
    machines = _counted(reader, Booking, Booking.out_at, within)
    masses = _masses(reader, within)
    sales = _summed(reader, Order, Order.sold_at, func.sum(Order.amount), within, Order.state.in_(SOLD))
    shares = _shares(reader, within)
    return [
        Figures(
            code,
            ideas[one],
            filieres[one],
            Decimal(machines[one]) / 2,
            Decimal(masses[one, "in"]) / 1_000_000,
            Decimal(masses[one, "out"]) / 1_000_000,
            round(100 * masses[one, "made"] / masses[one, "taken"]) if masses[one, "taken"] else None,
            sales[one],
            shares.get(one),
        )
        for one, code in sorted(codes.items(), key=lambda pair: pair[1])
    ]


def _counted(reader: Connection, table: Any, at: Any, within: tuple[datetime, datetime], *only: Any) -> dict[int, int]:
    return _summed(reader, table, at, func.count(), within, *only)


def _summed(reader: Connection, table: Any, at: Any, what: Any, within: tuple[datetime, datetime], *only: Any) -> dict[int, int]:
    rows = select(table.cooperative_id, what).where(at >= within[0], at < within[1], *only).group_by(table.cooperative_id)
    found: dict[int, int] = defaultdict(int)
    found |= {one: int(number) for one, number in reader.execute(rows)}
    return found


def _masses(reader: Connection, within: tuple[datetime, datetime]) -> dict[tuple[int, str], int]:
    """Return the grams that entered lots, that were sold, and that runs took and made."""
    of = (LotEvent.at >= within[0]) & (LotEvent.at < within[1])
    found: dict[tuple[int, str], int] = defaultdict(int)
    rows = select(LotEvent.cooperative_id, LotEvent.kind, func.sum(LotEvent.entered), func.sum(LotEvent.gone)).where(of)
    for one, kind, entered, gone in reader.execute(rows.group_by(LotEvent.cooperative_id, LotEvent.kind)):
        found[one, "in"] += int(entered) if kind in ("delivery", "bought", "correction") else 0
        found[one, "out"] += int(gone) if kind == "sale" else -int(entered) if kind == "refund" else 0
    side = (LotMove.units > Decimal(0)).label("made")
    runs = select(LotEvent.cooperative_id, side, func.sum(LotMove.grams)).join(LotEvent, LotEvent.id == LotMove.event_id)
    for one, made, grams in reader.execute(runs.where(of, LotEvent.kind == "run").group_by(LotEvent.cooperative_id, side)):
        found[one, "made" if made else "taken"] += abs(int(grams or 0))
    return found


def _shares(reader: Connection, within: tuple[datetime, datetime]) -> dict[int, int]:
    """Return which per cent of the price of lots that sold in the period went to producers."""
    sold = select(Lot.cooperative_id, Lot.code).join(OfferedLot, OfferedLot.lot_id == Lot.id)
    sold = sold.join(Order, Order.offer_id == OfferedLot.offer_id)
    sold = sold.where(Order.state.in_(SOLD), Order.sold_at >= within[0], Order.sold_at < within[1]).distinct()
    price: dict[int, int] = defaultdict(int)
    producers: dict[int, int] = defaultdict(int)
    for one, code in reader.execute(sold).all():
        family = family_of(reader, code)
        found = earned(family) if family else None
        if found:
            price[one] += found.price
            producers[one] += found.to_producers
    return {one: round(100 * producers[one] / whole) for one, whole in price.items() if whole}
