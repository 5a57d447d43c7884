"""Join a co-operative: the applicant's screens, and the officers' who decide."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import phones
from app.coop.members import joining, notices, numbers
from app.coop.members.events import Application
from app.coop.members.offices import holders_of_right
from app.sms import people_texts
from app.ussd import kinds
from app.ussd.bindings import Bindings, Lead, Refused
from menus.at_hand import Barred, Issued, Named, office_of, read_phone, refuse, tell_holders
from menus.caller import Hop, Nothing, act_by, own_act, reading_office, who_of

menu = Bindings("joining")
NO_PHONE = "sans téléphone"
TypedName = Annotated[str, kinds.Kind("words", "m" * 40)]
"""A name that its owner has just typed: theirs to see, before any PIN."""
Code = Annotated[str, kinds.Kind("words", "m" * 16)]


class Place(msgspec.Struct, frozen=True):
    id: int
    code: Code
    name: kinds.ProductName


class Where(msgspec.Struct, frozen=True):
    typed: str


class Joined(msgspec.Struct, frozen=True):
    joined_at: Code


class Asked(msgspec.Struct, frozen=True):
    """An application as the session keeps it. No name: it is read when shown."""

    id: int
    initials: kinds.Short
    phone: kinds.Short
    day: kinds.Day
    place: kinds.Short
    cooperative_id: int


@menu.answer(secret=True, leads={"abroad": None}, refuses={"bad": None})
def join_name(hop: Hop, typed: str) -> TypedName:
    """Read the applicant's name; kept with the application, and nowhere else."""
    if not hop.phone.startswith("+221"):
        raise Lead("abroad")
    return _name(typed)


@menu.answer(leads={"which": Where}, refuses={"unknown": None})
def join_where(hop: Hop, typed: str) -> Place:
    """Read a co-operative's code or a commune; where a commune has several, they are shown."""
    with hop.desk.database.read() as reader:
        found = joining.cooperatives_of(reader, typed)
    if not found:
        raise Refused("unknown")
    if len(found) > 1:
        raise Lead("which", Where(typed))
    return Place(*found[0])


@menu.rows()
def join_places(hop: Hop) -> Sequence[Place]:
    """Give the co-operatives of the commune that was named."""
    with hop.desk.database.read() as reader:
        return [Place(*row) for row in joining.cooperatives_of(reader, msgspec.convert(hop.kept["which"], Where).typed)]


@menu.effect(leads={"often": None}, notes=True)
def apply_here(hop: Hop, session: Session) -> Joined:
    """Note an application: an officer decides on it, with the person before her."""
    return _apply(hop, session)


@menu.effect(leads={"often": None})
def apply_there(hop: Hop, session: Session) -> Joined:
    """Note an application for the co-operative picked from a commune's."""
    return _apply(hop, session)


@menu.answer(secret=True, refuses={"bad": None})
def member_name(typed: str) -> kinds.PersonName:
    """Read a new member's name."""
    return _name(typed)


@menu.answer(secret=True, refuses={"bad": None})
def member_phone(typed: str) -> kinds.Short:
    """Read a new member's number; 1 is none."""
    return "" if typed == "1" else read_phone(typed)


@menu.effect(leads={"not_yours": None})
def enter_member(hop: Hop, session: Session) -> Nothing:
    """Note a new member, whom another officer accepts."""
    place = who_of(hop).cooperative_id
    if place is None:
        raise Lead("not_yours")  # the federation has no members of its own
    office = office_of(session, hop, place)
    phone = str(hop.kept["member_phone"]) or None
    joining.enter(session, act_by(office, hop), place, str(hop.kept["member_name"]), phone, str(hop.kept["member_paper"]))
    return Nothing()


@menu.rows()
def applications(hop: Hop) -> Sequence[Asked]:
    """Give what this officer may decide, oldest first."""
    with hop.desk.database.read() as reader:
        office = reading_office(reader, hop, "people")
        found = joining.to_decide(reader, office)
    return [
        Asked(
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
def applicant(hop: Hop) -> Named:
    """Say who applied."""
    with hop.desk.database.read() as reader:
        asked = msgspec.convert(hop.kept["application"], Asked)
        return Named(reader.scalar(select(Application.name).where(Application.id == asked.id)) or "")


@menu.effect(leads={"not_yours": None, "barred": Barred})
def accept_application(hop: Hop, session: Session) -> Issued:
    """Make the applicant a member; the activation number is shown to this officer alone, to go on the card."""
    asked = msgspec.convert(hop.kept["application"], Asked)
    office = office_of(session, hop, asked.cooperative_id)
    paper = str(hop.kept["member_paper"])
    try:
        made = joining.approve(session, act_by(office, hop), asked.id, paper, key=hop.desk.key)
    except (joining.ApplicationClosed, joining.NotYours):
        refuse("gone")
    except numbers.TooMany:
        refuse("many")
    if made.phone:
        words = people_texts.application_approved(None if made.beside else made.place, hop.desk.service.code)
        notices.tell_person(session, own_act(hop), made.person_id, f"admitted:{hop.operation}", words)
        tell_holders(hop, session, made.phone, made.person_id)
    _tell_officers(hop, session, asked.cooperative_id, made.card)
    return Issued("beside" if made.beside else "member", hop.operation, made.card, f"Place {made.place}. " if made.place else "")


@menu.effect(leads={"not_yours": None, "barred": Barred})
def refuse_application(hop: Hop, session: Session) -> Nothing:
    """Refuse an applicant, with an SMS."""
    asked = msgspec.convert(hop.kept["application"], Asked)
    office = office_of(session, hop, asked.cooperative_id)
    try:
        phone = joining.refuse(session, act_by(office, hop), asked.id)
    except (joining.ApplicationClosed, joining.NotYours):
        refuse("gone")
    if phone:
        words = people_texts.application_refused(hop.now)
        notices.tell_number(session, act_by(office, hop), phone, "security", f"refused:{asked.id}", words)
    return Nothing()


def _apply(hop: Hop, session: Session) -> Joined:
    place = msgspec.convert(hop.kept["join_place"], Place)
    try:
        row = joining.apply(session, place.id, str(hop.kept["join_name"]), hop.phone, now=hop.now)
    except joining.TooOften:
        raise Lead("often") from None
    words = people_texts.application_noted(place.code)
    notices.tell_number(session, own_act(hop), hop.phone, "answer", f"application:{row}", words)
    return Joined(place.code)


def _tell_officers(hop: Hop, session: Session, cooperative_id: int, card: str) -> None:
    """Let the other officers know of a new member: an account that nobody of them knows is noticed."""
    for office in holders_of_right(session, "people", cooperative_id, hop.now.date()):
        if office.person_id != who_of(hop).person_id:
            words = people_texts.member_admitted(card, hop.now)
            notices.tell_person(session, own_act(hop), office.person_id, f"member:{hop.operation}:{office.person_id}", words)


def _name(typed: str) -> str:
    try:
        return joining.read_name(typed)
    except joining.BadName:
        raise Refused("bad") from None
