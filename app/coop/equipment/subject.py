"""Equipment and its bookings, as others must know them."""

from app.coop.equipment import checks, clock, console
from app.coop.equipment.models import Booking
from app.coop.subject import Rows, Subject, Sweep, UnderWay

subject = Subject(
    name="equipment",
    requests=(console.NEW, console.OUT, console.BACK),
    sweeps=(Sweep("bookings", 300, clock.sweep),),
    rows=(Rows(Booking, "move", "it has the member's number, no name"),),
    under_way=(
        UnderWay(Booking, ("out",), Booking.state == "out"),
        UnderWay(Booking, ("asked", "booked"), Booking.state.in_(("asked", "booked")), goes_over=True),
    ),
    checks=(checks.unheld,),
    movements={"deposit_back": "Caution"},
)
