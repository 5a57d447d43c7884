"""Make one of two cards of one person."""

from typing import Annotated

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.coop import approvals
from app.coop.ledger import merging
from app.coop.members.finding import NoCard, in_cooperative
from app.coop.members.models import Person
from app.ussd import kinds
from app.ussd.bindings import Bindings
from menus.at_hand import Barred, Whom, found_of, office_of, refuse, whom_of
from menus.caller import Hop, Nothing, act_by
from menus.people import members_card

menu = Bindings("merging")
Half = Annotated[str, kinds.Kind("name", "m" * 20, private=True)]


class Both(msgspec.Struct, frozen=True):
    one: Half
    other: Half


@menu.answer(refuses={"unknown": None})
def other_card(hop: Hop, typed: str) -> Whom:
    """Read the other card's number."""
    return members_card(hop, typed)


@menu.source()
def both_named(hop: Hop) -> Both:
    """Say the names on both cards."""
    with hop.desk.database.read() as reader:
        people = select(Person.id, Person.name).where(Person.id.in_((whom_of(hop).person_id, _other(hop).person_id)))
        names = {row.id: row.name for row in reader.execute(people)}
    return Both(names.get(whom_of(hop).person_id, ""), names.get(_other(hop).person_id, ""))


@menu.effect(leads={"not_yours": None, "barred": Barred})
def ask_merge(hop: Hop, session: Session) -> Nothing:
    """Ask other officers to make one of the two."""
    act, kept = act_by(office_of(session, hop), hop), found_of(session, hop)
    try:
        other = in_cooperative(session, _other(hop).cooperative_id, _other(hop).card)
        merging.ask(session, act, kept, other)
    except NoCard:
        refuse("gone")
    except merging.NotOne as no:
        refuse(no.why)
    except approvals.AlreadyAsked:
        refuse("asked")
    return Nothing()


def _other(hop: Hop) -> Whom:
    return msgspec.convert(hop.kept["merging"], Whom)
