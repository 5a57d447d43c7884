"""Erase what names a member who left, as law 2008-12 wants it and the books allow.

Accounting papers are kept ten years (OHADA); so the name goes ten years after the member left, or at once when no book names the
member. What stays has no name: entries, declarations and acts under the member's number. Consents stay whole, telephone and all:
they are the proof of what was agreed to, and nothing of them can be changed.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime

import msgspec
from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.orm import Session

from app.coop.access import numbers
from app.coop.ledger.models import Account, JournalEntry
from app.coop.members.lookup import NoCard, in_cooperative
from app.coop.members.models import CardAlias, Member, Person
from app.coop.members.names import NOBODY
from app.coop.members.telephones import numbers_of
from app.coop.production.models import Declaration
from app.coop.subject import Leaver, declared
from app.db.operations import Operation
from app.phones import write

YEARS = 10


class NotYet(Exception):
    """Nothing may be erased; the argument says why."""


class Erased(msgspec.Struct, frozen=True):
    """How many numbers went, and how many acts lost what they were told."""

    numbers: int
    acts: int


def erase_member(session: Session, card: str, *, now: datetime) -> Erased:
    """Erase the name and the numbers of the member with a card, also under the cards that were made one with it. Raises NotYet."""
    try:
        found = in_cooperative(session, None, card)
    except NoCard:
        raise NotYet("no member has this card") from None
    merged = select(Member.id).join(CardAlias, CardAlias.card == Member.card).where(CardAlias.member_id == found.member_id)
    either = Member.id.in_(merged) | (Member.id == found.member_id)
    rows = session.scalars(select(Member).where(either).order_by(Member.id).with_for_update()).all()
    for row in rows:
        _check(session, row, now.date())
    erased = [_erase(session, row, now) for row in rows]
    return Erased(sum(one.numbers for one in erased), sum(one.acts for one in erased))


def _erase(session: Session, row: Member, now: datetime) -> Erased:
    person = session.get_one(Person, row.person_id)
    name, person.name, person.pin_hash, person.language = person.name, NOBODY, None, "fr"
    held = numbers_of(session, person.id)
    # Collected first: the history of the numbers is blanked below, and nothing else tells whose they were.
    phones = tuple(phone for phone in session.scalars(numbers.phones_of(person.id)) if phone)
    for number in held:
        numbers.release(session, person.id, number.id, by_person_id=None, now=now)
    session.flush()
    leaver = Leaver(row.id, person.id, phones, now)
    for rows in (rows for subject in declared() for rows in subject.rows):
        if callable(rows.erased):
            rows.erased(session, leaver)
    return Erased(len(held), _forget_acts(session, person.id, row, name, phones))


def _forget_acts(session: Session, person_id: int, member: Member, name: str, phones: Sequence[str]) -> int:
    """Empty what acts were told and gave back, of the person's own and of all that name them; return how many acts.

    They are found by their text: whatever a screen kept, under whatever name, is JSON in one of two columns. To empty one too many
    (another of the same name) does no harm: nothing reads them but a repeat within minutes.
    """
    dialled = [write(phone) for phone in phones]
    # As JSON has it in the column: letters with accents are escapes there.
    marks = [json.dumps(mark)[1:-1] for mark in (name, member.card, *dialled)]
    # With the sign that follows a number: 12 isn't the beginning of 123.
    ids = [f'"{key}": {number}{end}' for key, number in (("person_id", person_id), ("member_id", member.id)) for end in ",}"]
    columns = (cast(Operation.arguments, String), cast(Operation.outcome, String))
    named = [func.lower(column).contains(mark.lower(), autoescape=True) for column in columns for mark in (*marks, *ids)]
    acts = session.scalars(select(Operation).where(or_(Operation.person_id == person_id, *named))).all()
    for act in acts:
        act.arguments, act.outcome = {}, act.outcome | ({"values": {}} if "values" in act.outcome else {})
    return len(acts)


def _check(session: Session, row: Member, today: date) -> None:
    if row.state != "departed" or row.left_on is None:
        raise NotYet("the member hasn't left")
    if session.scalar(select(Account.id).where(Account.member_id == row.id, Account.balance != 0).limit(1)):
        raise NotYet("the account isn't settled")
    booked = select(JournalEntry.id).where(JournalEntry.member_id == row.id).limit(1)
    declared = select(Declaration.id).where(Declaration.member_id == row.id).limit(1)
    named = session.scalar(booked) or session.scalar(declared)
    if named and (today.year - row.left_on.year, today.month, today.day) < (YEARS, row.left_on.month, row.left_on.day):
        raise NotYet(f"the books name the member until {YEARS} years after {row.left_on:%d/%m/%Y}")
