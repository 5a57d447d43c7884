"""Cards of members who haven't activated yet, also of those without a telephone."""

from datetime import date, datetime, timedelta

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.coop.access import activation
from app.coop.access.models import Activation
from app.coop.access.numbers import phones_of
from app.coop.cooperatives.queries import cooperative_by_code
from app.coop.members.lookup import BELONGS
from app.coop.members.models import Member, Number, Person


class PrintedCard(msgspec.Struct, frozen=True):
    """What is printed: card number, name, telephone, place digit on a shared one; the new activation number, with its last day, of
    those who need one.
    """

    member_id: int
    person_id: int
    card: str
    name: str
    phone: str | None
    place: int | None
    activation: str | None
    until: date | None


def issue_cards(
    session: Session,
    code: str,
    *,
    key: bytes,
    now: datetime,
    renew: bool = False,
    everybody: bool = False,
    days: int = activation.PRINTED_DAYS,
    most: int | None = None,
    officer: int | None = None,
) -> list[PrintedCard] | None:
    """Give pending members of a co-operative an activation number for so many days: those who have none that works, or all with
    `renew`. With `everybody` those who need none have a card, too. At most `most` cards, by card number.

    An `officer` who prints them gets none for themselves, nor for who is reached by a number that they have or ever gave up.
    A number that works is on a card already, and would die. None when no co-operative has this code.
    """
    cooperative = cooperative_by_code(session, code)
    if cooperative is None:
        return None
    works = (Activation.used_at.is_(None)) & (Activation.expires_at > now) & (Activation.tries < activation.TRIES)
    waits = Member.state == "pending"
    if not renew:
        waits &= ~select(Activation).where(Activation.person_id == Member.person_id, works).exists()
    if officer is not None:
        reached = aliased(Number)
        theirs = (
            select(reached.id).where(reached.person_id == Member.person_id, reached.phone.in_(phones_of(officer))).correlate(Member)
        )
        waits &= (Member.person_id != officer) & ~theirs.exists()
    own = select(func.min(Number.id)).where(Number.person_id == Member.person_id, Number.trusted.is_(False)).correlate(Member)
    shown = (
        select(Member.id, Member.card, Person.name, Number.phone, Number.place, Member.person_id, waits.label("waits"))
        .join(Person, Person.id == Member.person_id)
        .outerjoin(Number, Number.id == own.scalar_subquery())
        .where(Member.cooperative_id == cooperative, Member.state.in_(BELONGS) if everybody else waits)
        .order_by(Member.card)
        .limit(most)
    )
    until, found = (now + timedelta(days=days)).date(), []
    for row in session.execute(shown).all():
        number = activation.issue(session, row.person_id, key=key, now=now, days=days) if row.waits else None
        found.append(
            PrintedCard(row.id, row.person_id, row.card, row.name, row.phone, row.place, number, until if row.waits else None)
        )
    return found
