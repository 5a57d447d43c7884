"""Book a half-day of a piece of equipment, decide on it, take it back. It is claimed as a row, also while it is only asked."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

import msgspec
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.equipment.models import Booking, Equipment, HalfDay, LentEquipment
from app.coop.members.lock import lock_member
from app.coop.offices import audit
from app.db.rows import require, store, total
from app.db.upsert import upsert

Half = Literal["am", "pm"]
HALVES: dict[Half, tuple[time, time]] = {"am": (time(7), time(13)), "pm": (time(13), time(19))}
"""From when until when a half-day is, UTC, which is Dakar's: none of them passes midnight."""
IN_TIME = timedelta(hours=12)
"""How long before its half-day a booking is taken back without being counted."""
MISSED_COUNT_FOR = timedelta(days=30)
"""For how long one that was missed counts against what a member may book."""


class EquipmentGone(Exception):
    """It isn't there, in repair, or not for this member's co-operative."""


class BadHalfDay(ValueError):
    """Not a half-day, past, or beyond the horizon; the argument says which, in French."""


class HalfDayTaken(Exception):
    """Somebody has it, or asks for it."""


class TooManyBookings(Exception):
    """The member has `most` half-days of this equipment ahead, those missed lately counted."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class NoBooker(Exception):
    """Only an active member books."""


class BookingNotOpen(Exception):
    """The booking isn't in the state that this needs, or not this person's."""


class Bounds(msgspec.Struct, frozen=True):
    """When a half-day begins and ends, UTC."""

    begins: datetime
    ends: datetime


def bounds(on_day: date, half: str) -> Bounds:
    """Return when a half-day begins and ends. Raises BadHalfDay when it is none."""
    if half not in HALVES:
        raise BadHalfDay("Le matin ou l'après-midi, svp.")
    begins, ends = HALVES[half]
    return Bounds(datetime.combine(on_day, begins, UTC), datetime.combine(on_day, ends, UTC))


def book(session: Session, act: Act, equipment_id: int, on_day: date, half: str) -> Booking:
    """Claim a half-day for a member: booked, or asked where an officer decides. The same operation gives the first.

    Raises NoBooker, EquipmentGone, BadHalfDay, TooManyBookings, HalfDayTaken.
    """
    member = lock_member(session, act.member, NoBooker)
    known = session.scalar(select(Booking).where(Booking.operation == act.operation))
    if known is not None:
        return known
    if member.state != "active":
        raise NoBooker(act.member)
    what = require(
        session.scalar(select(Equipment).where(Equipment.id == equipment_id, bookable_by(member.cooperative_id))),
        EquipmentGone(equipment_id),
    )
    if bounds(on_day, half).ends <= act.now:
        raise BadHalfDay("Cette demi-journée est passée.")
    if on_day > act.today + timedelta(days=what.horizon):
        raise BadHalfDay(f"{what.horizon} jours d'avance au plus.")
    if _counted(session, act, equipment_id) >= what.most:
        raise TooManyBookings(what.most)
    slot = {"equipment_id": equipment_id, "on_day": on_day, "half": half}
    # The key decides. Who claims the same half-day at once waits here for the first one's commit, and then has no row.
    claimed = upsert(session, HalfDay).values(slot).on_conflict_do_nothing().returning(HalfDay.half)
    require(session.scalar(claimed), HalfDayTaken(on_day, half))
    row = Booking(
        **slot,
        cooperative_id=what.cooperative_id,
        member_id=act.member,
        state="asked" if what.approval else "booked",
        fee=what.fee,
        deposit=what.deposit,
        asked_at=act.now,
        channel=act.channel,
        operation=act.operation,
    )
    store(session, row)
    mine = (HalfDay.equipment_id == equipment_id) & (HalfDay.on_day == on_day) & (HalfDay.half == half)
    session.execute(update(HalfDay).where(mine).values(booking_id=row.id))
    return row


def decide(session: Session, act: Act, booking_id: int, *, accepted: bool) -> Booking:
    """Give an officer's word on what is asked for, once. Raises BookingNotOpen."""
    row = move(session, booking_id, ("asked",), "booked" if accepted else "refused", _here(act))
    row.decided_by = act.person_id
    audit.note(session, act, f"booking {'accepted' if accepted else 'refused'}", f"booking:{row.id}", row)
    return row


def cancel(session: Session, act: Act, booking_id: int) -> Booking:
    """Take a booking back by the member's word: in time, or before an officer's word, it isn't counted. Raises BookingNotOpen."""
    row = session.get(Booking, booking_id)
    late = row is not None and row.state == "booked" and bounds(row.on_day, row.half).begins - IN_TIME < act.now
    return move(session, booking_id, ("asked", "booked"), "missed" if late else "cancelled", Booking.member_id == act.member)


def move(session: Session, booking_id: int, before: tuple[str, ...], state: str, *only: ColumnElement[bool]) -> Booking:
    """Move a booking on from one of these states, its half-day free again unless somebody has it; of two at once one does.

    Raises BookingNotOpen.
    """
    moved = update(Booking).where(Booking.id == booking_id, Booking.state.in_(before), *only).values(state=state)
    require(session.scalar(moved.returning(Booking.id)), BookingNotOpen(booking_id))
    if state not in ("booked", "out"):
        session.execute(delete(HalfDay).where(HalfDay.booking_id == booking_id))
    return session.get_one(Booking, booking_id, populate_existing=True)


def bookable_by(cooperative_id: int) -> ColumnElement[bool]:
    """Return the condition for equipment that a co-operative's members may book: its own, or lent to it."""
    lent = select(LentEquipment.equipment_id).where(LentEquipment.cooperative_id == cooperative_id)
    return (Equipment.state == "usable") & ((Equipment.cooperative_id == cooperative_id) | Equipment.id.in_(lent))


def _counted(session: Session, act: Act, equipment_id: int) -> int:
    """Count a member's half-days ahead, and those missed lately; the member is locked, so two at once don't pass the cap."""
    ahead = Booking.state.in_(("asked", "booked", "out")) & (Booking.on_day >= act.today)
    missed = (Booking.state == "missed") & (Booking.on_day > act.today - MISSED_COUNT_FOR)
    mine = (Booking.member_id == act.member) & (Booking.equipment_id == equipment_id)
    return total(session, select(func.count()).select_from(Booking).where(mine, ahead | missed))


def _here(act: Act) -> ColumnElement[bool]:
    return act.office.scope.own(Booking.cooperative_id)
