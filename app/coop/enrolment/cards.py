"""Cards of members who haven't activated yet, also of those without a telephone."""

from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.coop.access import activation
from app.coop.access.models import Activation
from app.coop.cooperatives.queries import cooperative_by_code
from app.coop.members.models import Member, Number, Person


class PrintedCard(msgspec.Struct, frozen=True):
    """What is printed: card number, name, telephone, place digit on a shared one, the new activation number."""

    card: str
    name: str
    phone: str | None
    place: int | None
    activation: str


def issue_cards(
    session: Session, code: str, *, key: bytes, now: datetime, renew: bool = False, days: int = activation.PRINTED_DAYS
) -> list[PrintedCard] | None:
    """Give pending members of a co-operative an activation number for so many days: those who have none that works, or all with
    `renew`.

    A number that works is on a card already, and would die. None when no co-operative has this code.
    """
    cooperative = cooperative_by_code(session, code)
    if cooperative is None:
        return None
    pending = (
        select(Member.card, Member.person_id, Person.name, Number.phone, Number.place)
        .join(Person, Person.id == Member.person_id)
        .outerjoin(Number, Number.person_id == Member.person_id)
        .where(Member.cooperative_id == cooperative, Member.state == "pending")
        .order_by(Member.card, Number.id)
    )
    if not renew:
        works = (Activation.used_at.is_(None)) & (Activation.expires_at > now) & (Activation.tries < activation.TRIES)
        pending = pending.where(~select(Activation).where(Activation.person_id == Member.person_id, works).exists())
    numbers: dict[int, str] = {}
    found = []
    for card, person, name, phone, place in session.execute(pending).all():
        if person not in numbers:
            numbers[person] = activation.issue(session, person, key=key, now=now, days=days)
        found.append(PrintedCard(card, name, phone, place, numbers[person]))
    return found
