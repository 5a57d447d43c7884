"""What screens and commands show of lots."""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, select, true
from sqlalchemy.orm import Session

from app.coop.cooperatives.models import Cooperative
from app.coop.lots.models import Lot, LotDelivery, LotEvent
from app.coop.production.models import Weighing
from app.coop.products.models import Product
from app.coop.rights import NotYours
from app.coop.scope import Scope
from app.db.pages import behind
from app.db.rows import require

MOST = 200


class ShownLot(msgspec.Struct, frozen=True):
    """A lot: what is left in its unit and in grams (None: only counted), how much of it is on offer, how it was made."""

    id: int
    code: str
    cooperative: str
    product_id: int
    product: str
    unit: str
    units: Decimal
    grams: int | None
    offered: Decimal
    place: str
    best_before: date | None
    made: str
    made_on: date
    made_units: Decimal
    public: bool


def lots(reader: Connection | Session, *only: ColumnElement[bool], most: int | None = MOST) -> list[ShownLot]:
    """Return lots under conditions, newest first; one SELECT."""
    columns = (Lot.id, Lot.code, Cooperative.code, Lot.product_id, Product.name, Lot.unit, Lot.units, Lot.grams, Lot.offered)
    rows: Any = select(*columns, Lot.place, Lot.best_before, LotEvent.kind, LotEvent.at, Lot.made_units, Lot.public)
    rows = rows.join(Cooperative, Cooperative.id == Lot.cooperative_id).join(Product, Product.id == Lot.product_id)
    rows = rows.join(LotEvent, LotEvent.id == Lot.made_by).where(*only).order_by(Lot.id.desc()).limit(most)
    return [ShownLot(*(value.date() if at == 12 else value for at, value in enumerate(row))) for row in reader.execute(rows)]


def stock(reader: Connection | Session, scope: Scope, *, most: int | None = MOST) -> list[ShownLot]:
    """Return a scope's lots with something left, newest first."""
    return lots(reader, Lot.units > Decimal(0), scope.reach(Lot.cooperative_id), most=most)


def lots_in(reader: Connection | Session, scope: Scope, *, used_up: bool, most: int, before: int | None = None) -> list[ShownLot]:
    """Return a page of a scope's lots, newest first: those with something left, or also those that are used up."""
    left = true() if used_up else Lot.units > Decimal(0)
    return lots(reader, scope.reach(Lot.cooperative_id), left, behind(Lot.id, before), most=most)


def code_of(reader: Connection | Session, scope: Scope, lot_id: int) -> str:
    """Return the code of a scope's lot. Raises NotYours."""
    return require(reader.scalar(select(Lot.code).where(Lot.id == lot_id, scope.reach(Lot.cooperative_id))), NotYours("read"))


def lots_of_member(reader: Connection | Session, member_id: int) -> list[ShownLot]:
    """Return the lots that a member's deliveries went into, newest first."""
    mine = select(LotDelivery.lot_id).join(Weighing, Weighing.id == LotDelivery.weighing_id).where(Weighing.member_id == member_id)
    return lots(reader, Lot.id.in_(mine))
