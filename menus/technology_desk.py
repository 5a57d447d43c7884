"""Bureau 11, 2: equipment from hand to hand, innovations read and adopted."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app import texts, units
from app.coop.cooperatives.models import Cooperative
from app.coop.cooperatives.queries import cooperative_by_code
from app.coop.equipment import bookings, clock, custody, queries
from app.coop.members.notices import tell_member
from app.coop.techniques import queries as technique_queries
from app.coop.techniques import services
from app.coop.techniques.models import Innovation, Technique
from app.gsm7 import fold
from app.ussd import kinds
from app.ussd.bindings import Bindings, Refused
from menus.hop import Hop, officers_act, reading_office
from menus.technology import BookingRow, InnovationRow, booking_row, price_words

menu = Bindings("technology_desk")
ACTING = {"not_yours": None}
Name = Annotated[str, kinds.Kind("name", "m" * 30, private=True)]
Steps = Annotated[str, kinds.Kind("long words", "m" * 140)]
Condition = Annotated[str, kinds.Kind("words", "m" * 14)]
Paid = Annotated[str, kinds.Kind("words", "Prix 99 999 F. Caution 999 999 F.")]
MACHINES = {"usable": "en service", "repair": "en réparation"}
NOT_DONE = {
    bookings.BookingNotOpen: "Déjà fait, pas du jour, ou pas à vous.",
    bookings.EquipmentGone: "La machine est en réparation.",
    custody.StillOut: "Elle n'est pas encore rendue: reprenez-la d'abord.",
    custody.OwnBooking: "Pas pour vous-même: un autre responsable.",
    custody.EquipmentRefused: "Pas une machine de votre CPS.",
    services.InnovationNotOpen: "Déjà décidée, ou pas à vous.",
    services.TechniqueRefused: "Ce nom est pris, ou c'est trop court.",
}


class MachineOwned(msgspec.Struct, frozen=True):
    id: int
    name: kinds.ProductName
    stands: Condition


class AskedBooking(msgspec.Struct, frozen=True):
    asked_booking: BookingRow
    booking_wanted: str = ""


class TodaysBooking(msgspec.Struct, frozen=True):
    todays_booking: BookingRow
    machine_state: str = ""


class BookingOut(msgspec.Struct, frozen=True):
    booking_out: BookingRow
    return_state: str = ""


class OwnedMachine(msgspec.Struct, frozen=True):
    owned_machine: MachineOwned


class OtherCooperative(msgspec.Struct, frozen=True):
    id: int
    code: kinds.Short


class LentMachine(OwnedMachine, frozen=True):
    lent_to: OtherCooperative
    lent_wanted: str


class Lending(msgspec.Struct, frozen=True):
    chosen: Condition
    lent_says: Condition


class UnreadInnovation(msgspec.Struct, frozen=True):
    unread_innovation: InnovationRow
    innovation_wanted: str


class InnovationReading(msgspec.Struct, frozen=True):
    chosen: Condition


class AdoptedInnovation(msgspec.Struct, frozen=True):
    adopted_innovation: InnovationRow
    technique_name: str
    technique_steps: str


class Booker(msgspec.Struct, frozen=True):
    name: Name
    absences: kinds.Short
    terms: Paid
    chosen: Condition


class DeskDone(msgspec.Struct, frozen=True):
    desk_done: kinds.Phrase


def _bookings(hop: Hop, state: str, *, today: bool = False) -> list[queries.ShownBooking]:
    with hop.desk.read() as reader:
        scope = reading_office(reader, hop, "boutiques").scope
        return queries.bookings_in(reader, scope, state, hop.now.date() if today else None)


def _booker(hop: Hop, state: str, booking: int, chosen: str) -> Booker:
    """Say whose booking it is, how often they didn't come, what they pay, and what the officer has chosen."""
    found = next((one for one in _bookings(hop, state) if one.id == booking), None)
    if found is None:
        return Booker("?", "", "", chosen)
    return Booker(found.name, units.count(found.missed, "absence"), price_words(found.fee, found.deposit), chosen)


@menu.rows()
def bookings_asked(hop: Hop) -> Sequence[BookingRow]:
    """Give what waits for an officer's word."""
    return [booking_row(one) for one in _bookings(hop, "asked")]


@menu.rows()
def bookings_today(hop: Hop) -> Sequence[BookingRow]:
    """Give what is booked today."""
    return [booking_row(one) for one in _bookings(hop, "booked", today=True)]


@menu.rows()
def bookings_out(hop: Hop) -> Sequence[BookingRow]:
    """Give what is in members' hands."""
    return [booking_row(one) for one in _bookings(hop, "out")]


@menu.source()
def asked_booker(hop: Hop, kept: AskedBooking) -> Booker:
    """Say who asks."""
    return _booker(hop, "asked", kept.asked_booking.id, kept.booking_wanted)


@menu.source()
def todays_booker(hop: Hop, kept: TodaysBooking) -> Booker:
    """Say who gets it."""
    return _booker(hop, "booked", kept.todays_booking.id, kept.machine_state)


@menu.source()
def out_booker(hop: Hop, kept: BookingOut) -> Booker:
    """Say who has it."""
    return _booker(hop, "out", kept.booking_out.id, kept.return_state)


@menu.effect(leads=ACTING, denies=NOT_DONE)
def decide_booking(hop: Hop, session: Session, kept: AskedBooking) -> DeskDone:
    """Give an officer's word on a half-day, and tell the member."""
    act = officers_act(session, hop, "boutiques")
    row = bookings.decide(session, act, kept.asked_booking.id, accepted=kept.booking_wanted == "Accepter")
    clock.tell(session, act, row)
    return DeskDone("C'est fait. Un SMS le dit au membre.")


@menu.effect(leads=ACTING, denies=NOT_DONE)
def hand_machine(hop: Hop, session: Session, kept: TodaysBooking) -> DeskDone:
    """Hand equipment out, and tell the member."""
    act = officers_act(session, hop, "boutiques")
    clock.tell(session, act, custody.hand_out(session, act, kept.todays_booking.id, kept.machine_state))
    return DeskDone("Remis.")


@menu.effect(leads=ACTING, denies=NOT_DONE)
def return_machine(hop: Hop, session: Session, kept: BookingOut) -> DeskDone:
    """Take equipment back, and tell the member."""
    act = officers_act(session, hop, "boutiques")
    damaged = kept.return_state != "bon"
    row = custody.take_back(session, act, kept.booking_out.id, kept.return_state, damaged=damaged)
    clock.tell(session, act, row)
    return DeskDone("Repris. La machine est en réparation." if damaged else "Repris.")


@menu.rows()
def machines_owned(hop: Hop, reader: Connection) -> Sequence[MachineOwned]:
    """Give the co-operative's equipment."""
    found = queries.equipment_of(reader, reading_office(reader, hop, "boutiques").scope)
    return [MachineOwned(one.id, one.name, MACHINES[one.state]) for one in found]


@menu.effect(leads=ACTING, denies=NOT_DONE)
def repair_machine(hop: Hop, session: Session, kept: OwnedMachine) -> DeskDone:
    """Take it out of use, and tell all who have booked it."""
    act = officers_act(session, hop, "boutiques")
    off = custody.repair(session, act, kept.owned_machine.id)
    return DeskDone(f"En réparation. {units.count(len(off), 'réservation')} {units.agree(len(off), 'tombée')}.")


@menu.effect(leads=ACTING, denies=NOT_DONE)
def restore_machine(hop: Hop, session: Session, kept: OwnedMachine) -> DeskDone:
    """Have it booked again."""
    custody.restore(session, officers_act(session, hop, "boutiques"), kept.owned_machine.id)
    return DeskDone("En service.")


@menu.answer(refuses={"unknown": None})
def lent_to(hop: Hop, reader: Connection, typed: str) -> OtherCooperative:
    """Find another co-operative by its code."""
    own = reading_office(reader, hop, "boutiques").cooperative_id
    found = cooperative_by_code(reader, typed)
    if found is None or found == own:
        raise Refused("unknown")
    return OtherCooperative(found, typed.strip().upper())


@menu.source()
def lending(kept: LentMachine) -> Lending:
    """Say what the owner has chosen."""
    lent = kept.lent_wanted == "oui"
    return Lending("prêter à" if lent else "fin du prêt", "la réservent" if lent else "n'en ont plus")


@menu.effect(leads=ACTING, denies=NOT_DONE)
def lend_machine(hop: Hop, session: Session, kept: LentMachine) -> DeskDone:
    """Let another co-operative's members book it, or no more."""
    act, lent = officers_act(session, hop, "boutiques"), kept.lent_wanted == "oui"
    custody.lend(session, act, kept.owned_machine.id, kept.lent_to.id, lent=lent)
    return DeskDone(f"{kept.lent_to.code} {'peut réserver' if lent else 'ne réserve plus'}.")


@menu.rows()
def innovations_to_read(hop: Hop) -> Sequence[InnovationRow]:
    """Give what waits for an officer."""
    return _innovations(hop, "waiting")


@menu.rows()
def innovations_open(hop: Hop) -> Sequence[InnovationRow]:
    """Give what can be adopted."""
    return _innovations(hop, "open")


@menu.source()
def innovation_reading(kept: UnreadInnovation) -> InnovationReading:
    """Say what the officer has chosen."""
    return InnovationReading(kept.innovation_wanted)


@menu.effect(leads=ACTING, denies=NOT_DONE)
def read_innovation(hop: Hop, session: Session, kept: UnreadInnovation) -> DeskDone:
    """Publish an innovation or keep it out, and tell its member."""
    act, service = officers_act(session, hop, "boutiques"), hop.desk.service
    row = services.read(session, act, kept.unread_innovation.id, published=kept.innovation_wanted == "Publier")
    words = texts.say("innovation_kept_out", number=str(row.id))
    if row.state == "open":
        words = texts.say("innovation_read", number=str(row.id), code=service.code, cost=service.cost)
    tell_member(session, act, row.member_id, "receipt", f"innovation:{row.id}:{row.state}", words)
    return DeskDone("C'est fait. Un SMS le dit au membre.")


@menu.answer(refuses={"bad": None})
def technique_name(typed: str) -> kinds.ProductName:
    """Read a technique's name."""
    words = fold(" ".join(typed.split()))
    if not (2 <= len(words) <= 20 and all(one.isalnum() or one in " '-" for one in words)):
        raise Refused("bad")
    return words


@menu.answer(refuses={"bad": None})
def technique_steps(typed: str) -> Steps:
    """Read how it is done."""
    words = fold(" ".join(typed.split()))
    if not 10 <= len(words) <= 140:
        raise Refused("bad")
    return words


@menu.effect(leads=ACTING, denies=NOT_DONE)
def adopt_innovation(hop: Hop, session: Session, kept: AdoptedInnovation) -> DeskDone:
    """Make a technique of it, and tell who follows it."""
    act, service = officers_act(session, hop, "boutiques"), hop.desk.service
    trade = select(Cooperative.filiere_id).join(Innovation, Innovation.cooperative_id == Cooperative.id)
    filiere = session.scalar(trade.where(Innovation.id == kept.adopted_innovation.id)) or 0
    made: Technique = services.add_technique(session, kept.technique_name, kept.technique_steps, filiere)
    row = services.adopt(session, act, kept.adopted_innovation.id, made)
    words = texts.say("innovation_adopted", count=made.id, code=service.code, cost=service.cost)
    for member in technique_queries.followers_of(session, row.id):
        tell_member(session, act, member, "notice", f"innovation:{row.id}:adopted:{member}", words)
    return DeskDone(f"Adoptée: fiche {made.id}.")


def _innovations(hop: Hop, state: str) -> list[InnovationRow]:
    with hop.desk.read() as reader:
        found = technique_queries.innovations(reader, state, reading_office(reader, hop, "boutiques").scope)
    return [InnovationRow(one.id, one.words, one.followers) for one in found]
