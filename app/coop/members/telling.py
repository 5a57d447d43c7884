"""Tell somebody of what touches their account, on all their numbers: nobody acts on it unseen."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import phones
from app.coop.members.models import Role
from app.coop.members.numbers import Placed, places_on, reached_by
from app.coop.members.offices import in_term
from app.sms import outbox, people_texts


def tell(
    session: Session,
    person_id: int,
    cause: str,
    words: str,
    *,
    now: datetime,
    extra: tuple[str, ...] = (),
    cooperative_id: int | None = None,
    trace: str | None = None,
) -> None:
    """Put a security notice to each number of a person, and to `extra` ones that were theirs until now, into the outbox."""
    for phone in dict.fromkeys((*reached_by(session, person_id), *extra)):
        outbox.put(
            session,
            to=phone,
            text=words,
            purpose="security",
            cause=cause,
            now=now,
            person_id=person_id,
            cooperative_id=cooperative_id,
            trace=trace,
        )


def tell_places(session: Session, phone: str, cause: str, *, now: datetime, trace: str | None = None) -> list[Placed]:
    """Tell each holder of a shared number their place, on all their numbers; return them, none while no place is asked for."""
    holders = places_on(session, phone)
    for holder in holders:
        words = people_texts.place_given(phones.write(phone), holder.card, holder.place)
        told = f"place:{holder.person_id}:{cause}"
        tell(session, holder.person_id, told, words, now=now, trace=trace)
    return holders


def tell_officers(
    session: Session, cooperative_id: int | None, cause: str, words: str, *, now: datetime, also: tuple[int, ...] = ()
) -> None:
    """Tell all officers of a co-operative, or with None of the federation, and the persons `also`."""
    place = Role.cooperative_id.is_(None) if cooperative_id is None else Role.cooperative_id == cooperative_id
    officers = session.scalars(select(Role.person_id).where(place, in_term(now.date())).distinct().order_by(Role.person_id)).all()
    for person in dict.fromkeys((*also, *officers)):
        tell(session, person, cause, words, now=now, cooperative_id=cooperative_id)
