"""What is asked of equipment at the console: begun, handed out and taken back, with fee and deposit, by PIN."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.amounts import francs
from app.coop.act import Act
from app.coop.console_requests.kinds import RequestDone, RequestKind
from app.coop.equipment import bookings, clock, custody, queries
from app.coop.equipment.models import Booking
from app.coop.rights import NotYours
from app.coop.scope import Scope
from app.db.rows import require

LONGEST_NAME = 20
CUT_NAME = 12
"""Letters of a machine's name and place in a sentence that has all its terms."""
DENIES = {
    bookings.BookingNotOpen: "déjà fait, ou pas du jour",
    bookings.EquipmentGone: "la machine est en réparation",
    custody.StillOut: "la machine n'est pas encore rendue",
    custody.OwnBooking: "pas pour vous-même: un autre responsable",
    custody.EquipmentRefused: "ce nom est pris, ou un chiffre ne va pas",
    NotYours: "une machine est à une CPS: son responsable le demande",
}


class AskedHandOut(msgspec.Struct, frozen=True):
    """A booking of today that should be handed out; `state` is *bon* or *usé*."""

    booking_id: int
    state: str


class AskedReturn(msgspec.Struct, frozen=True):
    """What should be taken back; with `damaged` the deposit is kept and it is in repair."""

    booking_id: int
    damaged: bool


class AskedEquipment(msgspec.Struct, frozen=True):
    """Equipment that the co-operative should have for its members to book."""

    name: str
    place: str
    terms: custody.HireTerms


def _say_new(reader: Connection | Session, scope: Scope, now: datetime, wanted: AskedEquipment) -> str:
    del now
    if scope.cooperative_id is None:
        raise NotYours("boutiques")
    custody.check(reader, scope.cooperative_id, wanted.name, wanted.place, wanted.terms)
    terms, what = wanted.terms, f"{wanted.name[:CUT_NAME]}, {wanted.place[:CUT_NAME]}"
    decided = ", à décider" if terms.approval else ""
    return f"machine {what}: {francs(terms.fee)}, caution {francs(terms.deposit)}, {terms.horizon} j, {terms.most} fois{decided}."


def _add(session: Session, act: Act, wanted: AskedEquipment) -> RequestDone:
    row = custody.add(session, act, act.office.scope.cooperative, wanted.name, wanted.place, wanted.terms)
    return RequestDone(f"{row.name}: les membres peuvent réserver.")


def _found(reader: Connection | Session, scope: Scope, booking_id: int, state: str) -> queries.ShownBooking:
    return require(
        next((one for one in queries.bookings_in(reader, scope, state, only=booking_id)), None), bookings.BookingNotOpen(booking_id)
    )


def _say_out(reader: Connection | Session, scope: Scope, now: datetime, wanted: AskedHandOut) -> str:
    del now
    one = _found(reader, scope, wanted.booking_id, "booked")
    paid = f"prix {francs(one.fee)}, caution {francs(one.deposit)}"
    return f"remettre {one.equipment} ({wanted.state}) à {one.name[:LONGEST_NAME]}, {paid}."


def _hand_out(session: Session, act: Act, wanted: AskedHandOut) -> RequestDone:
    clock.tell(session, act, custody.hand_out(session, act, wanted.booking_id, wanted.state))
    return RequestDone("Remis.")


def _say_return(reader: Connection | Session, scope: Scope, now: datetime, wanted: AskedReturn) -> str:
    del now
    one = _found(reader, scope, wanted.booking_id, "out")
    what = "abîmé, caution gardée" if wanted.damaged else f"en bon état, caution {francs(one.deposit)} rendue"
    return f"reprendre {one.equipment} de {one.name[:LONGEST_NAME]}, {what}."


def _take_back(session: Session, act: Act, wanted: AskedReturn) -> RequestDone:
    state = "abîmé" if wanted.damaged else "bon"
    clock.tell(session, act, custody.take_back(session, act, wanted.booking_id, state, damaged=wanted.damaged))
    return RequestDone("Repris. La machine est en réparation." if wanted.damaged else "Repris.")


def _whose(reader: Connection | Session, wanted: AskedHandOut | AskedReturn) -> int | None:
    return reader.scalar(select(Booking.member_id).where(Booking.id == wanted.booking_id))


NEW = RequestKind(
    name="equipment_new",
    title="Machine",
    right="boutiques",
    arguments=AskedEquipment,
    say=_say_new,
    do=_add,
    denies=DENIES,
)
OUT = RequestKind(
    name="equipment_out",
    title="Machine",
    right="boutiques",
    arguments=AskedHandOut,
    say=_say_out,
    do=_hand_out,
    concerns=_whose,
    denies=DENIES,
)
BACK = RequestKind(
    name="equipment_back",
    title="Machine",
    right="boutiques",
    arguments=AskedReturn,
    say=_say_return,
    do=_take_back,
    concerns=_whose,
    denies=DENIES,
)
