"""Notices to members and officers of what an act did: the number, the price and the trace are found here."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app import phones, texts
from app.coop.act import Act
from app.coop.members.contact import reach
from app.coop.members.models import Number, Person
from app.coop.members.telephones import SharedHolder, first_numbers, places_on, reached_by
from app.sms import outbox


def tell_member(session: Session, act: Act, member_id: int, purpose: str, cause: str, words: str) -> None:
    """Put an SMS to a member's first number into the outbox; a member without one gets none."""
    whom = reach(session, [member_id])[member_id]
    if whom.phone:
        tell_number(session, act, whom.phone, purpose, cause, words, person_id=whom.person_id, cooperative_id=whom.cooperative_id)


def tell_first(session: Session, act: Act, persons: Iterable[int], purpose: str, cause: str, words: str) -> None:
    """Put an SMS to each person's first number into the outbox; one without a number gets none."""
    for person, phone in first_numbers(session, persons).items():
        tell_number(session, act, phone, purpose, cause, words, person_id=person)


def answer(session: Session, act: Act, purpose: str, cause: str, words: str, cooperative_id: int | None = None) -> None:
    """Put an SMS to the number in hand into the outbox."""
    tell_number(session, act, act.phone, purpose, cause, words, person_id=act.person_id, cooperative_id=cooperative_id)


def tell_number(
    session: Session,
    act: Act,
    phone: str,
    purpose: str,
    cause: str,
    words: str,
    *,
    person_id: int | None = None,
    cooperative_id: int | None = None,
) -> None:
    """Put an SMS to a number into the outbox, with whose it is where that is known: in their language, if it is served."""
    outbox.put(
        session,
        to=phone,
        text=words,
        purpose=purpose,
        cause=cause,
        now=act.now,
        person_id=person_id,
        cooperative_id=cooperative_id,
        trace=act.trace,
        language=_language(session, person_id),
    )


def _language(session: Session, person_id: int | None) -> str:
    """Return the language in which a person reads our SMS; no SELECT while there is one only."""
    served = texts.languages()
    wished = session.scalar(select(Person.language).where(Person.id == person_id)) if len(served) > 1 else None
    return wished if wished in served else served[0]


def tell_person(
    session: Session,
    act: Act,
    person_id: int,
    cause: str,
    words: str,
    *,
    extra: tuple[str, ...] = (),
    cooperative_id: int | None = None,
) -> None:
    """Put a security notice to each number of a person, and to `extra` ones that were theirs until now, into the outbox.

    It tells what touches their account: nobody acts on it unseen.
    """
    for phone in dict.fromkeys((*reached_by(session, person_id), *extra)):
        tell_number(session, act, phone, "security", cause, words, person_id=person_id, cooperative_id=cooperative_id)


def tell_of_number(session: Session, act: Act, person_id: int, phone: str, cause: str, words: str) -> None:
    """Tell a person on each of their numbers what becomes of one; not on that one, where others would read it as their own news."""
    shared = session.scalar(select(exists().where(Number.phone == phone, Number.person_id != person_id)))
    for known in reached_by(session, person_id):
        if known != phone or not shared:
            tell_number(session, act, known, "security", cause, words, person_id=person_id)


def tell_self(session: Session, act: Act, cause: str, words: str, *, extra: tuple[str, ...] = ()) -> None:
    """Put a security notice to each number of the person who acts into the outbox, and to `extra` ones."""
    tell_person(session, act, act.person_id, cause, words, extra=extra)


def tell_places(session: Session, act: Act, phone: str, cause: str) -> list[SharedHolder]:
    """Tell each holder of a shared number their place, on all their numbers; return them, none while no place is asked for."""
    holders = places_on(session, phone)
    for holder in holders:
        words = texts.say("place_given_officer", phone=phones.write(phone), place=holder.place)
        if holder.card:
            words = texts.say("place_given", phone=phones.write(phone), card=holder.card, place=holder.place)
        tell_person(session, act, holder.person_id, f"place:{holder.person_id}:{cause}", words)
    return holders


def lock_words(until: datetime | None, code: str) -> texts.Said:
    """Say that three wrong PINs lock an account until an instant, or (None) until the secretary opens it; and what remains."""
    return texts.say("lock_notice", until=until, code=code) if until else texts.say("lock_notice_for_good", code=code)
