"""Members' numbers and PINs, by an officer who sees the card: under the officer's own PIN, told on all the member's numbers."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import phones, texts
from app.coop import approvals
from app.coop.access import activation, numbers, resets
from app.coop.act import Act
from app.coop.members import lookup, notices
from app.coop.members.models import Member, Number
from app.coop.members.names import person_name
from app.coop.members.telephones import numbers_of, places_on
from app.coop.offices import audit
from app.coop.rights import NotYours
from app.ussd import kinds
from app.ussd.bindings import Bindings, Lead, Refused
from menus.hop import Hop, Nothing, reading_office
from menus.member_lookup import (
    PEOPLE,
    WHY,
    Issued,
    Named,
    NumberRow,
    Typed,
    Whom,
    act_on,
    found,
    issue,
    read_phone,
    refuse,
    tell_holders,
)

menu = Bindings("people")


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
        return bool(self.held and self.held.phone == self.new_phone)


class NotedAs(NumberNote, frozen=True):
    number_as: str = "own"


class Sim(Typed, frozen=True):
    number: NumberRow
    sim: str


class Given(msgspec.Struct, frozen=True):
    done: Issued


class Told(msgspec.Struct, frozen=True):
    told: Annotated[str, kinds.Kind("words", "m" * 158)]


THEN = {
    "shared": (
        "Noté, {place}. N° d'activation {n}, à dire en face: de ce numéro le membre compose {code}, 1, "
        "et le tape à la place du code secret."
    ),
    "placed": "Noté, {place}. N° d'activation {n}, à dire en face: de ce numéro le membre compose {code}, 1, sa place, et le tape.",
    "number": "Noté. N° d'activation {n}, à dire en face: le membre compose {code} de ce numéro. Ou bien 7, 7, 1 sur l'ancien.",
    "sim": "Fait. Pour prouver ce numéro: n° d'activation {n}, à dire au membre en face, puis son code secret.",
    "card": "N° d'activation {n}, 30 jours. À écrire sur la carte ou à dire en face, jamais au téléphone.",
    "member": "Carte {card}. {place}N° d'activation {n}, 30 jours: à écrire sur la carte ou à dire en face, jamais au téléphone.",
    "beside": (
        "Carte {card}. {place}N° d'activation {n}, 30 jours, à dire en face: le membre compose {code}, 1, "
        "et le tape à la place du code secret."
    ),
    "second": "Noté. Un 2e responsable doit l'approuver: Bureau, 2.",
    "released": "Fait: ce numéro n'ouvre plus ce compte. Le membre le lit sur ses autres numéros.",
}


@menu.answer(refuses={"unknown": None})
def members_card(hop: Hop, typed: str) -> Whom:
    """Read a card number of the officer's scope."""
    with hop.desk.database.read() as reader:
        try:
            office = reading_office(reader, hop, "people")
            found = lookup.by_card(reader, office, typed)
        except (lookup.NoCard, NotYours):
            raise Refused("unknown") from None
    return Whom(found.member_id, found.person_id, found.cooperative_id, found.card, found.state, found.has_pin)


@menu.source()
def person_named(hop: Hop, kept: Typed) -> Named:
    """Say whose card it is."""
    with hop.desk.database.read() as reader:
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
def number_is_free(hop: Hop, kept: NumberNote) -> Nothing:
    """Ask once what a number is to whoever has it already."""
    if not kept.asked:
        with hop.desk.database.read() as reader:
            others = select(Number.id).where(Number.phone == kept.new_phone, Number.person_id != kept.whom.person_id)
            if reader.scalar(others.limit(1)):
                raise Lead("held", TypedPhone(kept.new_phone))
    return Nothing()


@menu.rows()
def numbers_of_whom(hop: Hop, kept: Typed) -> Sequence[NumberRow]:
    """Give the numbers of whoever's card was typed."""
    with hop.desk.database.read() as reader:
        found = numbers_of(reader, kept.whom.person_id)
    return [NumberRow(one.id, phones.write(one.phone)) for one in found]


@menu.effect(leads={"not_yours": None}, denies={**PEOPLE, resets.NotNow: lambda no: WHY[no.why]})
def open_reset(hop: Hop, session: Session, kept: Typed) -> Nothing:
    """Open the window in which the member chooses another PIN."""
    act, member = act_on(session, hop, kept.whom), found(session, kept.whom)
    window = resets.open_by_officer(session, act, member)
    words = texts.say("reset_opened", hour=window.until or hop.now, code=hop.desk.service.code)
    notices.tell_person(session, act, member.person_id, f"reset:{hop.operation}", words)
    return Nothing()


@menu.effect(leads={"not_yours": None}, denies={**PEOPLE, numbers.NumberKnown: WHY["known"], numbers.TooManyNumbers: WHY["many"]})
def note_number(hop: Hop, session: Session, kept: NotedAs) -> Issued:
    """Put a number on the account, which opens nothing before the member's PIN, or a second officer, says so."""
    act, member = act_on(session, hop, kept.whom), found(session, kept.whom)
    phone, person = kept.new_phone, member.person_id
    numbers.lock_person(session, person)
    if member.state not in ("active", "pending"):
        refuse("state")
    if kept.recycled == "oui" and kept.asked:
        _take_from_others(session, act, member, phone)
    place = numbers.attach(session, person, phone, trusted=kept.number_as == "trusted", by_person_id=act.person_id, now=hop.now)
    _audit(session, act, "number noted", member)
    notices.tell_person(session, act, person, f"number:{hop.operation}", texts.say("number_noted", day=hop.now))
    if place:
        tell_holders(hop, session, phone, person)
    done = _proof(hop, session, act, member, phone, "number", without_pin=kept.number_as == "nopin")
    if not place or done.then != "number":
        return done
    then = "placed" if places_on(session, phone) else "shared"
    return msgspec.structs.replace(done, then=then, place=f"place {place}")


@menu.effect(leads={"not_yours": None}, denies=PEOPLE)
def change_sim(hop: Hop, session: Session, kept: Sim) -> Issued:
    """Bar a number whose SIM has changed until it is proved again, or take it off the account."""
    act, member, flagged = act_on(session, hop, kept.whom), found(session, kept.whom), kept.sim == "flag"
    numbers.lock_person(session, member.person_id)
    change = numbers.flag if flagged else numbers.release
    phone = change(session, member.person_id, kept.number.id, by_person_id=act.person_id, now=hop.now)
    if phone is None:
        refuse("gone")
    _audit(session, act, "number flagged" if flagged else "number released", member)
    words = texts.say("number_flagged", day=hop.now) if flagged else texts.say("number_released", day=hop.now)
    notices.tell_person(session, act, member.person_id, f"sim:{hop.operation}", words, extra=(phone,))
    return _proof(hop, session, act, member, phone, "sim") if flagged else Issued("released")


@menu.effect(leads={"not_yours": None}, denies=PEOPLE)
def renew_activation(hop: Hop, session: Session, kept: Typed) -> Issued:
    """Issue another activation number, for a first use or for a number that wants proof; never on the officer's own telephone."""
    act, member = act_on(session, hop, kept.whom), found(session, kept.whom)
    if numbers.share_a_number(session, act.person_id, member.person_id):
        refuse("own")
    unproved = any(number.proof_wanted for number in numbers_of(session, member.person_id))
    if member.state != "pending" and not (member.state == "active" and unproved):
        refuse("nothing")
    _audit(session, act, "activation renewed", member)
    notices.tell_person(session, act, member.person_id, f"card:{hop.operation}", texts.say("card_renewed", day=hop.now))
    return issue(hop, session, member.person_id, "card")


def _proof(
    hop: Hop, session: Session, act: Act, member: lookup.FoundMember, phone: str, then: str, *, without_pin: bool = False
) -> Issued:
    """Say how a number will be proved: by an activation number and the PIN or, without a PIN, by a second officer."""
    if member.has_pin and not without_pin:
        return issue(hop, session, member.person_id, then)
    if numbers.share_a_number(session, act.person_id, member.person_id):
        refuse("own")
    number = session.scalar(select(Number.id).where(Number.person_id == member.person_id, Number.phone == phone))
    approvals.ask(
        session,
        act,
        "number",
        f"Numéro {phones.write(phone)}",
        subject="number",
        subject_id=number or 0,
        cooperative_id=member.cooperative_id,
        member_id=member.member_id,
    )
    return Issued("second")


def _take_from_others(session: Session, act: Act, member: lookup.FoundMember, phone: str) -> None:
    """Take a number that the operator gave to somebody else from whoever had it; refuses where one is another co-operative's."""
    others = (Number.phone == phone) & (Number.person_id != member.person_id)
    held = select(Number.id, Number.person_id, Member.cooperative_id).outerjoin(Member, Member.person_id == Number.person_id)
    for number, person, place in session.execute(held.where(others)).all():
        if not act.office.scope.includes(place):
            refuse("elsewhere")
        numbers.release(session, person, number, by_person_id=act.person_id, now=act.now)
        words = texts.say("number_released", day=act.now)
        notices.tell_person(session, act, person, f"released:{number}:{act.operation}", words, extra=(phone,))


def _audit(session: Session, act: Act, what: str, member: lookup.FoundMember) -> None:
    audit.note(session, act, what, f"member:{member.member_id}", member)
