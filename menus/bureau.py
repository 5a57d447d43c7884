"""The officers' Bureau: who sees it on home, what waits there for whom, and the guard of each right."""

from collections.abc import Callable, Sequence
from typing import Annotated, get_args

import msgspec
from sqlalchemy import Connection, select

from app.coop import approvals
from app.coop.access.identity import Who
from app.coop.console_requests import queries as requests
from app.coop.contests import answers
from app.coop.cooperatives.models import Cooperative
from app.coop.correspondence import call_backs, inbox
from app.coop.offices.partners import partner_name
from app.coop.offices.queries import offices_of, scopes_of
from app.coop.production import weighings
from app.coop.rights import Office, Right
from app.coop.scope import Scope
from app.db.database import is_outage
from app.digits import is_number
from app.ussd import kinds
from app.ussd.bindings import Bindings, Divert, Found, Refused
from menus.hop import Hop, holders_of, offices_here, who_of
from menus.identity import STATES, unproved

menu = Bindings("bureau")


@menu.caller(kinds=("officer",))
def caller(hop: Hop) -> str:
    """Tell an officer's number by the number alone, once when a session begins."""
    return "officer" if hop.desk.officers.holds(hop.phone, hop.now.date()) else ""


CHOICES: dict[int, tuple[Right, ...]] = {
    1: ("weigh",),
    2: ("approve",),
    3: ("pay", "approve"),
    4: ("price", "approve"),
    5: ("people",),
    6: ("call_backs",),
    7: ("assist",),
    11: ("boutiques", "score"),
    12: ("courses",),
    13: ("approve",),
    14: ("console",),
}
"""The Bureau's choices with the rights of which one opens them."""
PAYING: dict[int, tuple[Right, ...]] = {number: ("approve",) if number == 5 else ("pay",) for number in range(1, 9)}
"""The choices under 3, Payer: who may not pay answers contests there."""


class Waits(msgspec.Struct, frozen=True):
    """What waits, and the choices that are not this office's."""

    waits: Annotated[str, kinds.Kind("words", "999 à approuver, 999 réclamations, 999 rappels, 999 messages, 999 console")]
    hidden: tuple[int, ...] = ()


class NotTheirs(msgspec.Struct, frozen=True):
    """The choices that are not this office's."""

    hidden: tuple[int, ...] = ()


class Offices(msgspec.Struct, frozen=True):
    offices: Annotated[str, kinds.Kind("words", "m" * 80)]


@menu.source()
def bureau(hop: Hop) -> Waits:
    """Say how much waits for whoever holds this number: counts are not private. Nothing, when that can't be told now."""
    try:
        here = _here(hop)
        with hop.desk.read() as reader:
            offices = _offices(reader, hop, here)
            waiting = _waiting(reader, offices, hop)
            if not any(waiting.values()):
                waiting["à créditer"] = weighings.how_many(reader, [one.person_id for one in offices if one.may("weigh")])
    except Exception as fault:
        if not is_outage(fault):
            raise
        return Waits("")
    found = [f"{min(number, 999)} {words if number > 1 else words.rstrip('s')}" for words, number in waiting.items() if number]
    return Waits(", ".join(found) or "rien n'attend", _hidden(offices, CHOICES))


@menu.source()
def paying_choices(hop: Hop) -> NotTheirs:
    """Hide what this office has no right to; nothing, when that can't be told now."""
    try:
        here = _here(hop)
        with hop.desk.read() as reader:
            return NotTheirs(_hidden(_offices(reader, hop, here), PAYING))
    except Exception as fault:
        if not is_outage(fault):
            raise
        return NotTheirs()


def _here(hop: Hop) -> Sequence[Who]:
    """Return whoever is there, or before the PIN all who hold the number."""
    return [who_of(hop)] if hop.who else holders_of(hop)


def _offices(reader: Connection, hop: Hop, here: Sequence[Who]) -> list[Office]:
    """Return the offices of who is there; of a chosen scope only that one's."""
    offices = [(who, office) for who in here for office in offices_of(reader, who.person_id, hop.now.date())]
    return [office for who, office in offices if who.scope in (None, office.scope)]


def _waiting(reader: Connection, offices: Sequence[Office], hop: Hop) -> dict[str, int]:
    """Count what waits for these offices, whosoever of the persons on the number they are."""
    persons = {one.person_id: tuple(other for other in offices if other.person_id == one.person_id) for one in offices}
    callers = {one.cooperative_id for one in offices if one.may("call_backs")}
    return {
        "à approuver": sum(approvals.waiting_count(reader, held, hop.now) for held in persons.values()),
        "réclamations": sum(len(answers.waiting(reader, one, hop.now)) for one in offices if one.may("approve")),
        "rappels": sum(call_backs.how_many(reader, place, hop.now)[0] for place in callers),
        "messages": sum(inbox.how_many(reader, place)[0] for place in callers),
        "console": requests.waiting_count(reader, persons, hop.now),
    }


def _hidden(offices: Sequence[Office], choices: dict[int, tuple[Right, ...]]) -> tuple[int, ...]:
    return tuple(number for number, rights in choices.items() if not any(one.may(right) for one in offices for right in rights))


def _guard(right: Right) -> Callable[[Hop], Divert | None]:
    def guard(hop: Hop) -> Divert | None:
        if not hop.proved:
            return unproved(hop, officer=True)
        who = who_of(hop)
        with hop.desk.read() as reader:
            offices = offices_here(reader, hop)
        if who.scope is None and len({office.scope for office in offices}) > 1:
            return Divert("which_office", who)
        held = any(office.may(right) and who.scope in (None, office.scope) for office in offices)
        return None if held else Divert("not_yours", who)

    return guard


for _right in get_args(Right):
    menu.guard(name=_right, leads=dict.fromkeys((*STATES, "which_office", "not_yours")))(_guard(_right))


@menu.source()
def offices_held(hop: Hop, reader: Connection) -> Offices:
    """Say for whom an officer of several scopes may act: 1, 2 …"""
    names = [_name(reader, scope) for scope in scopes_of(reader, who_of(hop).person_id, hop.now.date())]
    return Offices(", ".join(f"{number} {name}" for number, name in enumerate(names, 1)))


@menu.answer(refuses={"unknown": None})
def which_office(hop: Hop, reader: Connection, typed: str) -> Found:
    """Take the scope for which the officer acts in this call."""
    who = who_of(hop)
    scopes = scopes_of(reader, who.person_id, hop.now.date())
    if not (is_number(typed, 2) and 0 < int(typed) <= len(scopes)):
        raise Refused("unknown")
    return Found(msgspec.structs.replace(who, scope=scopes[int(typed) - 1]))


def _name(reader: Connection, scope: Scope) -> str:
    if scope.partner_id is not None:
        return partner_name(reader, scope.partner_id)
    code = reader.scalar(select(Cooperative.code).where(Cooperative.id == scope.cooperative_id))
    return code or "Fédération"
