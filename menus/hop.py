"""Who is on the line, and what is said to them: what the functions of all menus share."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import once
from app.clock import DAKAR
from app.coop.access.identity import Who, who_holds
from app.coop.act import Act
from app.coop.offices.queries import fitting, office_for, offices_of
from app.coop.rights import NotYours, Office, Right
from app.ussd import kinds
from app.ussd.bindings import Hop as AnyHop
from app.ussd.bindings import Lead
from menus.runtime import Desk

Hop = AnyHop[Desk]


class Nothing(msgspec.Struct, frozen=True):
    """Nothing to show."""


class Words(msgspec.Struct, frozen=True):
    """A longer text that anybody may read."""

    words: kinds.PublicText


class PrivateWords(msgspec.Struct, frozen=True):
    """A longer text for behind the PIN."""

    words: kinds.PrivateText


def holders_of(hop: Hop) -> tuple[Who, ...]:
    """Return who holds the number in hand, by place."""
    with hop.desk.read() as reader:
        # Numbers abroad are kept of some members, yet none of them says who somebody is.
        return who_holds(reader, hop.phone) if hop.phone.startswith("+221") else ()


def who_of(hop: Hop) -> Who:
    """Return who was found to be there."""
    return msgspec.convert(hop.who, Who)


def member_of(hop: Hop) -> int:
    """Return the member behind a guarded screen; raises LookupError when there is none."""
    member = (hop.who or {}).get("member_id")
    if not isinstance(member, int):
        raise LookupError("no member behind a guarded screen")
    return member


def own_act(hop: Hop) -> Act:
    """Return what is done on the line by one's own word; by person 0 where nobody is known."""
    person, member = (who_of(hop).person_id, who_of(hop).member_id) if hop.who else (0, None)
    return Act(person, "ussd", hop.operation, hop.now, member_id=member, phone=hop.phone, trace=hop.trace)


def act_by(office: Office, hop: Hop) -> Act:
    """Return what is done on the line by an office."""
    return Act(office.person_id, "ussd", hop.operation, hop.now, by=office, phone=hop.phone, trace=hop.trace)


def officers_act(session: Session, hop: Hop, right: Right, cooperative_id: int | None = None) -> Act:
    """Return what is done by the office that has a right, in a co-operative when one is given; leads to `not_yours`."""
    return act_by(acting_office(session, hop, right, cooperative_id), hop)


def reading_office(reader: Connection | Session, hop: Hop, right: Right) -> Office:
    """Return the office by which who is on the line may read this. Raises NotYours."""
    return fitting(offices_here(reader, hop), right, scope=who_of(hop).scope)


def offices_here(reader: Connection | Session, hop: Hop) -> tuple[Office, ...]:
    """Return the offices of who is on the line, read once a hop: what acts reads them anew."""
    person = who_of(hop).person_id
    return once.ask(("offices", person), lambda: offices_of(reader, person, hop.now.date()))


def acting_office(session: Session, hop: Hop, right: Right, cooperative_id: int | None = None) -> Office:
    """Return the office by which who is on the line acts, in a co-operative when one is given; leads to `not_yours`."""
    who = who_of(hop)
    try:
        return office_for(session, who.person_id, right, hop.now.date(), cooperative_id, scope=who.scope)
    except NotYours:
        raise Lead("not_yours") from None


def clock_words(at: datetime) -> str:
    """Write an instant as people say it here: `14:05 le 24/11`."""
    return f"{at.astimezone(DAKAR):%H:%M le %d/%m}"
