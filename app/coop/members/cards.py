"""Cards of members who haven't activated yet."""

from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.coop.members import activation
from app.coop.members.models import Cooperative, Member, Number


class Card(msgspec.Struct, frozen=True):
    """What is printed: card number, telephone, place digit on a shared one, the new activation number."""

    card: str
    phone: str
    place: int | None
    activation: str


def issue_cards(session: Session, code: str, *, key: bytes, now: datetime) -> list[Card] | None:
    """Give every pending member of a co-operative a new activation number; None when no co-operative has this code."""
    cooperative = session.scalar(select(Cooperative.id).where(Cooperative.code == code.upper()))
    if cooperative is None:
        return None
    pending = (
        select(Member.card, Member.person_id, Number.phone, Number.place)
        .join(Number, Number.person_id == Member.person_id)
        .where(Member.cooperative_id == cooperative, Member.state == "pending")
        .order_by(Member.card, Number.id)
    )
    numbers: dict[int, str] = {}
    found = []
    for card, person, phone, place in session.execute(pending):
        if person not in numbers:
            numbers[person] = activation.issue(session, person, key=key, now=now)
        found.append(Card(card, phone, place, numbers[person]))
    return found
