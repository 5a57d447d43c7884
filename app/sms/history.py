"""What became of the messages to a number: why did she get nothing?"""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from app.sms.models import Message, StateChange


class MessageHistory(msgspec.Struct, frozen=True):
    """A message without its text, and each change of its state: when, to what, why."""

    id: int
    purpose: str
    state: str
    reason: str | None
    parts: int
    created_at: datetime
    changes: tuple[tuple[datetime, str, str | None], ...]


def messages_to(reader: Connection, number: str, *, most: int = 20) -> list[MessageHistory]:
    """Return the newest messages to a number, newest first. Claims are no changes of state."""
    fields = (Message.id, Message.purpose, Message.state, Message.reason, Message.parts, Message.created_at)
    newest = select(*fields).where(Message.to_number == number).order_by(Message.created_at.desc(), Message.id.desc()).limit(most)
    rows = reader.execute(newest).all()
    changes: dict[int, list[tuple[datetime, str, str | None]]] = {row.id: [] for row in rows}
    noted = select(StateChange.message_id, StateChange.at, StateChange.state, StateChange.reason)
    for message, at, state, reason in reader.execute(noted.where(StateChange.message_id.in_(changes)).order_by(StateChange.id)):
        changes[message].append((at, state, reason))
    return [MessageHistory(*row, tuple(changes[row.id])) for row in rows]
