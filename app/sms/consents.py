"""Who wants what: consent of a number by purpose. The newest row of a purpose counts; without one a number wants it."""

import re
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import BindParameter, Boolean, ColumnElement, Connection, column, exists, func, insert, select, table, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.db.base import Utc
from app.sms.models import Message

PERSON = re.compile(r"\+[1-9][0-9]{6,14}")
"""A number that people have: in full, seven digits or more."""
CONSENTS = table(
    "consents",
    column("id"),
    column("phone"),
    column("purpose"),
    column("given", Boolean),
    column("at", Utc),
    column("channel"),
    column("notice"),
)
"""The columns that messages are refused by; the table is the co-operative's, which knows whose number it is."""
CONSENT = CONSENTS.c
STOPPED = ("notices", "broadcasts")
"""What STOP ends, here or at the gateway; STOP ALERTE ends `urgent`, START gives all of these back."""
GATEWAY = "gateway"
"""The channel of what the gateway told us, by its call-back or by refusing a number."""
REACHED = ("accepted", "underway", "delivered")
"""States of messages that the gateway did take."""


def wants(phone: str | InstrumentedAttribute[str] | BindParameter[str], purpose: str) -> ColumnElement[bool]:
    """Return SQL that tells whether a number (or a column of them) wants messages of a purpose."""
    newest = select(CONSENT.given).where(CONSENT.phone == phone, CONSENT.purpose == purpose).order_by(CONSENT.id.desc()).limit(1)
    return func.coalesce(newest.scalar_subquery(), true())


def opted_out(session: Session, phones: Collection[str], *, now: datetime) -> None:
    """Note that the gateway has these numbers on its list: as their STOP. Who has stopped already has no further row.

    What is no person's number is left out: a report carries whatever somebody wrote there.
    """
    phones = [phone for phone in phones if PERSON.fullmatch(phone)]
    newest = select(func.max(CONSENT.id)).where(CONSENT.phone.in_(phones), CONSENT.purpose.in_(STOPPED))
    last = select(CONSENT.phone, CONSENT.purpose).where(
        CONSENT.id.in_(newest.group_by(CONSENT.phone, CONSENT.purpose)), CONSENT.given.is_(False)
    )
    stopped = {(phone, purpose) for phone, purpose in session.execute(last)}
    rows = [
        {"phone": phone, "purpose": purpose, "given": False, "at": now, "channel": GATEWAY, "notice": ""}
        for phone in phones
        for purpose in STOPPED
        if (phone, purpose) not in stopped
    ]
    if rows:
        session.execute(insert(CONSENTS), rows)


def listed(reader: Connection | Session, phone: str | None = None) -> list[tuple[str, datetime]]:
    """Return the numbers, or this one, that are on the gateway's list as far as we know, since when.

    A number's START here doesn't take it off there: it stays listed until a message to it was taken again.
    """
    newest = select(func.max(CONSENT.id)).where(CONSENT.purpose == STOPPED[-1], CONSENT.channel == GATEWAY)
    newest = (newest if phone is None else newest.where(CONSENT.phone == phone)).group_by(CONSENT.phone)
    reached = (Message.to_number == CONSENT.phone) & (Message.created_at > CONSENT.at) & Message.state.in_(REACHED)
    rows = select(CONSENT.phone, CONSENT.at).where(CONSENT.id.in_(newest), CONSENT.given.is_(False), ~exists().where(reached))
    rows = rows.order_by(CONSENT.at, CONSENT.id)
    return [(row.phone, row.at) for row in reader.execute(rows)]
