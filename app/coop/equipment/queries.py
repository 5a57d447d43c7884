"""What screens and commands show of equipment and bookings."""

from datetime import date, datetime, timedelta
from typing import Any, get_args

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select
from sqlalchemy.orm import Session

from app.coop.cooperatives.models import Cooperative
from app.coop.equipment.bookings import Half, bookable_by, bounds
from app.coop.equipment.models import Booking, Equipment, HalfDay
from app.coop.members.models import Member, Person
from app.coop.scope import Scope
from app.db.pages import beyond

MOST = 200
"""As many as a piece of equipment that is booked 90 days ahead has half-days."""


class ShownEquipment(msgspec.Struct, frozen=True):
    """A piece of equipment: XOF a half-day."""

    id: int
    cooperative: str
    name: str
    place: str
    state: str
    fee: int
    deposit: int
    horizon: int
    most: int
    approval: bool


class ShownBooking(msgspec.Struct, frozen=True):
    """A booking, whose it is, and how often this member has missed one of this co-operative's."""

    id: int
    equipment: str
    on_day: date
    half: str
    state: str
    member_id: int
    card: str
    name: str
    fee: int
    deposit: int
    missed: int = 0


def equipment_for(reader: Connection | Session, cooperative_id: int) -> list[ShownEquipment]:
    """Return what a co-operative's members may book, by name."""
    return _shown(reader, bookable_by(cooperative_id))


def equipment_of(
    reader: Connection | Session, scope: Scope, *, only: int | None = None, after: int | None = None, most: int = MOST
) -> list[ShownEquipment]:
    """Return a scope's equipment, by name, behind the piece `after`; `only` the piece with an id, where one is given."""
    meant = Equipment.id == only if only is not None else beyond(after, Equipment.id, Equipment.name)
    return _shown(reader, scope.reach(Equipment.cooperative_id), Equipment.state != "retired", meant, most=most)


def free_half_days(reader: Connection | Session, equipment_id: int, horizon: int, now: datetime) -> list[tuple[date, str]]:
    """Return the half-days that can be booked now, soonest first."""
    first = now.date()
    taken = select(HalfDay.on_day, HalfDay.half).where(HalfDay.equipment_id == equipment_id, HalfDay.on_day >= first)
    held = {(row.on_day, row.half) for row in reader.execute(taken)}
    every = [(first + timedelta(days=days), half) for days in range(horizon + 1) for half in get_args(Half)]
    return [slot for slot in every if slot not in held and bounds(*slot).ends > now]


def bookings_of(reader: Connection | Session, member_id: int, today: date) -> list[ShownBooking]:
    """Return a member's bookings from today on, soonest first."""
    return _booked(reader, Booking.member_id == member_id, Booking.state.in_(("asked", "booked", "out")), Booking.on_day >= today)


def bookings_in(
    reader: Connection | Session,
    scope: Scope,
    state: str,
    on_day: date | None = None,
    *,
    only: int | None = None,
    after: int | None = None,
    most: int = MOST,
) -> list[ShownBooking]:
    """Return a scope's bookings in a state, soonest first, behind the one `after`.

    Of one day, or `only` the one with an id, where that is given.
    """
    meant = [beyond(after, Booking.id, Booking.on_day, Booking.half)]
    meant += [Booking.on_day == on_day] if on_day else []
    meant += [Booking.id == only] if only is not None else []
    return _booked(reader, scope.own(Booking.cooperative_id), Booking.state == state, *meant, most=most)


def week_of(reader: Connection | Session, equipment_id: int, monday: date) -> list[ShownBooking]:
    """Return who has, had or asks for which half-days of a week; what was taken back or refused is left out."""
    within = (Booking.on_day >= monday) & (Booking.on_day < monday + timedelta(days=7))
    held = Booking.state.in_(("asked", "booked", "out", "back", "missed"))
    found = _booked(reader, Booking.equipment_id == equipment_id, within, held)
    return sorted(found, key=lambda one: one.state != "missed")  # one that nobody came for may have been booked again


def booked_ahead(reader: Connection | Session, equipment_id: int, today: date) -> list[ShownBooking]:
    """Return who has which half-days of a piece of equipment from today on, or asks for them."""
    live = Booking.state.in_(("asked", "booked", "out"))
    return _booked(reader, Booking.equipment_id == equipment_id, live, Booking.on_day >= today)


def _booked(reader: Connection | Session, *only: ColumnElement[bool], most: int = MOST) -> list[ShownBooking]:
    earlier = Booking.__table__.alias()
    missed = select(func.count()).where(
        earlier.c.member_id == Booking.member_id, earlier.c.equipment_id == Booking.equipment_id, earlier.c.state == "missed"
    )
    columns = (Booking.id, Equipment.name, Booking.on_day, Booking.half, Booking.state, Booking.member_id, Member.card, Person.name)
    rows: Any = select(*columns, Booking.fee, Booking.deposit, missed.scalar_subquery())
    rows = rows.join(Equipment, Equipment.id == Booking.equipment_id).join(Member, Member.id == Booking.member_id)
    rows = rows.join(Person, Person.id == Member.person_id).where(*only)
    return [ShownBooking(*row) for row in reader.execute(rows.order_by(Booking.on_day, Booking.half, Booking.id).limit(most))]


def _shown(reader: Connection | Session, *only: ColumnElement[bool], most: int = MOST) -> list[ShownEquipment]:
    columns = (Equipment.id, Cooperative.code, Equipment.name, Equipment.place, Equipment.state, Equipment.fee, Equipment.deposit)
    rows: Any = select(*columns, Equipment.horizon, Equipment.most, Equipment.approval)
    rows = rows.join(Cooperative, Cooperative.id == Equipment.cooperative_id).where(*only)
    return [ShownEquipment(*row) for row in reader.execute(rows.order_by(Equipment.name, Equipment.id).limit(most))]
