"""Wrong PINs over many people: a lock counts those of one person, a stranger tries each once.

Only wrong PINs are written, each as a row of its own: nobody who types the right one waits for anybody.
"""

from datetime import datetime, timedelta
from typing import Literal

import msgspec
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.orm import Session

from app import texts
from app.coop.access.models import WrongPin
from app.coop.offices.queries import administrators
from app.db.rows import store, total
from app.sms import outbox

ON_A_NUMBER, PEOPLE, WITHIN = 9, 3, timedelta(hours=1)
"""Wrong PINs on one number within a time, of so many people, after which it tries none until that time is over."""
A_MINUTE, ALL_WITHIN = 120, timedelta(minutes=1)
"""Wrong PINs on all numbers in a minute, after which nobody's is tried until there are fewer."""
SHORTLY = timedelta(minutes=10)
"""A wrong PIN of these last minutes is taken for a slip of who now types the right one."""
KEPT = timedelta(days=90)


class WrongPinsSeen(msgspec.Struct, frozen=True):
    """What was wrong before a try: whether PINs rest (on this `number`, or on `all`), and how many were of this person.

    `since` is None when there is nothing to tell them: none, or a slip of just now.
    """

    rests: Literal["number", "all"] | None
    number: int
    since: datetime | None


def look(reader: Connection | Session, phone: str, person_id: int, now: datetime) -> WrongPinsSeen:
    """Return what was wrong before on a number, of a person and everywhere. One SELECT."""
    mine = (WrongPin.phone == phone) & (WrongPin.at > now - WITHIN)
    asked = (
        select(func.count()).where(mine),
        select(func.count(WrongPin.person_id.distinct())).where(mine),
        select(func.count()).where(WrongPin.at > now - ALL_WITHIN),
        select(func.count()).where(WrongPin.person_id == person_id),
        select(func.min(WrongPin.at)).where(WrongPin.person_id == person_id),
    )
    tried, people, everywhere, number, since = reader.execute(select(*(one.scalar_subquery() for one in asked))).one()
    here = tried >= ON_A_NUMBER and people >= PEOPLE
    resting: Literal["number", "all"] | None = "number" if here else "all" if everywhere >= A_MINUTE else None
    return WrongPinsSeen(resting, number, since if since and since <= now - SHORTLY else None)


def note(session: Session, phone: str, person_id: int, *, now: datetime) -> None:
    """Write a wrong PIN down; when it makes PINs rest, tell the administrators.

    Of one number and of all they hear once an hour each at the most.
    """
    store(session, WrongPin(phone=phone, person_id=person_id, at=now))
    where = look(session, phone, person_id, now).rests
    if where is None:
        return
    words, cause = texts.say("pins_sprayed", hour=now), f"wrong pins:{where}:{now:%Y%m%d%H}"
    if where == "number":
        words = texts.say("pins_sprayed_on", phone=phone, hour=now)
    for number in administrators(session.connection(), now.date()):
        outbox.put(session, to=number, text=words, purpose="alarm", cause=cause, now=now)


def recent(reader: Connection | Session, now: datetime) -> int:
    """Count the wrong PINs of these last minutes on all numbers, without those that their members were told of since."""
    return total(reader, select(func.count()).where(WrongPin.at > now - SHORTLY))


def forget_of(session: Session, person_id: int, upto: datetime) -> bool:
    """Forget a person's wrong PINs that they were told of; False when somebody else did already."""
    told = delete(WrongPin).where(WrongPin.person_id == person_id, WrongPin.at <= upto)
    return bool(session.scalars(told.returning(WrongPin.id)).all())


def forget(session: Session, now: datetime) -> None:
    """Forget wrong PINs that nobody came to hear of."""
    session.execute(delete(WrongPin).where(WrongPin.at < now - KEPT))
