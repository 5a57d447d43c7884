"""Join a co-operative: the applicant's screens, and the officers' who decide."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app import phones, texts
from app.coop.access import numbers
from app.coop.enrolment import applications as enrolment
from app.coop.enrolment.models import Application
from app.coop.members import notices
from app.coop.offices.queries import holders_of_right
from app.ussd import kinds
from app.ussd.bindings import Bindings, Denials, Lead, Refused
from menus.hop import Hop, Nothing, officers_act, own_act, reading_office, who_of
from menus.member_lookup import WHY, Issued, Named, read_phone, tell_holders

menu = Bindings("applications")
NO_PHONE = "sans téléphone"
TypedName = Annotated[str, kinds.Kind("words", "m" * 40)]
"""A name that its owner has just typed: theirs to see, before any PIN."""
Code = Annotated[str, kinds.Kind("words", "m" * 16)]


class CooperativeRow(msgspec.Struct, frozen=True):
    id: int
    code: Code
    name: kinds.ProductName


class Where(msgspec.Struct, frozen=True):
    typed: str


class Joined(msgspec.Struct, frozen=True):
    joined_name: kinds.ProductName
    joined_at: Code


class AskedApplication(msgspec.Struct, frozen=True):
    """An application as the session keeps it. No name: it is read when shown."""

    id: int
    initials: kinds.Short
    phone: kinds.Short
    day: kinds.Day
    place: kinds.Short
    cooperative_id: int


class Which(msgspec.Struct, frozen=True):
    which: Where


class Applying(msgspec.Struct, frozen=True):
    """Who applies, and where."""

    join_name: str
    join_place: CooperativeRow


class New(msgspec.Struct, frozen=True):
    """A new member whom an officer has before them; without a telephone the number is empty."""

    member_name: str
    member_phone: str
    member_paper: str


class Entered(msgspec.Struct, frozen=True):
    entered: Annotated[str, kinds.Kind("words", "sans téléphone, acte 9999999999", private=True)]


class Deciding(msgspec.Struct, frozen=True):
    application: AskedApplication


class Accepting(Deciding, frozen=True):
    member_paper: str


NOT_DECIDED: Denials = {
    enrolment.ApplicationClosed: WHY["gone"],
    enrolment.ApplicationNotYours: WHY["gone"],
    numbers.TooManyNumbers: WHY["many"],
}


@menu.source(leads={"abroad": None})
def may_join(hop: Hop) -> Nothing:
    """Lead elsewhere at once who calls from a number that isn't Senegal's."""
    if not hop.phone.startswith("+221"):
        raise Lead("abroad")
    return Nothing()


@menu.answer(secret=True, refuses={"bad": None})
def join_name(typed: str) -> TypedName:
    """Read the applicant's name; kept with the application, and nowhere else."""
    return _name(typed)


@menu.answer(leads={"which": Where}, refuses={"unknown": None})
def join_where(reader: Connection, typed: str) -> CooperativeRow:
    """Read a co-operative's code or a commune; where a commune has several, they are shown."""
    found = enrolment.cooperatives_of(reader, typed)
    if not found:
        raise Refused("unknown")
    if len(found) > 1:
        raise Lead("which", Where(typed))
    return CooperativeRow(*found[0])


@menu.rows()
def join_places(reader: Connection, kept: Which) -> Sequence[CooperativeRow]:
    """Give the co-operatives of the commune that was named."""
    return [CooperativeRow(*row) for row in enrolment.cooperatives_of(reader, kept.which.typed)]


@menu.effect(ways={enrolment.TooOften: "often"}, notes=True)
def apply_here(hop: Hop, session: Session, kept: Applying) -> Joined:
    """Note an application: an officer decides on it, with the person before them."""
    return _apply(hop, session, kept)


@menu.effect(ways={enrolment.TooOften: "often"})
def apply_there(hop: Hop, session: Session, kept: Applying) -> Joined:
    """Note an application for the co-operative picked from a commune's."""
    return _apply(hop, session, kept)


@menu.answer(secret=True, refuses={"bad": None})
def member_name(typed: str) -> kinds.PersonName:
    """Read a new member's name."""
    return _name(typed)


@menu.answer(secret=True, refuses={"bad": None})
def member_phone(typed: str) -> kinds.Short:
    """Read a new member's number; 1 is none."""
    return "" if typed == "1" else read_phone(typed)


@menu.source()
def entered(kept: New) -> Entered:
    """Read back what will be noted beside the name."""
    number = phones.write(kept.member_phone) if kept.member_phone else "sans téléphone"
    return Entered(f"{number}, acte {kept.member_paper}")


@menu.effect(leads={"not_yours": None})
def enter_member(hop: Hop, session: Session, kept: New) -> Nothing:
    """Note a new member, whom another officer accepts."""
    place = who_of(hop).cooperative_id
    if place is None:
        raise Lead("not_yours")  # the federation has no members of its own
    act = officers_act(session, hop, "people", place)
    enrolment.enter(session, act, place, kept.member_name, kept.member_phone or None, kept.member_paper)
    return Nothing()


@menu.rows()
def applications(hop: Hop, reader: Connection) -> Sequence[AskedApplication]:
    """Give what this officer may decide, oldest first."""
    office = reading_office(reader, hop, "people")
    found = enrolment.to_decide(reader, office)
    return [
        AskedApplication(
            one.id,
            "".join(part[0] for part in one.name.split()).upper(),
            phones.write(one.phone) if one.phone else NO_PHONE,
            one.on,
            one.place,
            one.cooperative_id,
        )
        for one in found
    ]


@menu.source()
def applicant(reader: Connection, kept: Deciding) -> Named:
    """Say who applied."""
    return Named(reader.scalar(select(Application.name).where(Application.id == kept.application.id)) or "")


@menu.effect(leads={"not_yours": None}, denies=NOT_DECIDED)
def accept_application(hop: Hop, session: Session, kept: Accepting) -> Issued:
    """Make the applicant a member; the activation number is shown to this officer alone, to go on the card."""
    asked = kept.application
    act = officers_act(session, hop, "people", asked.cooperative_id)
    made = enrolment.approve(session, act, asked.id, kept.member_paper, key=hop.desk.key)
    if made.phone:
        words = texts.say("application_approved", code=hop.desk.service.code)
        if made.place and not made.beside:
            words = texts.say("application_approved_place", place=made.place, code=hop.desk.service.code)
        notices.tell_person(session, act, made.person_id, f"admitted:{hop.operation}", words)
        # Whoever has the number already learns that somebody else was noted for it.
        tell_holders(hop, session, made.phone, made.person_id)
    _tell_officers(hop, session, asked.cooperative_id, made.card)
    return Issued("beside" if made.beside else "member", hop.operation, made.card, f"Place {made.place}. " if made.place else "")


@menu.effect(leads={"not_yours": None}, denies=NOT_DECIDED)
def refuse_application(hop: Hop, session: Session, kept: Deciding) -> Nothing:
    """Refuse an applicant, with an SMS."""
    asked = kept.application
    act = officers_act(session, hop, "people", asked.cooperative_id)
    phone = enrolment.refuse(session, act, asked.id)
    if phone:
        words = texts.say("application_refused", day=hop.now)
        notices.tell_number(session, act, phone, "security", f"refused:{asked.id}", words)
    return Nothing()


def _apply(hop: Hop, session: Session, kept: Applying) -> Joined:
    place = kept.join_place
    row = enrolment.apply(session, place.id, kept.join_name, hop.phone, now=hop.now)
    words = texts.say("application_noted", cooperative=place.code)
    notices.tell_number(session, own_act(hop), hop.phone, "answer", f"application:{row}", words)
    return Joined(place.name, place.code)


def _tell_officers(hop: Hop, session: Session, cooperative_id: int, card: str) -> None:
    """Let the other officers know of a new member: an account that nobody of them knows is noticed."""
    for office in holders_of_right(session, "people", cooperative_id, hop.now.date()):
        if office.person_id != who_of(hop).person_id:
            words = texts.say("member_admitted", day=hop.now, card=card, code=hop.desk.service.code)
            notices.tell_person(session, own_act(hop), office.person_id, f"member:{hop.operation}:{office.person_id}", words)


def _name(typed: str) -> str:
    try:
        return enrolment.read_name(typed)
    except enrolment.BadName:
        raise Refused("bad") from None
