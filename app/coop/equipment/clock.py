"""What the clock does to bookings: ends those nobody decided or came for, and tells the next that it isn't back."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import texts
from app.coop.act import Act
from app.coop.equipment.bookings import bounds, move
from app.coop.equipment.models import Booking
from app.coop.members.notices import tell_member
from app.db.rows import each

SOON = timedelta(hours=24)
"""How far ahead the next member is told that what they booked isn't back."""
MOST_AT_ONCE = 500


def sweep(session: Session, now: datetime) -> None:
    """Let go of what was asked and not decided before its half-day, call missed what nobody came for, tell of what is late."""
    due = select(Booking).where(Booking.state.in_(("asked", "booked", "out")), Booking.on_day <= now.date())
    # One that is locked is being handed out or taken back: the next round sees what came of it.
    # What is out stays due until it is back: it comes last.
    due = due.order_by(Booking.state == "out", Booking.id)
    rows = session.scalars(due.limit(MOST_AT_ONCE).with_for_update(skip_locked=True)).all()

    def move_on(row: Booking) -> None:
        when = bounds(row.on_day, row.half)
        if row.state == "asked" and when.begins <= now:
            move(session, row.id, ("asked",), "refused")
            tell(session, Act.by_clock(f"booking:{row.id}:refused", now), row)
        elif row.state == "booked" and when.ends <= now:
            move(session, row.id, ("booked",), "missed")
        elif row.state == "out" and when.ends <= now:
            _tell_next(session, row, now)

    each(session, "a booking that is due", [(row.id, row) for row in rows], move_on)


def tell(session: Session, act: Act, row: Booking) -> None:
    """Tell a member how their booking stands now, once a state."""
    words = texts.say("booking_stands", number=str(row.id), day=row.on_day, half=row.half, booking=row.state)
    tell_member(session, act, row.member_id, "receipt", f"booking:{row.id}:{row.state}", words)


def _tell_next(session: Session, late: Booking, now: datetime) -> None:
    """Tell whoever has it next within SOON that it isn't back, once for each late booking."""
    ahead = (Booking.equipment_id == late.equipment_id) & (Booking.state == "booked") & (Booking.on_day >= late.on_day)
    rows = session.scalars(select(Booking).where(ahead).order_by(Booking.on_day, Booking.half).limit(4)).all()
    coming = [row for row in rows if late.on_day <= row.on_day and now < bounds(row.on_day, row.half).ends]
    if coming and bounds(coming[0].on_day, coming[0].half).begins <= now + SOON:
        words = texts.say("booking_late", number=str(coming[0].id), day=coming[0].on_day, half=coming[0].half)
        act = Act.by_clock(f"booking:{late.id}:late", now)
        tell_member(session, act, coming[0].member_id, "receipt", f"booking:{late.id}:late:{coming[0].id}", words)
