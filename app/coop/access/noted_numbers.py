"""Numbers that an officer who sees the card notes for a member, bars or takes off: nothing of it opens an account by itself."""

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import phones, texts
from app.coop import approvals
from app.coop.access import numbers
from app.coop.act import Act
from app.coop.members import notices
from app.coop.members.lookup import BELONGS, FoundMember
from app.coop.members.models import Member, Number
from app.coop.members.telephones import numbers_of
from app.coop.offices import audit
from app.db.rows import require


class NotedNumber(msgspec.Struct, frozen=True):
    """How a number will be proved: by the member's PIN, or by a second officer; the `place` on one that somebody has already."""

    by_pin: bool
    place: int | None = None


class OfficersOwnNumber(Exception):
    """The member has a number of the officer's, or is the officer: nobody proves that alone."""


class AccountNotOpen(Exception):
    """The account is closed, or its member has left."""


class NumberElsewhere(Exception):
    """Who has the number is another co-operative's member: it can't be taken from them here."""


class NumberGone(Exception):
    """The member hasn't this number any more."""


class NothingToActivate(Exception):
    """The account is open, and no number of the member's waits for proof."""


def note(
    session: Session, act: Act, member: FoundMember, phone: str, *, trusted: bool, without_pin: bool, taken: bool
) -> NotedNumber:
    """Put a number on a member's account, which opens nothing before it is proved; the member is told.

    With `taken` the operator has given it to the member, and whoever had it loses it. Raises AccountNotOpen, NumberElsewhere,
    OfficersOwnNumber, approvals.AlreadyAsked, and what `numbers.attach` raises.
    """
    numbers.lock_person(session, member.person_id)
    if member.state not in BELONGS:
        raise AccountNotOpen
    if taken:
        _take_from_others(session, act, member, phone)
    place = numbers.attach(session, member.person_id, phone, trusted=trusted, by_person_id=act.person_id, now=act.now)
    audit.note(session, act, "number noted", f"member:{member.member_id}", member)
    words = texts.say("number_noted", day=act.now)
    notices.tell_of_number(session, act, member.person_id, phone, f"number:{act.operation}", words)
    return NotedNumber(_proved_by_pin(session, act, member, phone, without_pin=without_pin), place)


def bar(session: Session, act: Act, member: FoundMember, number_id: int) -> NotedNumber:
    """Bar a number whose SIM has changed until it is proved again. Raises NumberGone, OfficersOwnNumber, approvals.AlreadyAsked."""
    phone = _changed(session, act, member, number_id, barred=True)
    return NotedNumber(_proved_by_pin(session, act, member, phone))


def take_off(session: Session, act: Act, member: FoundMember, number_id: int) -> None:
    """Take a number off a member's account. Raises NumberGone."""
    _changed(session, act, member, number_id, barred=False)


def renew(session: Session, act: Act, member: FoundMember) -> None:
    """Note that another activation number is issued, and tell the member. Raises OfficersOwnNumber, NothingToActivate."""
    if numbers.share_a_number(session, act.person_id, member.person_id):
        raise OfficersOwnNumber
    unproved = any(number.proof_wanted for number in numbers_of(session, member.person_id))
    if member.state != "pending" and not (member.state == "active" and unproved):
        raise NothingToActivate
    audit.note(session, act, "activation renewed", f"member:{member.member_id}", member)
    notices.tell_person(session, act, member.person_id, f"card:{act.operation}", texts.say("card_renewed", day=act.now))


def _changed(session: Session, act: Act, member: FoundMember, number_id: int, *, barred: bool) -> str:
    numbers.lock_person(session, member.person_id)
    change = numbers.flag if barred else numbers.release
    phone = require(change(session, member.person_id, number_id, by_person_id=act.person_id, now=act.now), NumberGone())
    audit.note(session, act, "number flagged" if barred else "number released", f"member:{member.member_id}", member)
    words = texts.say("number_flagged", day=act.now) if barred else texts.say("number_released", day=act.now)
    notices.tell_person(session, act, member.person_id, f"sim:{act.operation}", words, extra=(phone,))
    return phone


def _proved_by_pin(session: Session, act: Act, member: FoundMember, phone: str, *, without_pin: bool = False) -> bool:
    """Tell whether the member's PIN will prove a number; else ask a second officer."""
    if member.has_pin and not without_pin:
        return True
    if numbers.share_a_number(session, act.person_id, member.person_id):
        raise OfficersOwnNumber
    number = session.scalar(select(Number.id).where(Number.person_id == member.person_id, Number.phone == phone))
    approvals.ask(
        session,
        act,
        "number",
        f"Numéro {phones.write(phone)}",
        subject="number",
        subject_id=number or 0,
        cooperative_id=member.cooperative_id,
        member_id=member.member_id,
    )
    return False


def _take_from_others(session: Session, act: Act, member: FoundMember, phone: str) -> None:
    others = (Number.phone == phone) & (Number.person_id != member.person_id)
    held = select(Number.id, Number.person_id, Member.cooperative_id).outerjoin(Member, Member.person_id == Number.person_id)
    for number, person, place in session.execute(held.where(others)).all():
        if not act.office.scope.includes(place):
            raise NumberElsewhere
        numbers.release(session, person, number, by_person_id=act.person_id, now=act.now)
        words = texts.say("number_released", day=act.now)
        notices.tell_person(session, act, person, f"released:{number}:{act.operation}", words, extra=(phone,))
