"""What came in: a row for each message id, and for each body that can't be read. Written at once, worked on soon after."""

import re
from datetime import datetime

import msgspec
from sqlalchemy import Connection, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.sms.models import Inbound
from app.sms.reports import clean

QUEUE = "incoming"
MOST_CHARACTERS = 2000
_NAMES_A_CODE = re.compile(r"code|secret|passe|solde|(?<![a-z])pin(?![a-z])", re.IGNORECASE)
_CODE = re.compile(r"(?<!\d)(?<!\d )\d(?: ?\d){3,5}(?! ?\d)")


class Waiting(msgspec.Struct, frozen=True):
    """A message that is to be worked on, and how often an outage cut that."""

    id: int
    tries: int


def keep(
    session: Session,
    provider: str,
    provider_id: str,
    *,
    sender: str,
    to: str,
    text: str,
    state: str,
    word: str | None,
    now: datetime,
) -> bool:
    """Write a message that came in; False when its id was here before."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {
        "provider": provider,
        "provider_id": clean(provider_id, 80),
        "sender": clean(sender, 20),
        "recipient": clean(to, 20),
        "text": clean(text, MOST_CHARACTERS),
        "received_at": now,
        "state": state,
        "word": word,
    }
    return session.execute(insert(Inbound).values(values).on_conflict_do_nothing().returning(Inbound.id)).scalar() is not None


def as_kept(text: str) -> str:
    """Return a text as its row has it: where it speaks of a code, what looks like one is starred, for members do write theirs."""
    if _NAMES_A_CODE.search(text):
        text = _CODE.sub(lambda found: "*" * sum(letter.isdigit() for letter in found[0]), text)
    return clean(text, MOST_CHARACTERS)


def oldest(reader: Connection) -> Waiting | None:
    """Return which message is to be worked on next: the oldest, but those that were tried in vain come last."""
    new = select(Inbound.id, Inbound.tries).where(Inbound.state == "new").order_by(Inbound.tries, Inbound.id).limit(1)
    found = reader.execute(new).one_or_none()
    return found and Waiting(*found)


def claim(session: Session, waiting: int) -> Inbound | None:
    """Return a message for this transaction to work on; None when another has it or has done it."""
    mine = select(Inbound).where(Inbound.id == waiting, Inbound.state == "new").with_for_update(skip_locked=True)
    return session.scalar(mine)


def settle(message: Inbound, state: str, *, reason: str | None = None, whose: int | None = None) -> None:
    """Say what became of a message, why it isn't answered if so, and whose officers read it; a code in it is starred now."""
    message.state, message.reason, message.cooperative_id, message.text = state, reason, whose, as_kept(message.text)


def tried(session: Session, waiting: int) -> None:
    """Note that an outage cut the work on a message."""
    session.execute(update(Inbound).where(Inbound.id == waiting).values(tries=Inbound.tries + 1))


def waits(session: Session) -> bool:
    """Tell whether messages are to be worked on."""
    return session.scalar(select(exists().where(Inbound.state == "new"))) or False


def keep_unreadable(session: Session, provider: str, provider_id: str, body: str, *, now: datetime) -> bool:
    """Write a body that can't be read, for the operator; the same one again is not written."""
    return keep(session, provider, provider_id, sender="?", to="", text=as_kept(body), state="unreadable", word=None, now=now)
