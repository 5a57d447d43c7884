"""What can be bought now, what is ordered, what is owed on invoices."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, case, func, select, type_coerce
from sqlalchemy.orm import Session

from app.coop.boutiques.models import DayCount, Offer, OfferedLot, Order
from app.coop.boutiques.orders import whose
from app.coop.cooperatives.models import Cooperative
from app.coop.lots.models import Lot
from app.coop.scope import Scope
from app.db.pages import behind

MOST = 200


class ForSale(msgspec.Struct, frozen=True):
    """An offer: XOF a unit, the quantity left, the place, best before (None: no such day), its lot's code if that is public."""

    id: int
    name: str
    unit: str
    amount: int
    quantity: Decimal
    place: str
    best_before: date | None = None
    lot: str | None = None


class ShownOrder(msgspec.Struct, frozen=True):
    """An order: `amount` in XOF for all of it."""

    id: int
    cooperative: str
    name: str
    unit: str
    quantity: Decimal
    amount: int
    way: str
    state: str
    code: str
    place: str
    reserved_until: datetime
    member_id: int | None
    buyer: str | None
    invoice: str | None
    due_on: date | None
    at: datetime


def for_sale(reader: Connection | Session, now: datetime, *only: ColumnElement[bool]) -> tuple[ForSale, ...]:
    """Return the newest offers that still stand and have something left, by their numbers; at most MOST."""
    columns = (Offer.id, Offer.name, Offer.unit, Offer.amount, Offer.quantity, Offer.place, Lot.best_before)
    rows: Any = (
        select(*columns, case((Lot.public, Lot.code)))
        .outerjoin(OfferedLot, OfferedLot.offer_id == Offer.id)
        .outerjoin(Lot, Lot.id == OfferedLot.lot_id)
    )
    rows = rows.where(Offer.until_at > now, Offer.quantity > Decimal(0), *only).order_by(Offer.id.desc()).limit(MOST)
    return tuple(ForSale(*row) for row in reversed(reader.execute(rows).all()))


class ShelfOffer(ForSale, frozen=True):
    """An offer with whose it is, what of it is reserved, and its end."""

    cooperative: str = ""
    reserved: Decimal = Decimal(0)
    until_at: datetime | None = None
    lot_id: int | None = None


class ShownCount(msgspec.Struct, frozen=True):
    """What was counted of an offer's shelf, or in XOF (`what` None) of the box, and what the books said."""

    id: int
    cooperative: str
    what: str | None
    unit: str | None
    counted: Decimal
    books: Decimal
    state: str
    at: datetime


def shelf(reader: Connection | Session, scope: Scope, now: datetime, *, most: int, before: int | None = None) -> list[ShelfOffer]:
    """Return a scope's offers that still stand, newest first, from the one with the id `before` on."""
    columns = (Offer.id, Offer.name, Offer.unit, Offer.amount, Offer.quantity, Offer.place, Lot.best_before)
    waits = select(func.coalesce(func.sum(Order.quantity), 0)).where(Order.offer_id == Offer.id, Order.state == "reserved")
    # A sum of a Quantity comes back as plain thousandths: the type is said again.
    reserved = type_coerce(waits.scalar_subquery(), Order.quantity.type)
    rows: Any = select(*columns, Lot.code, Cooperative.code, reserved, Offer.until_at, Lot.id)
    rows = rows.join(Cooperative, Cooperative.id == Offer.cooperative_id)
    rows = rows.outerjoin(OfferedLot, OfferedLot.offer_id == Offer.id).outerjoin(Lot, Lot.id == OfferedLot.lot_id)
    rows = rows.where(Offer.until_at > now, scope.reach(Offer.cooperative_id), behind(Offer.id, before))
    return [ShelfOffer(*row) for row in reader.execute(rows.order_by(Offer.id.desc()).limit(most))]


def day_counts(reader: Connection | Session, scope: Scope, *, most: int, before: int | None = None) -> list[ShownCount]:
    """Return what was counted at days' ends, newest first."""
    row = DayCount
    rows = select(row.id, Cooperative.code, Offer.name, Offer.unit, row.counted, row.books, row.state, row.at)
    rows = rows.join(Cooperative, Cooperative.id == row.cooperative_id).outerjoin(Offer, Offer.id == row.offer_id)
    rows = rows.where(scope.reach(row.cooperative_id), behind(row.id, before))
    return [ShownCount(*one) for one in reader.execute(rows.order_by(row.id.desc()).limit(most))]


def orders_in(
    reader: Connection | Session, scope: Scope, states: Sequence[str], *, most: int, before: int | None = None
) -> list[ShownOrder]:
    """Return a scope's orders in some states, newest first."""
    return orders(reader, Order.state.in_(states), scope.reach(Order.cooperative_id), behind(Order.id, before), most=most)


def orders(reader: Connection | Session, *only: ColumnElement[bool], most: int | None = MOST) -> list[ShownOrder]:
    """Return orders under conditions, newest first."""
    columns = (
        Order.id,
        Cooperative.code,
        Offer.name,
        Offer.unit,
        Order.quantity,
        Order.amount,
        Order.way,
        Order.state,
        Order.code,
    )
    more = (
        Offer.place,
        Order.reserved_until,
        Order.member_id,
        Order.buyer,
        Order.invoice,
        Order.due_on,
        Order.at,
    )
    rows: Any = select(*columns, *more).join(Offer, Offer.id == Order.offer_id)
    rows = rows.join(Cooperative, Cooperative.id == Order.cooperative_id).where(*only).order_by(Order.id.desc()).limit(most)
    return [ShownOrder(*row) for row in reader.execute(rows)]


def open_orders(reader: Connection | Session, phone: str, member_id: int | None, now: datetime) -> list[ShownOrder]:
    """Return what waits to be picked up of a number's own orders, with those of the member who holds it alone."""
    return orders(reader, whose(phone, member_id), Order.state == "reserved", Order.reserved_until > now)


def invoices_due(reader: Connection | Session, scope: Scope) -> list[ShownOrder]:
    """Return all invoices that aren't paid, newest first: the oldest is the last, and the most overdue."""
    return orders(reader, Order.state == "delivered", scope.reach(Order.cooperative_id), most=None)


def last_sales(reader: Connection | Session, scope: Scope) -> list[ShownOrder]:
    """Return a scope's last sales, newest first."""
    return orders(reader, Order.state.in_(("sold", "delivered")), scope.own(Order.cooperative_id))
