"""SMS that no command understood: an officer of the sender's co-operative reads and answers them, the federation the others'."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, Connection, exists, func, select, update
from sqlalchemy.orm import Session

from app.coop.members import audit
from app.coop.members.identity import Who, cooperative_of
from app.coop.members.models import Cooperative, Number
from app.coop.members.offices import Office, holders_of_right
from app.coop.scope import Scope
from app.service import service_of
from app.sms import outbox, texts
from app.sms.models import Inbound, Message
from app.sms.policy import lost, prepare

TELL_EVERY = timedelta(hours=1)
MOST_CHARACTERS, MOST_PARTS = 240, 2
"""Of an officer's answer, the name that stands before it comes on top; and of both together."""


class Letter(msgspec.Struct, frozen=True):
    """An SMS that waits for an officer's answer."""

    id: int
    phone: str
    text: str
    at: datetime


class Gone(Exception):
    """Another officer has answered it, or it isn't for this one to read."""


class TooLong(ValueError):
    """An answer of more than MOST_CHARACTERS, or none; or too long for the emoji in it, which would leave as question marks."""


def unread(
    reader: Connection | Session, cooperative_id: int | None, *, letter: int | None = None, limit: int = 40
) -> tuple[Letter, ...]:
    """Return what waits for an answer in a co-operative, or one of it, oldest first; with None what came from members of none."""
    rows = select(Inbound.id, Inbound.sender, Inbound.text, Inbound.received_at).where(_open(cooperative_id))
    rows = rows if letter is None else rows.where(Inbound.id == letter)
    return tuple(Letter(*row) for row in reader.execute(rows.order_by(Inbound.id).limit(limit)))


def how_many(reader: Connection | Session, cooperative_id: int | None) -> tuple[int, datetime | None]:
    """Return how many wait, and since when the first does."""
    number, since = reader.execute(select(func.count(), func.min(Inbound.received_at)).where(_open(cooperative_id))).one()
    return number, since


def by_cooperative(reader: Connection, limit: int = 40) -> tuple[tuple[str | None, int, datetime], ...]:
    """Return for each co-operative with letters its code (None: the federation's own), how many wait, since when the first does."""
    since = func.min(Inbound.received_at)
    rows = (
        select(Cooperative.code, func.count(), since)
        .select_from(Inbound)
        .outerjoin(Cooperative, Cooperative.id == Inbound.cooperative_id)
        .where(Inbound.state == "unparsed", Inbound.closed_at.is_(None))
        .group_by(Cooperative.code)
    )
    return tuple((code, number, at) for code, number, at in reader.execute(rows.order_by(since).limit(limit)))


def answer(session: Session, office: Office, letter: int, words: str, *, channel: str, operation: str, now: datetime) -> int:
    """Send an officer's words to who wrote, under the co-operative's name, and close the letter; return the parts.

    Raises Gone, TooLong. Of two officers at once one answers.
    """
    whole, parts = as_sent(session, office.cooperative_id, words)
    sender = _close(session, office, letter, "letter answered", channel, operation, now)
    outbox.put(
        session,
        to=sender,
        text=whole,
        purpose="answer",
        cause=f"letter:{letter}",
        now=now,
        cooperative_id=office.cooperative_id,
    )
    return parts


def as_sent(reader: Connection | Session, cooperative_id: int | None, words: str) -> tuple[str, int]:
    """Return an answer as its reader will see it, and its parts. Raises TooLong."""
    words = " ".join(words.split())
    whole = signed(reader, cooperative_id, words)
    travelling = prepare(whole)
    if not 0 < len(words) <= MOST_CHARACTERS or travelling.parts > MOST_PARTS or lost(whole):
        raise TooLong(words)
    return travelling.text, travelling.parts


def signed(reader: Connection | Session, cooperative_id: int | None, words: str) -> str:
    """Return an answer as it leaves: with the co-operative's name before it, never an officer's."""
    name = reader.scalar(select(Cooperative.name).where(Cooperative.id == cooperative_id))
    return f"{name or 'La fédération'}: {words}"


def scope_of(session: Session, letter: int) -> Scope | None:
    """Return whose officers a letter is for; None when there is none of this number."""
    row = session.execute(select(Inbound.cooperative_id).where(Inbound.id == letter)).first()
    return Scope(row.cooperative_id) if row else None


def dismiss(session: Session, office: Office, letter: int, *, channel: str, operation: str, now: datetime) -> None:
    """Close a letter that wants no answer. Raises Gone."""
    _close(session, office, letter, "letter dismissed", channel, operation, now)


def tell(session: Session, holders: Sequence[Who], *, now: datetime, operation: str) -> None:
    """Tell the secretary, or whoever reads the letters where there is none, that one waits: at most once an hour.

    Only of what a member wrote: strangers' letters wait unannounced.
    """
    if not holders:
        return
    cooperative_id = cooperative_of(holders)
    writers = {who.person_id for who in holders}
    offices = [one for one in holders_of_right(session, "call_backs", cooperative_id, now.date()) if one.person_id not in writers]
    readers = [office.person_id for office in offices if office.role == "secretary"] or [office.person_id for office in offices]
    told = exists().where(
        Message.to_number == Number.phone, Message.created_at > now - TELL_EVERY, Message.cause.startswith("letters:")
    )
    own = (Number.person_id.in_(readers), ~Number.trusted, ~Number.proof_wanted, ~told)
    for phone in session.scalars(select(Number.phone).where(*own).distinct()).all():
        outbox.put(
            session,
            to=phone,
            text=texts.letter_waits(service_of(session).code),
            purpose="task",
            cause=f"letters:{operation}",
            now=now,
            cooperative_id=cooperative_id,
        )


def _close(session: Session, office: Office, letter: int, act: str, channel: str, operation: str, now: datetime) -> str:
    closing = update(Inbound).where(Inbound.id == letter, _open(office.cooperative_id))
    sender: str | None = session.scalar(closing.values(closed_at=now, closed_by=office.person_id).returning(Inbound.sender))
    if sender is None:
        raise Gone(letter)
    audit.record(session, office, act, about=f"letter:{letter}", channel=channel, operation=operation, now=now)
    return sender


def _open(cooperative_id: int | None) -> ColumnElement[bool]:
    scope = Inbound.cooperative_id.is_(None) if cooperative_id is None else Inbound.cooperative_id == cooperative_id
    return scope & (Inbound.state == "unparsed") & Inbound.closed_at.is_(None)
