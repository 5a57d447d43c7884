"""Members' numbers and PINs, by an officer who sees the card: under the officer's own PIN, told on all the member's numbers."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app import phones, texts
from app.coop.access import activation, noted_numbers, numbers, resets
from app.coop.members import lookup, notices
from app.coop.members.models import Number
from app.coop.members.names import person_name
from app.coop.members.telephones import numbers_of, places_on
from app.coop.rights import NotYours
from app.ussd import kinds
from app.ussd.bindings import Bindings, Denials, Lead, Refused
from menus.hop import Hop, Nothing, reading_office
from menus.member_lookup import (
    PEOPLE,
    WHY,
    CardNumber,
    Issued,
    Named,
    NumberRow,
    Typed,
    Whom,
    act_on,
    found,
    issue,
    read_phone,
    tell_holders,
)

menu = Bindings("people")


class OpenedReset(msgspec.Struct, frozen=True):
    of_card: CardNumber


class TypedPhone(msgspec.Struct, frozen=True):
    phone: kinds.Short


class NumberNote(Typed, frozen=True):
    """A number that is noted for a member: `held` and `recycled` where somebody has it and was asked about it."""

    new_phone: str
    held: TypedPhone | None = None
    recycled: str = ""

    @property
    def asked(self) -> bool:
        """Tell whether it was asked what this number is to them who have it."""
        return bool(self.held and self.held.phone == phones.write(self.new_phone))


class NamedNumber(msgspec.Struct, frozen=True):
    name: kinds.PersonName
    wanted: kinds.Short


class NotedAs(NumberNote, frozen=True):
    number_as: str = "own"


class Sim(Typed, frozen=True):
    number: NumberRow
    sim: str


class Given(msgspec.Struct, frozen=True):
    done: Issued


class Told(msgspec.Struct, frozen=True):
    told: Annotated[str, kinds.Kind("words", "m" * 158)]


NOT_NOTED: Denials = {
    **PEOPLE,
    numbers.NumberKnown: WHY["known"],
    numbers.TooManyNumbers: WHY["many"],
    noted_numbers.AccountNotOpen: WHY["state"],
    noted_numbers.NumberElsewhere: WHY["elsewhere"],
    noted_numbers.NumberGone: WHY["gone"],
    noted_numbers.OfficersOwnNumber: WHY["own"],
    noted_numbers.NothingToActivate: WHY["nothing"],
}
"""Why nothing is done about a member's numbers."""
THEN = {
    "shared": (
        "Noté, {place}. Numéro d'activation {n}, à dire en face: de ce numéro le membre compose {code}, 1, "
        "et le tape à la place du code secret."
    ),
    "placed": (
        "Noté, {place}. Numéro d'activation {n}, à dire en face: de ce numéro le membre compose {code}, 1, sa place, et le tape."
    ),
    "number": "Noté. Numéro d'activation {n}, à dire en face: le membre compose {code} de ce numéro. Ou bien 7, 7, 1 sur l'ancien.",
    "sim": "Fait. Pour prouver ce numéro: numéro d'activation {n}, à dire au membre en face, puis son code secret.",
    "card": "Numéro d'activation {n}, 30 jours. À écrire sur la carte ou à dire en face, jamais au téléphone.",
    "member": (
        "Carte {card}. {place}Numéro d'activation {n}, 30 jours: à écrire sur la carte ou à dire en face, jamais au téléphone."
    ),
    "beside": (
        "Carte {card}. {place}Numéro d'activation {n}, 30 jours, à dire en face: le membre compose {code}, 1, "
        "et le tape à la place du code secret."
    ),
    "second": "Noté. Un 2e responsable doit l'approuver: Bureau, 2.",
    "released": "Fait: ce numéro n'ouvre plus ce compte. Le membre le lit sur ses autres numéros.",
}


@menu.answer(refuses=dict.fromkeys(("no_member", "short")))
def members_card(hop: Hop, reader: Connection, typed: str) -> Whom:
    """Find a member of the officer's scope by card, or by a telephone number of their own."""
    try:
        office = reading_office(reader, hop, "people")
        found = lookup.by_card(reader, office, typed)
    except (lookup.NoCard, NotYours):
        raise Refused("short" if lookup.too_short(typed) else "no_member") from None
    return Whom(found.member_id, found.person_id, found.cooperative_id, found.card, found.state, found.has_pin)


@menu.source()
def person_named(reader: Connection, kept: Typed) -> Named:
    """Say whose card it is."""
    return Named(person_name(reader, kept.whom.person_id))


@menu.source()
def activation_told(hop: Hop, kept: Given) -> Told:
    """Say what was done, with the activation number that this very act issued."""
    done = kept.done
    number = f"{activation.drawn_from(done.issued, hop.desk.key)(1_000_000):06d}"
    return Told(THEN[done.then].format(n=number, code=hop.desk.service.code, card=done.card, place=done.place))


@menu.answer(secret=True, refuses={"bad": None})
def new_phone(typed: str) -> kinds.Short:
    """Read a Senegalese mobile number."""
    return read_phone(typed)


@menu.source(leads={"held": TypedPhone})
def number_is_free(reader: Connection, kept: NumberNote) -> Nothing:
    """Ask once what a number is to whoever has it already."""
    others = select(Number.id).where(Number.phone == kept.new_phone, Number.person_id != kept.whom.person_id)
    if not kept.asked and reader.scalar(others.limit(1)):
        raise Lead("held", TypedPhone(phones.write(kept.new_phone)))
    return Nothing()


@menu.source()
def number_named(reader: Connection, kept: NumberNote) -> NamedNumber:
    """Say whose card it is, and which number is to be noted."""
    return NamedNumber(person_named(reader, kept).name, phones.spaced(kept.new_phone))


@menu.rows()
def numbers_of_whom(reader: Connection, kept: Typed) -> Sequence[NumberRow]:
    """Give the numbers of whoever's card was typed."""
    found = numbers_of(reader, kept.whom.person_id)
    return [NumberRow(one.id, phones.write(one.phone)) for one in found]


@menu.effect(leads={"not_yours": None}, denies={**PEOPLE, resets.NotNow: lambda no: WHY[no.why]})
def open_reset(hop: Hop, session: Session, kept: Typed) -> OpenedReset:
    """Open the window in which the member chooses another PIN."""
    act, member = act_on(session, hop, kept.whom), found(session, kept.whom)
    window = resets.open_by_officer(session, act, member)
    words = texts.say("reset_opened", hour=window.until or hop.now, code=hop.desk.service.code)
    notices.tell_person(session, act, member.person_id, f"reset:{hop.operation}", words)
    return OpenedReset(kept.whom.card)


@menu.effect(leads={"not_yours": None}, denies=NOT_NOTED)
def note_number(hop: Hop, session: Session, kept: NotedAs) -> Issued:
    """Put a number on the account, which opens nothing before the member's PIN, or a second officer, says so."""
    act, member, phone = act_on(session, hop, kept.whom), found(session, kept.whom), kept.new_phone
    how = {"trusted": kept.number_as == "trusted", "without_pin": kept.number_as == "nopin"}
    # The answer counts for the number that it was given for: another may have been typed since.
    noted = noted_numbers.note(session, act, member, phone, taken=kept.recycled == "oui" and kept.asked, **how)
    if noted.place:
        tell_holders(hop, session, phone, member.person_id)
    done = _issued(hop, session, member.person_id, noted, "number")
    if not noted.place or not noted.by_pin:
        return done
    then = "placed" if places_on(session, phone) else "shared"
    return msgspec.structs.replace(done, then=then, place=f"place {noted.place}")


@menu.effect(leads={"not_yours": None}, denies=NOT_NOTED)
def change_sim(hop: Hop, session: Session, kept: Sim) -> Issued:
    """Bar a number whose SIM has changed until it is proved again, or take it off the account."""
    act, member = act_on(session, hop, kept.whom), found(session, kept.whom)
    if kept.sim == "flag":
        return _issued(hop, session, member.person_id, noted_numbers.bar(session, act, member, kept.number.id), "sim")
    noted_numbers.take_off(session, act, member, kept.number.id)
    return Issued("released")


@menu.effect(leads={"not_yours": None}, denies=NOT_NOTED)
def renew_activation(hop: Hop, session: Session, kept: Typed) -> Issued:
    """Issue another activation number, for a first use or for a number that wants proof; never on the officer's own telephone."""
    act, member = act_on(session, hop, kept.whom), found(session, kept.whom)
    noted_numbers.renew(session, act, member)
    return issue(hop, session, member.person_id, "card")


def _issued(hop: Hop, session: Session, person_id: int, noted: noted_numbers.NotedNumber, then: str) -> Issued:
    """Issue the activation number that goes with the PIN; where a second officer decides there is none."""
    return issue(hop, session, person_id, then) if noted.by_pin else Issued("second")
