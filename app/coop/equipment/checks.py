"""What is wrong with bookings: a half-day that is held by nobody, or a booking that holds none."""

from sqlalchemy import Connection, select

from app.coop.equipment.models import Booking, HalfDay
from app.coop.subject import MOST_NAMED


def unheld(reader: Connection) -> list[str]:
    """Name bookings without their half-day, and half-days without a booking that is on."""
    live = Booking.state.in_(("asked", "booked", "out"))
    held = select(HalfDay.booking_id).where(HalfDay.booking_id.is_not(None))
    alone = reader.scalars(select(Booking.id).where(live, Booking.id.not_in(held)).limit(MOST_NAMED))
    on = select(Booking.id).where(live)
    free = HalfDay.booking_id.is_(None) | HalfDay.booking_id.not_in(on)
    kept = reader.execute(select(HalfDay.equipment_id, HalfDay.on_day, HalfDay.half).where(free).limit(MOST_NAMED))
    return [
        *(f"booking {number} holds no half-day" for number in alone),
        *(f"equipment {equipment}: {day} {half} is held by no booking" for equipment, day, half in kept),
    ]
