"""The SMS between a member and the service, as an officer may read them: codes are masked."""

import re
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from app.coop.members.models import Number
from app.sms.models import Inbound, Message

MOST_READ = 30
_CODE = re.compile(r"\b(code(?: de retrait)?|oui|non|present)\s+[0-9]{3,}", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]{4,}")
STARS = "****"


class Exchanged(msgspec.Struct, frozen=True):
    """An SMS to a member (`state` as it stands), or from them (`state` None)."""

    at: datetime
    phone: str
    text: str
    state: str | None = None


def exchanged_with(reader: Connection, person_id: int) -> list[Exchanged]:
    """Return a person's last SMS, newest first. Of a number that others hold too only what was written to this person."""
    held = reader.execute(select(Number.phone, Number.place, Number.trusted).where(Number.person_id == person_id)).all()
    phones = [one.phone for one in held]
    alone = [one.phone for one in held if one.place is None and not one.trusted]
    to_them: Any = (Message.person_id == person_id) | (Message.person_id.is_(None) & Message.to_number.in_(alone))
    sent = select(Message.created_at, Message.to_number, Message.text, Message.state, Message.purpose)
    sent = sent.where(Message.to_number.in_(phones), to_them).order_by(Message.created_at.desc()).limit(MOST_READ)
    came = select(Inbound.received_at, Inbound.sender, Inbound.text).where(Inbound.sender.in_(alone), Inbound.state != "joined")
    came = came.order_by(Inbound.received_at.desc()).limit(MOST_READ)
    found = [
        Exchanged(at, phone, masked(text, secret=why == "code"), state) for at, phone, text, state, why in reader.execute(sent)
    ]
    found += [Exchanged(at, phone, masked(text)) for at, phone, text in reader.execute(came)]
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST_READ]


def masked(text: str, *, secret: bool = False) -> str:
    """Return a text without the codes in it; of one that brings a `secret`, without any figures of four digits or more."""
    return _DIGITS.sub(STARS, text) if secret else _CODE.sub(rf"\1 {STARS}", text)
