"""Make one of two cards of one person."""

from typing import Annotated

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.coop.closing import merges
from app.coop.members.models import Person
from app.ussd import kinds
from app.ussd.bindings import Bindings, Refused
from menus.hop import Hop
from menus.member_lookup import PEOPLE, WHY, CardNumber, Whom, act_on, found
from menus.people import members_card

menu = Bindings("merges")
Half = Annotated[str, kinds.Kind("name", "m" * 20, private=True)]


class Both(msgspec.Struct, frozen=True):
    one: Half
    other: Half


class AskedMerge(msgspec.Struct, frozen=True):
    of_card: CardNumber


class First(msgspec.Struct, frozen=True):
    whom: Whom


class Two(msgspec.Struct, frozen=True):
    """The two cards that were typed; the first one's PIN and number stay."""

    whom: Whom
    merging: Whom


@menu.answer(refuses=dict.fromkeys(("no_member", "short", "same")))
def other_card(hop: Hop, reader: Connection, typed: str, kept: First) -> Whom:
    """Read the other card's number."""
    found = members_card(hop, reader, typed)
    if found.member_id == kept.whom.member_id:
        raise Refused("same")
    return found


@menu.source()
def both_named(reader: Connection, kept: Two) -> Both:
    """Say the names on both cards."""
    people = select(Person.id, Person.name).where(Person.id.in_((kept.whom.person_id, kept.merging.person_id)))
    names = {row.id: row.name for row in reader.execute(people)}
    return Both(names.get(kept.whom.person_id, ""), names.get(kept.merging.person_id, ""))


@menu.effect(leads={"not_yours": None}, denies={**PEOPLE, merges.NotOne: lambda no: WHY[no.why]})
def ask_merge(hop: Hop, session: Session, kept: Two) -> AskedMerge:
    """Ask other officers to make one of the two."""
    act = act_on(session, hop, kept.whom)
    merges.ask(session, act, found(session, kept.whom), found(session, kept.merging))
    return AskedMerge(kept.whom.card)
