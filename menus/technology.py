"""The boutique technologique, as members see it."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.coop.equipment import bookings, clock, queries
from app.coop.scope import FEDERATION, Scope
from app.coop.techniques import queries as technique_queries
from app.coop.techniques import services as innovations_of
from app.coop.techniques.models import Technique
from app.public_words import BadWords, read_public
from app.ussd import kinds
from app.ussd.bindings import Bindings, Denials, Refused
from menus.hop import Hop, Nothing, Words, member_of, own_act, who_of
from menus.ideas import IdeaRefused

menu = Bindings("technology")
HALVES = {"am": "matin", "pm": "après-midi"}
HalfName = Annotated[str, kinds.Kind("words", "après-midi")]
Stands = Annotated[str, kinds.Kind("words", "à décider")]
Price = Annotated[str, kinds.Kind("words", "Prix 99 999 F. Caution 999 999 F. Un responsable décide.")]
STANDS = {"asked": "à décider", "booked": "à vous", "out": "remise"}

NOT_BOOKED: Denials = {
    bookings.HalfDayTaken: "Déjà prise.",
    bookings.EquipmentGone: "Pas disponible.",
    bookings.NoBooker: "Seul un membre actif réserve.",
    bookings.BadHalfDay: lambda bad: str(bad),
    bookings.TooManyBookings: lambda many: f"{many.most} demi-journées au plus.",
}
NO_INNOVATION = {
    innovations_of.NoInnovator: "Seul un membre actif propose et suit.",
    innovations_of.InnovationNotOpen: "Elle n'est plus à suivre.",
    innovations_of.TooManyInnovations: "Trois des vôtres attendent: d'abord leur réponse.",
}


class MachineRow(msgspec.Struct, frozen=True):
    id: int
    name: kinds.ProductName
    place: kinds.Short
    horizon: int
    fee: int
    deposit: int
    approval: bool


class SlotRow(msgspec.Struct, frozen=True):
    id: int
    day: kinds.Day
    half: HalfName


class BookingRow(msgspec.Struct, frozen=True):
    id: int
    equipment: kinds.ProductName
    day: kinds.Day
    half: HalfName
    stands: Stands


class TradeRow(msgspec.Struct, frozen=True):
    id: int
    name: kinds.ProductName
    number: kinds.Count


class TechniqueRow(msgspec.Struct, frozen=True):
    """A technique, by its own number on the screen too: `FICHE n`."""

    id: int
    slot: int
    name: kinds.ProductName


class InnovationRow(msgspec.Struct, frozen=True):
    id: int
    words: kinds.Phrase
    number: kinds.Count


class MachineTerms(msgspec.Struct, frozen=True):
    terms: Price


class OfMachine(msgspec.Struct, frozen=True):
    machine: MachineRow


class OfSlot(OfMachine, frozen=True):
    slot: SlotRow


class OfBooking(msgspec.Struct, frozen=True):
    own_booking: BookingRow


class OfTrade(msgspec.Struct, frozen=True):
    trade: TradeRow


class OfTechnique(msgspec.Struct, frozen=True):
    technique: TechniqueRow


class OfInnovation(msgspec.Struct, frozen=True):
    innovation: InnovationRow


class NewInnovation(msgspec.Struct, frozen=True):
    innovation_words: str


class Booked(msgspec.Struct, frozen=True):
    booked: kinds.Phrase
    booking_number: kinds.Reference


class BookingCancelled(msgspec.Struct, frozen=True):
    booking_cancelled: kinds.Phrase


class ProposedInnovation(msgspec.Struct, frozen=True):
    innovation_number: kinds.Reference


@menu.rows()
def machines(hop: Hop, reader: Connection) -> Sequence[MachineRow]:
    """Give what the member's co-operative has, or is lent."""
    found = queries.equipment_for(reader, Scope(who_of(hop).cooperative_id).cooperative)
    return [MachineRow(one.id, one.name, one.place, one.horizon, one.fee, one.deposit, one.approval) for one in found]


@menu.rows()
def half_days(hop: Hop, reader: Connection, kept: OfMachine) -> Sequence[SlotRow]:
    """Give the half-days that nobody has or asks for."""
    found = queries.free_half_days(reader, kept.machine.id, kept.machine.horizon, hop.now)
    # A row is known by a number when the session comes back, and a half-day has none: day and half make one.
    return [SlotRow(2 * day.toordinal() + (half == "pm"), day, HALVES[half]) for day, half in found]


@menu.source()
def machine_terms(kept: OfMachine) -> MachineTerms:
    """Say what it costs, and whether an officer decides."""
    one = kept.machine
    said = [
        f"Prix {kinds.amount_words(one.fee)}." * bool(one.fee),
        f"Caution {kinds.amount_words(one.deposit)}." * bool(one.deposit),
    ]
    return MachineTerms(" ".join(filter(None, [*said, "Un responsable décide." * one.approval])))


@menu.effect(denies=NOT_BOOKED)
def book(hop: Hop, session: Session, kept: OfSlot) -> Booked:
    """Claim the half-day, with an SMS."""
    act, (day, half) = own_act(hop), divmod(kept.slot.id, 2)
    row = bookings.book(session, act, kept.machine.id, date.fromordinal(day), "pm" if half else "am")
    clock.tell(session, act, row)
    said = "Demandé" if row.state == "asked" else "Réservé"
    return Booked(f"{said}: {kept.machine.name} {kept.slot.day:%d/%m} {kept.slot.half}.", str(row.id))


@menu.rows()
def own_bookings(hop: Hop, reader: Connection) -> Sequence[BookingRow]:
    """Give the member's bookings from today on."""
    found = queries.bookings_of(reader, member_of(hop), hop.now.date())
    return [booking_row(one) for one in found]


@menu.effect(denies={bookings.BookingNotOpen: "Déjà remise, ou plus à vous."})
def cancel_booking(hop: Hop, session: Session, kept: OfBooking) -> BookingCancelled:
    """Take a booking back."""
    row = bookings.cancel(session, own_act(hop), kept.own_booking.id)
    return BookingCancelled("Retirée, trop tard: elle compte." if row.state == "missed" else "Retirée. Merci d'avoir prévenu.")


@menu.rows()
def trades(reader: Connection) -> Sequence[TradeRow]:
    """Give the trades that have techniques."""
    return [TradeRow(*row) for row in technique_queries.filieres_with_techniques(reader)]


@menu.rows()
def techniques(reader: Connection, kept: OfTrade) -> Sequence[TechniqueRow]:
    """Give a trade's techniques."""
    found = technique_queries.techniques(reader, Technique.filiere_id == kept.trade.id)
    return [TechniqueRow(one.id, one.id, one.name) for one in found]


@menu.source()
def technique(reader: Connection, kept: OfTechnique) -> Words:
    """Give a technique's how-to."""
    [one] = technique_queries.techniques(reader, Technique.id == kept.technique.id)
    return Words(f"Fiche {one.id}: {one.steps}")


@menu.rows()
def innovations(reader: Connection) -> Sequence[InnovationRow]:
    """Give what can be followed, everywhere."""
    return [InnovationRow(one.id, one.words, one.followers) for one in technique_queries.innovations(reader, "open", FEDERATION)]


@menu.effect(denies=NO_INNOVATION)
def follow_innovation(hop: Hop, session: Session, kept: OfInnovation) -> Nothing:
    """Have the member hear what becomes of it."""
    innovations_of.follow(session, own_act(hop), kept.innovation.id)
    return Nothing()


@menu.answer(refuses={"bad": IdeaRefused})
def innovation_words(typed: str) -> kinds.Phrase:
    """Read an innovation's words."""
    try:
        return read_public(typed)
    except BadWords as bad:
        raise Refused("bad", IdeaRefused(str(bad))) from None


@menu.effect(denies=NO_INNOVATION)
def propose_innovation(hop: Hop, session: Session, kept: NewInnovation) -> ProposedInnovation:
    """Write a member's innovation, for an officer to read."""
    return ProposedInnovation(str(innovations_of.propose(session, own_act(hop), kept.innovation_words).id))


def price_words(fee: int, deposit: int, *more: str) -> str:
    """Say what a half-day costs, in XOF; nothing where it costs nothing."""
    said = [f"{what} {kinds.amount_words(amount)}." for what, amount in (("Prix", fee), ("Caution", deposit)) if amount]
    return " ".join(filter(None, (*said, *more)))


def booking_row(one: queries.ShownBooking) -> BookingRow:
    """Return a booking as a list's row."""
    return BookingRow(one.id, one.equipment, one.on_day, HALVES[one.half], STANDS[one.state])
