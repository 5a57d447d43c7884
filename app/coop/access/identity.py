"""Who holds a number."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, cast

import msgspec
from sqlalchemy import ColumnElement, Connection, bindparam, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from app.coop.cooperatives.models import Cooperative
from app.coop.members.models import Member, Number, Person
from app.coop.scope import Scope

State = Literal["pending", "active", "blocked", "departed", "officer"]


class Who(msgspec.Struct, frozen=True):
    """Somebody who holds a number: no name in it, for it is kept in the live session.

    `waiting` says, once the PIN was given, that something was done for them and waits for their word.
    `activating` says that they typed their activation number in this call.
    While `proof_wanted` the number opens nothing of theirs; until `reset_until` they may choose a new PIN on it; a `trusted` one
    is somebody else's. `scope` is what an officer of several has chosen for this call.
    """

    person_id: int
    member_id: int | None
    cooperative_id: int | None
    cooperative: str | None
    place: int | None
    state: State
    has_pin: bool
    language: str
    shared: bool = False
    waiting: bool = False
    activating: bool = False
    proof_wanted: bool = False
    reset_until: datetime | None = None
    trusted: bool = False
    scope: Scope | None = None


_Own = aliased(Number)


def resets_here() -> ColumnElement[bool]:
    """Return the condition for a number on which its person may choose a new PIN: a trusted one only without one of their own."""
    own = (_Own.person_id == Number.person_id) & _Own.trusted.is_(False) & _Own.proof_wanted.is_(False)
    return Number.proof_wanted.is_(False) & (Number.trusted.is_(False) | ~exists().where(own))


_WHO = (
    select(
        Number.person_id,
        Member.id,
        Member.cooperative_id,
        Cooperative.code,
        Number.place,
        Member.state,
        Person.pin_hash.is_not(None),
        Person.language,
        Number.proof_wanted,
        case((resets_here(), Person.reset_until)),
        Number.trusted,
    )
    .join(Person, Person.id == Number.person_id)
    .outerjoin(Member, Member.person_id == Person.id)
    .outerjoin(Cooperative, Cooperative.id == Member.cooperative_id)
    .where(Number.phone == bindparam("phone"))
    .order_by(Number.place, Number.id)
)


def who_holds(reader: Connection, phone: str) -> tuple[Who, ...]:
    """Return who holds `phone` (E.164), by place; () when nobody does, several on a shared number. One SELECT.

    The owner of a number that nobody else has proved yet has no place, and holds it alone.
    """
    holders = _all_of(reader, phone)
    return tuple(who for who in holders if who.place is None) or tuple(
        msgspec.structs.replace(who, shared=len(holders) > 1) for who in holders
    )


def who_waits(reader: Connection, phone: str) -> tuple[Who, ...]:
    """Return the members who come to `phone` (E.164) by an activation number before a place is asked for. One SELECT.

    Active ones have yet to prove it; pending ones were admitted on a number that its owner holds alone.
    """
    holders = _all_of(reader, phone)
    alone = any(who.place is None for who in holders)
    return tuple(who for who in holders if _waits(who, alone))


def _all_of(reader: Connection, phone: str) -> tuple[Who, ...]:
    rows = reader.execute(_WHO, {"phone": phone}).all()
    return tuple(
        Who(
            person,
            member,
            co,
            code,
            place,
            cast(State, state or "officer"),
            bool(pin),
            language,
            proof_wanted=proof,
            reset_until=reset,
            trusted=trusted,
        )
        for person, member, co, code, place, state, pin, language, proof, reset, trusted in rows
    )


def _waits(who: Who, alone: bool) -> bool:
    if who.state == "active":
        return who.proof_wanted
    return who.state == "pending" and not who.proof_wanted and alone and who.place is not None


def cooperative_of(holders: Sequence[Who]) -> int | None:
    """Return whose officers these holders of a number call and write to; None is the federation's."""
    cooperatives = {who.cooperative_id for who in holders}
    return cooperatives.pop() if len(cooperatives) == 1 else None


def prices_of(holders: Sequence[Who]) -> Scope:
    """Return whose prices these holders of a number are told: their co-operative's where all its members are of one."""
    return Scope(cooperative_of([who for who in holders if who.state in ("active", "pending")]))


def person_of(holders: Sequence[Who]) -> int | None:
    """Return who is meant by a number that one alone has; nobody who has left, nor whose SIM may be another's by now."""
    known = [who.person_id for who in holders if not (who.proof_wanted or who.state == "departed")]
    return known[0] if len(known) == len(holders) == 1 else None


def serves_several(reader: Connection | Session, phone: str) -> bool:
    """Tell whether a number serves more than one person, so that a place is asked for."""
    holders, placed = reader.execute(select(func.count(), func.count(Number.place)).where(Number.phone == phone)).one()
    return holders == placed > 1
