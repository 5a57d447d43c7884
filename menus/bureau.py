"""The officers' Bureau: who sees it on home, and the guard of each right."""

from collections.abc import Callable
from typing import Annotated, get_args

import msgspec
from sqlalchemy import Connection, select

from app.coop import approvals
from app.coop.cooperatives.models import Cooperative
from app.coop.offices.queries import scopes_of
from app.coop.rights import NotYours, Right
from app.coop.scope import Scope
from app.db.database import is_outage
from app.digits import is_number
from app.ussd import kinds
from app.ussd.bindings import Bindings, Divert, Found, Refused
from menus.hop import Hop, holders_of, reading_office, who_of
from menus.identity import STATES, unproved

menu = Bindings("bureau")


@menu.caller(kinds=("officer",))
def caller(hop: Hop) -> str:
    """Tell an officer's number by the number alone, once when a session begins."""
    return "officer" if hop.desk.officers.holds(hop.phone, hop.now.date()) else ""


class Waits(msgspec.Struct, frozen=True):
    waits: kinds.Short


class Offices(msgspec.Struct, frozen=True):
    offices: Annotated[str, kinds.Kind("words", "m" * 80)]


@menu.source()
def bureau(hop: Hop) -> Waits:
    """Say how many wait for a word of whoever holds this number: a count is not private. Nothing, when that can't be told now."""
    try:
        persons = [who_of(hop).person_id] if hop.who else [who.person_id for who in holders_of(hop)]
        with hop.desk.database.read() as reader:
            count = sum(approvals.waiting_count(reader, person, hop.now) for person in persons)
    except Exception as fault:
        if not is_outage(fault):
            raise
        return Waits("")
    return Waits(f"{count} à approuver" if count else "")


def _guard(right: Right) -> Callable[[Hop], Divert | None]:
    def guard(hop: Hop) -> Divert | None:
        if not hop.proved:
            return unproved(hop, officer=True)
        with hop.desk.database.read() as reader:
            who = who_of(hop)
            if who.scope is None and len(scopes_of(reader, who.person_id, hop.now.date())) > 1:
                return Divert("which_office", who)
            try:
                reading_office(reader, hop, right)
            except NotYours:
                return Divert("not_yours", who)
        return None

    return guard


for _right in get_args(Right):
    menu.guard(name=_right, leads=dict.fromkeys((*STATES, "which_office", "not_yours")))(_guard(_right))


@menu.source()
def offices_held(hop: Hop) -> Offices:
    """Say for whom an officer of several scopes may act: 1, 2 …"""
    with hop.desk.database.read() as reader:
        names = [_name(reader, scope) for scope in scopes_of(reader, who_of(hop).person_id, hop.now.date())]
    return Offices(", ".join(f"{number} {name}" for number, name in enumerate(names, 1)))


@menu.answer(refuses={"unknown": None})
def which_office(hop: Hop, typed: str) -> Found:
    """Take the scope for which the officer acts in this call."""
    who = who_of(hop)
    with hop.desk.database.read() as reader:
        scopes = scopes_of(reader, who.person_id, hop.now.date())
    if not (is_number(typed, 2) and 0 < int(typed) <= len(scopes)):
        raise Refused("unknown")
    return Found(msgspec.structs.replace(who, scope=scopes[int(typed) - 1]))


def _name(reader: Connection, scope: Scope) -> str:
    code = reader.scalar(select(Cooperative.code).where(Cooperative.id == scope.cooperative_id))
    return code or "Fédération"
