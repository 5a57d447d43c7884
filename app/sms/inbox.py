"""What came in: a row for each message id, and for each body that can't be read."""

import re
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.sms.models import Inbound
from app.sms.reports import clean

MOST_CHARACTERS = 2000
_NAMES_A_CODE = re.compile(r"code|secret|passe|solde|(?<![a-z])pin(?![a-z])", re.IGNORECASE)
_CODE = re.compile(r"(?<!\d)(?<!\d )\d(?: ?\d){3,5}(?! ?\d)")


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
    reason: str | None = None,
    cooperative_id: int | None = None,
) -> bool:
    """Write a message that came in, why it isn't answered if so, and whose officers read it; False when its id was here before."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {
        "provider": provider,
        "provider_id": clean(provider_id, 80),
        "sender": clean(sender, 20),
        "recipient": clean(to, 20),
        "text": as_kept(text),
        "received_at": now,
        "state": state,
        "word": word,
        "reason": reason,
        "cooperative_id": cooperative_id,
    }
    return session.execute(insert(Inbound).values(values).on_conflict_do_nothing().returning(Inbound.id)).scalar() is not None


def as_kept(text: str) -> str:
    """Return a text as its row has it: where it speaks of a code, what looks like one is starred, for members do write theirs."""
    if _NAMES_A_CODE.search(text):
        text = _CODE.sub(lambda found: "*" * sum(letter.isdigit() for letter in found[0]), text)
    return clean(text, MOST_CHARACTERS)


def mark(session: Session, provider: str, provider_id: str, state: str) -> None:
    """Say of a message that was kept what became of it."""
    mine = (Inbound.provider == provider) & (Inbound.provider_id == clean(provider_id, 80))
    session.execute(update(Inbound).where(mine).values(state=state))


def keep_unreadable(session: Session, provider: str, provider_id: str, body: str, *, now: datetime) -> bool:
    """Write a body that can't be read, for the operator; the same one again is not written."""
    return keep(session, provider, provider_id, sender="?", to="", text=body, state="unreadable", word=None, now=now)
