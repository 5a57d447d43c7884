"""What came in: a row for each message id, and for each body that can't be read."""

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.sms.models import Inbound

MOST_CHARACTERS = 2000


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
        "provider_id": provider_id,
        "sender": sender,
        "recipient": to,
        "text": text[:MOST_CHARACTERS].replace("\0", ""),
        "received_at": now,
        "state": state,
        "word": word,
    }
    return session.execute(insert(Inbound).values(values).on_conflict_do_nothing().returning(Inbound.id)).scalar() is not None


def keep_unreadable(session: Session, provider: str, provider_id: str, body: str, *, now: datetime) -> bool:
    """Write a body that can't be read, for the operator; the same one again is not written."""
    return keep(session, provider, provider_id, sender="?", to="", text=body, state="unreadable", word=None, now=now)
