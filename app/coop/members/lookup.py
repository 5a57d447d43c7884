"""Find a member by the number on their card, or by telephone."""

import re
from datetime import date

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app import phones
from app.coop.members.models import CardAlias, Member, Number, Person
from app.coop.rights import Office
from app.digits import is_number
from app.letters import plain

LEAST_DIGITS = 3
"""Of a card's number, typed without its letter and zeros."""
BELONGS = ("active", "pending")
"""States of whoever is a member: a pending one was accepted but never opened an account by telephone, and may have none."""
_CARD = re.compile(r"(?:CARTE ?)?(?:N(?:UMERO|O|°|º)?[. ]*)?C?[ .-]*([0-9][0-9 ]*)")


class FoundMember(msgspec.Struct, frozen=True):
    """A member whose card was shown or named."""

    member_id: int
    person_id: int
    cooperative_id: int
    card: str
    name: str
    state: str
    has_pin: bool
    leaving_on: date | None


class NoCard(Exception):
    """No card has this number in that scope, or no one member this telephone."""


def by_card(reader: Connection | Session, office: Office, typed: str) -> FoundMember:
    """Return the member with a card, or alone on a telephone number, within an office's scope. Raises NoCard."""
    return find(reader, office.cooperative_id, typed)


def find(reader: Connection | Session, cooperative_id: int | None, typed: str) -> FoundMember:
    """Return the member of a co-operative (with None of any) whose card or telephone number was typed.

    Of those who share a number nobody is meant, nor is by one that is only trusted. Raises NoCard.
    """
    phone = phones.read(typed)
    if phone is None or not phones.is_senegalese_mobile(phone):
        return in_cooperative(reader, cooperative_id, typed)
    held = (
        select(Member.card, Number.place)
        .join(Number, Number.person_id == Member.person_id)
        .where(Number.phone == phone, ~Number.proof_wanted, ~Number.trusted, Member.state != "departed")
    )
    if cooperative_id is not None:
        held = held.where(Member.cooperative_id == cooperative_id)
    rows = reader.execute(held).all()
    meant = [row for row in rows if row.place is None] or rows
    if len(meant) != 1:
        raise NoCard(typed)
    return in_cooperative(reader, cooperative_id, meant[0].card)


def read_card(typed: str) -> str | None:
    """Return the digits of a card number as people write it: `201`, `0201`, `C0000201`, `carte n° 201`; None when it is none."""
    found = _CARD.fullmatch(plain(typed).strip())
    digits = found[1].replace(" ", "") if found else ""
    return digits if is_number(digits, 11) else None


def in_cooperative(reader: Connection | Session, cooperative_id: int | None, typed: str) -> FoundMember:
    """Return the member of a co-operative (with None of any) with a card; an alias means the member who was kept.

    A card is typed as `read_card` takes it, at least three digits where no C says that it is one. Raises NoCard.
    """
    digits = read_card(typed) or ""
    if len(digits) < LEAST_DIGITS and not (digits and plain(typed).lstrip().startswith("C")):
        raise NoCard(typed)
    spelled = {f"C{digits}"} | {f"C{int(digits):0{width}d}" for width in (5, 7)}
    known = select(CardAlias.member_id).where(CardAlias.card.in_(spelled))
    wanted = select(
        Member.id,
        Member.person_id,
        Member.cooperative_id,
        Member.card,
        Person.name,
        Member.state,
        Person.pin_hash.is_not(None),
        Member.leaving_on,
        Member.id.in_(known).label("kept"),
    ).join(Person, Person.id == Member.person_id)
    wanted = wanted.where(Member.card.in_(spelled) | Member.id.in_(known))
    if cooperative_id is not None:
        wanted = wanted.where(Member.cooperative_id == cooperative_id)
    rows = reader.execute(wanted).all()
    # a merged card's own member has departed, and in time the member who was kept has too
    meant = [row for row in rows if row.state != "departed"] or [row for row in rows if row.kept] or rows
    if len(meant) != 1:
        raise NoCard(typed)
    member, person, cooperative, card, name, state, pin, leaving, _ = meant[0]
    return FoundMember(member, person, cooperative, card, name, state, bool(pin), leaving)


def too_short(typed: str) -> bool:
    """Tell whether what was typed for a card has too few digits to name one, where no C says that it is one."""
    return 0 < len(read_card(typed) or "") < LEAST_DIGITS and not plain(typed).lstrip().startswith("C")
