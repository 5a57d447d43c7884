"""Call me back: the help for those who can't or won't read. Who asked waits in a list until an officer has called."""

from datetime import datetime, timedelta
from typing import Literal

import msgspec
from sqlalchemy import ColumnElement, Connection, case, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import texts
from app.coop.act import Act
from app.coop.cooperatives.models import Cooperative
from app.coop.correspondence.models import CallBack
from app.coop.members import notices
from app.coop.members.models import Member, Person
from app.coop.offices import audit
from app.coop.scope import Scope
from app.db.pages import beyond
from app.db.rows import require
from app.service import service_of

Outcome = Literal["settled", "unreached", "later", "wrong", "left"]
TAKEN_FOR = timedelta(hours=2)
"""How long who took a call back has it for themselves."""
WAITS = {"unreached": timedelta(hours=3), "later": timedelta(hours=20), "left": timedelta(0)}
"""When it comes back: not reached, agreed on for the next day, left to another."""
MOST_TRIES = 3
MOST_TOPIC, MOST_TOPICS = 24, 120
"""Letters of one subject, and of all that a number waits for."""
BETWEEN = "; "


class WaitingCallBack(msgspec.Struct, frozen=True):
    """One who waits; `name` and `card` when one member alone holds the number, `taken_by` the officer who has it now."""

    id: int
    phone: str
    topic: str
    at: datetime
    tries: int
    taken_by: int | None
    name: str | None
    card: str | None


class CallBackTaken(Exception):
    """Another officer has it, or it is done."""


def ask(
    session: Session, phone: str, topic: str, *, person_id: int | None, cooperative_id: int | None, now: datetime
) -> tuple[int, bool]:
    """Put a number on the list; return its row and whether it is new. A number waits once, however often it asks.

    Asking again brings it forward, with the new topic beside those before; its age stays.
    """
    topic = topic[:MOST_TOPIC]
    known = select(CallBack).where(CallBack.phone == phone, CallBack.done_at.is_(None)).with_for_update()
    row = session.scalar(known)
    if row is None:
        try:
            with session.begin_nested():
                row = CallBack(phone=phone, topic=topic, person_id=person_id, cooperative_id=cooperative_id, at=now)
                session.add(row)
            return row.id, True
        except IntegrityError:  # another call of this number was first
            row = session.scalars(known).one()
    row.topic, row.again_at = _beside(row.topic, topic), None
    session.flush()
    return row.id, False


def caller_of(cooperative_id: int | None) -> str:
    """Say who calls a number back: the secretary of its co-operative, or the federation where nobody knows it."""
    return "votre secrétaire" if cooperative_id else "la fédération"


def subjects(topic: str) -> list[str]:
    """Return what a number waits for, the first asked first, without its details: `Boutique` of `Boutique: Keccax`."""
    return list(dict.fromkeys(one.partition(":")[0] for one in topic.split(BETWEEN)))


def _beside(before: str, topic: str) -> str:
    """Put a topic behind those before it; where they are too long together the details of all go first."""
    several = [*(one for one in before.split(BETWEEN) if one != topic), topic]
    whole = BETWEEN.join(several)
    # The end is kept: what was asked last stands there.
    return whole if len(whole) <= MOST_TOPICS else BETWEEN.join(subjects(whole))[-MOST_TOPICS:]


def waiting_for(
    reader: Connection, cooperative_id: int | None, now: datetime, limit: int = 40, after: int | None = None
) -> tuple[WaitingCallBack, ...]:
    """Return who waits in a co-operative, oldest first, behind `after`; with None those of no co-operative.

    Who was put off isn't among them.
    """
    holder = case((_held(now), CallBack.taken_by), else_=None)
    rows = reader.execute(
        select(CallBack.id, CallBack.phone, CallBack.topic, CallBack.at, CallBack.tries, holder, Person.name, Member.card)
        .outerjoin(Person, Person.id == CallBack.person_id)
        .outerjoin(Member, Member.person_id == Person.id)
        .where(*_open(cooperative_id), or_(CallBack.again_at.is_(None), CallBack.again_at <= now))
        .where(beyond(after, CallBack.id, CallBack.at))
        .order_by(CallBack.at, CallBack.id)
        .limit(limit)
    )
    return tuple(WaitingCallBack(*row) for row in rows)


class Share(msgspec.Struct, frozen=True):
    """How many wait in one co-operative, by its code (None: in no one's), and since when the first does."""

    cooperative: str | None
    number: int
    since: datetime


def by_cooperative(reader: Connection, cooperative_id: int | None, now: datetime, limit: int = 40) -> tuple[Share, ...]:
    """Return how many wait in a co-operative, with None in each, the longest wait first; where nobody does is left out."""
    since = func.min(CallBack.at)
    rows = reader.execute(
        select(Cooperative.code, func.count(), since)
        .select_from(CallBack)
        .outerjoin(Cooperative, Cooperative.id == CallBack.cooperative_id)
        .where(
            Scope(cooperative_id).reach(CallBack.cooperative_id),
            CallBack.done_at.is_(None),
            or_(CallBack.again_at.is_(None), CallBack.again_at <= now),
        )
        .group_by(Cooperative.code)
        .order_by(since)
        .limit(limit)
    )
    return tuple(Share(*row) for row in rows)


def how_many(reader: Connection, cooperative_id: int | None, now: datetime) -> tuple[int, datetime | None]:
    """Return how many wait, and since when the first does."""
    due = or_(CallBack.again_at.is_(None), CallBack.again_at <= now)
    number, since = reader.execute(select(func.count(), func.min(CallBack.at)).where(*_open(cooperative_id), due)).one()
    return number, since


def take(session: Session, act: Act, row_id: int) -> None:
    """Take a call back for TAKEN_FOR; of several officers one gets it. Raises CallBackTaken."""
    free = ~_held(act.now) | (CallBack.taken_by == act.person_id)
    require(
        session.execute(
            update(CallBack)
            .where(CallBack.id == row_id, *_open(act.office.cooperative_id), free)
            .values(taken_by=act.person_id, taken_at=act.now)
            .returning(CallBack.id)
        ).first(),
        CallBackTaken(),
    )
    audit.note(session, act, "call back taken", f"call_back:{row_id}")


def close(session: Session, act: Act, row_id: int, outcome: Outcome) -> str | None:
    """Note what a call came to, by who took it; return the number when it was given up after MOST_TRIES. Raises CallBackTaken.

    What wasn't settled comes back after a while.
    """
    mine = (CallBack.id == row_id, *_open(act.office.cooperative_id), CallBack.taken_by == act.person_id)
    row = require(session.scalar(select(CallBack).where(*mine).with_for_update()), CallBackTaken())
    row.tries += outcome == "unreached"
    given_up = outcome == "unreached" and row.tries >= MOST_TRIES
    row.outcome, row.taken_by, row.taken_at = outcome, None, None
    if given_up or outcome not in WAITS:
        row.done_at, row.done_by = act.now, act.person_id
    else:
        row.again_at = act.now + WAITS[outcome]
    audit.note(session, act, f"call back {outcome}", f"call_back:{row_id}")
    return row.phone if given_up else None


def tell_given_up(session: Session, act: Act, row_id: int, phone: str) -> None:
    """Tell a number that it was called MOST_TRIES times, and how to ask again."""
    words = texts.say("given_up", tries=MOST_TRIES, call_back=f"{service_of(session).code.rstrip('#')}*8#")
    notices.tell_number(session, act, phone, "receipt", f"call_back:{row_id}", words, cooperative_id=act.office.cooperative_id)


def _held(now: datetime) -> ColumnElement[bool]:
    return CallBack.taken_at.is_not(None) & (CallBack.taken_at > now - TAKEN_FOR)


def _open(cooperative_id: int | None) -> tuple[ColumnElement[bool], ...]:
    return Scope(cooperative_id).own(CallBack.cooperative_id), CallBack.done_at.is_(None)
