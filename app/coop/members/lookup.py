"""Find a member by the number on their card."""

from datetime import date

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app import phones
from app.coop.members.models import CardAlias, Member, Number, Person
from app.coop.rights import Office
from app.digits import is_number

LEAST_DIGITS = 3
"""Of a card's number, typed without its letter and zeros."""
BELONGS = ("active", "pending")
"""States of whoever is a member: a pending one was accepted but never opened an account by telephone, and may have none."""


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
    """No card has this number in that scope."""


def by_card(reader: Connection | Session, office: Office, typed: str) -> FoundMember:
    """Return the member with a card, within an office's scope. Raises NoCard."""
    return in_cooperative(reader, office.cooperative_id, typed)


def in_cooperative(reader: Connection | Session, cooperative_id: int | None, typed: str) -> FoundMember:
    """Return the member of a co-operative (with None of any) with a card; an alias means the member who was kept.

    A card is typed with or without its letter and zeros, at least three digits. Raises NoCard.
    """
    digits = typed.strip().upper().removeprefix("C")
    if not is_number(digits, 11, least=LEAST_DIGITS):
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


def by_card_or_phone(reader: Connection | Session, cooperative_id: int, typed: str) -> FoundMember:
    """Return the member of a co-operative with a card, or who alone there has a telephone number. Raises NoCard.

    A number proves nothing: only where the officer sees who it is.
    """
    try:
        return in_cooperative(reader, cooperative_id, typed)
    except NoCard:
        mine = select(Member.card).join(Number, Number.person_id == Member.person_id).where(Member.cooperative_id == cooperative_id)
        theirs = mine.where(Number.phone == phones.read(typed), ~Number.trusted, Member.state != "departed").limit(2)
        cards = reader.scalars(theirs).all() if isinstance(reader, Session) else reader.execute(theirs).scalars().all()
        if len(cards) != 1:
            raise
        return in_cooperative(reader, cooperative_id, cards[0])


def too_short(typed: str) -> bool:
    """Tell whether what was typed for a card has too few digits to name one."""
    return is_number(typed.strip().upper().removeprefix("C"), LEAST_DIGITS - 1)
