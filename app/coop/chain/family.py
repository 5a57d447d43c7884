"""A lot with all it was made of, and all that was made of it: read in three SELECTs, however long the chain."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import CTE, Connection, Select, func, literal, null, select, type_coerce, union_all
from sqlalchemy.orm import Session, aliased

from app.coop.boutiques.models import OfferedLot, Order
from app.coop.cooperatives.models import Commune, Cooperative
from app.coop.lots.models import Lot, LotConsent, LotDelivery, LotEvent, LotMove, RunWork
from app.coop.production.models import Weighing
from app.coop.products.models import Product
from app.coop.techniques.models import Technique
from app.db.base import Utc

AGREED = -1
"""Stands for the member in the row that counts a lot's consents."""


class Link(msgspec.Struct, frozen=True):
    """A lot of the family, with the event that made it: `cost` in XOF, `lost` grams."""

    id: int
    code: str
    product: str
    unit: str
    made_units: Decimal
    made_grams: int | None
    left: Decimal
    place: str
    best_before: date | None
    source: str | None
    public: bool
    event: int
    kind: str
    at: datetime
    cost: int
    lost: int
    technique: str | None
    cooperative: str
    commune: str

    @property
    def weight(self) -> float:
        """Return the lot's size in its event: grams where it has a mass."""
        return float(self.made_units if self.made_grams is None else self.made_grams)


class TakenPart(msgspec.Struct, frozen=True):
    """What an event took of a lot: the part of the lot that it was, and its weight beside the event's other inputs."""

    lot: int
    part: float
    weight: float


class DeliveredPart(msgspec.Struct, frozen=True):
    """A member's deliveries in a lot: grams (or units of what has no mass), and XOF before deductions."""

    lot: int
    member: int
    weight: float
    gross: int


class Sold(msgspec.Struct, frozen=True):
    """What was sold of a lot: units and XOF, refunds left out; `invoiced` tells that it isn't all paid yet."""

    lot: int
    units: Decimal
    amount: int
    at: datetime


class Family(msgspec.Struct, frozen=True):
    """A lot's family: links by id, in the order in which they were made; what each event took; deliveries and sales by lot.

    `agreed` says by lot how many producers let its francs be shown.
    """

    target: Link
    links: dict[int, Link]
    taken: dict[int, list[TakenPart]]
    outputs: dict[int, float]
    deliveries: dict[int, list[DeliveredPart]]
    sales: dict[int, list[Sold]]
    agreed: dict[int, int]

    def share_out(self, link: Link) -> float:
        """Return which part of its event's output a lot is."""
        return link.weight / self.outputs[link.event] if self.outputs[link.event] else 0.0


def family_of(reader: Connection | Session, code: str) -> Family | None:
    """Return the family of the lot with a code; None when there is none."""
    return families_of(reader, [code]).get(code)


def families_of(reader: Connection | Session, codes: Collection[str]) -> dict[str, Family]:
    """Return the families of lots by their codes, read at once: each has the links of all; an unknown code is left out."""
    ids = _ids(codes)
    columns = (Lot.id, Lot.code, Product.name, Lot.unit, Lot.made_units, Lot.made_grams, Lot.units, Lot.place, Lot.best_before)
    cost = LotEvent.cost + func.coalesce(RunWork.cost, 0)
    event = (Lot.source, Lot.public, LotEvent.id, LotEvent.kind, LotEvent.at, cost, LotEvent.gone, Technique.name)
    rows: Any = select(*columns, *event, Cooperative.code, Commune.name).join(ids, ids.c.id == Lot.id)
    rows = rows.join(Product, Product.id == Lot.product_id).join(LotEvent, LotEvent.id == Lot.made_by)
    rows = rows.outerjoin(RunWork, RunWork.event_id == LotEvent.id)
    rows = rows.outerjoin(Technique, Technique.id == LotEvent.technique_id)
    rows = rows.join(Cooperative, Cooperative.id == Lot.cooperative_id).join(Commune, Commune.id == Cooperative.commune_id)
    links = {row[0]: Link(*row) for row in reader.execute(rows.order_by(Lot.id))}
    targets = [link for link in links.values() if link.code in codes]
    if not targets:
        return {}
    taken, outputs = _moves(reader, codes, links)
    ends = _ends(reader, codes)
    return {link.code: Family(link, links, taken, outputs, *ends) for link in targets}


def _ids(codes: Collection[str]) -> CTE:
    """Select the ids of lots, of all made of them, and of all that those were made of."""
    down = select(Lot.id).where(Lot.code.in_(codes)).cte("down", recursive=True)
    child = aliased(Lot)
    onward = select(child.id).join(LotMove, LotMove.event_id == child.made_by).join(down, down.c.id == LotMove.lot_id)
    # UNION without ALL: lots that were split and meet again are read once.
    down = down.union(onward.where(LotMove.units < Decimal(0)))
    return _with_sources(select(down.c.id))


def unsold() -> CTE:
    """Select the ids of all lots of which some is left, or of what was made of them."""
    return _with_sources(select(Lot.id).where(Lot.units > Decimal(0)))


def _with_sources(ids: Select[int]) -> CTE:
    up = ids.cte("up", recursive=True)
    parent = aliased(Lot)
    back = select(LotMove.lot_id).join(parent, parent.made_by == LotMove.event_id).join(up, up.c.id == parent.id)
    return up.union(back.where(LotMove.units < Decimal(0)))


def _moves(
    reader: Connection | Session, codes: Collection[str], links: dict[int, Link]
) -> tuple[dict[int, list[TakenPart]], dict[int, float]]:
    """Return what the family's events took, and the weight of all that each made."""
    ids = _ids(codes)
    events = select(Lot.made_by).join(ids, ids.c.id == Lot.id)
    rows = reader.execute(
        select(LotMove.event_id, LotMove.lot_id, LotMove.units, LotMove.grams).where(LotMove.event_id.in_(events))
    ).all()
    by_event: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        by_event[row.event_id].append(row)
    taken: dict[int, list[TakenPart]] = {}
    outputs: dict[int, float] = {}
    for event, moves in by_event.items():
        into, out = [row for row in moves if row.units < 0], [row for row in moves if row.units > 0]
        massive = any(row.grams for row in into)
        taken[event] = [
            TakenPart(
                row.lot_id,
                float(-row.units / links[row.lot_id].made_units),
                float(-(row.grams or 0)) if massive else float(-row.units),
            )
            for row in into
            if row.lot_id in links
        ]
        outputs[event] = sum(float(row.units if row.grams is None else row.grams) for row in out)
    return taken, outputs


def _ends(
    reader: Connection | Session, codes: Collection[str]
) -> tuple[dict[int, list[DeliveredPart]], dict[int, list[Sold]], dict[int, int]]:
    """Return deliveries and sales of the family's lots, and how many producers agreed to francs, in one SELECT."""
    ids = _ids(codes)
    never = type_coerce(null(), Utc()).label("at")  # a union's types are those of its first part
    sums = (func.sum(LotDelivery.units), func.sum(LotDelivery.grams), func.sum(Weighing.gross))
    brought: Any = select(LotDelivery.lot_id, Weighing.member_id, *sums, never).group_by(LotDelivery.lot_id, Weighing.member_id)
    brought = brought.join(Weighing, Weighing.id == LotDelivery.weighing_id).join(ids, ids.c.id == LotDelivery.lot_id)
    sold: Any = select(OfferedLot.lot_id, literal(0), Order.quantity, null(), Order.amount, Order.sold_at)
    sold = sold.join(Order, Order.offer_id == OfferedLot.offer_id).join(ids, ids.c.id == OfferedLot.lot_id)
    brought, sold = brought.where(LotDelivery.corrected_at.is_(None)), sold.where(Order.state.in_(("sold", "delivered")))
    agreed: Any = select(LotConsent.lot_id, literal(AGREED), null(), null(), func.count(), null()).group_by(LotConsent.lot_id)
    every: Any = union_all(brought, sold, agreed.join(ids, ids.c.id == LotConsent.lot_id))
    deliveries: dict[int, list[DeliveredPart]] = defaultdict(list)
    sales: dict[int, list[Sold]] = defaultdict(list)
    consents: dict[int, int] = {}
    for lot, member, units, grams, francs, at in reader.execute(every):
        if member == AGREED:
            consents[lot] = francs
        elif member:
            deliveries[lot].append(DeliveredPart(lot, member, float(units if grams is None else grams), int(francs or 0)))
        else:
            sales[lot].append(Sold(lot, units, int(francs), at))
    return deliveries, sales, consents
