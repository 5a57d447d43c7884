"""Who is behind a number that wrote or asked to be called, and what it was answered before."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from app.coop.cooperatives.models import Cooperative
from app.coop.members.models import Member, Number, Person
from app.coop.scope import Scope
from app.sms.models import Message

MOST_SHOWN, MOST_READ = 2, 200


class NumberHolder(msgspec.Struct, frozen=True):
    """The one member whose number it is; `cooperative` is a code."""

    member_id: int
    name: str
    card: str
    cooperative: str


class EarlierAnswer(msgspec.Struct, frozen=True):
    """What officers of the scope wrote to a number."""

    at: datetime
    text: str


def senders_of(reader: Connection, phones: Collection[str]) -> dict[str, NumberHolder]:
    """Return who holds each number alone; of one that several hold, or that is only trusted, nobody is meant. One SELECT."""
    told = select(Number.phone, Member.id, Person.name, Member.card, Cooperative.code).join(Person, Person.id == Number.person_id)
    rows = told.join(Member, Member.person_id == Person.id).join(Cooperative, Cooperative.id == Member.cooperative_id)
    alone = (Number.place.is_(None), ~Number.trusted, ~Number.proof_wanted)
    return {row.phone: NumberHolder(*row[1:]) for row in reader.execute(rows.where(Number.phone.in_(set(phones)), *alone))}


def answered_before(reader: Connection, scope: Scope, phones: Collection[str]) -> dict[str, list[EarlierAnswer]]:
    """Return the last answers of a scope's officers to each number, newest first. One SELECT."""
    rows = select(Message.to_number, Message.created_at, Message.text).where(Message.to_number.in_(set(phones)))
    ours = rows.where(Message.cause.startswith("letter:"), scope.own(Message.cooperative_id))
    found: dict[str, list[EarlierAnswer]] = defaultdict(list)
    for phone, at, text in reader.execute(ours.order_by(Message.created_at.desc()).limit(MOST_READ)):
        if len(found[phone]) < MOST_SHOWN:
            found[phone].append(EarlierAnswer(at, text))
    return found
