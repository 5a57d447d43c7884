"""SMS that no command understood: an officer of the sender's co-operative reads and answers them, the federation the others'."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, Connection, exists, func, select, update
from sqlalchemy.orm import Session

from app import texts
from app.coop.access.identity import Who, cooperative_of
from app.coop.act import Act
from app.coop.cooperatives.models import Cooperative
from app.coop.members import notices
from app.coop.members.models import Number
from app.coop.offices import audit
from app.coop.offices.queries import holders_of_right
from app.coop.scope import Scope
from app.db.pages import beyond
from app.service import service_of
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


class LetterClosed(Exception):
    """Another officer has answered it, or it isn't for this one to read."""


class ReplyTooLong(ValueError):
    """An answer of more than MOST_CHARACTERS, or none; or too long for the emoji in it, which would leave as question marks."""


def unread(
    reader: Connection | Session,
    cooperative_id: int | None,
    *,
    letter: int | None = None,
    limit: int = 40,
    after: int | None = None,
) -> tuple[Letter, ...]:
    """Return what waits for an answer in a co-operative, or one of it, oldest first, behind `after`.

    With None what came from members of none.
    """
    rows = select(Inbound.id, Inbound.sender, Inbound.text, Inbound.received_at).where(_open(cooperative_id))
    rows = rows.where(beyond(after, Inbound.id) if letter is None else Inbound.id == letter)
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


def answer(session: Session, act: Act, letter: int, words: str) -> int:
    """Send an officer's words to who wrote, under the co-operative's name, and close the letter; return the parts.

    Raises LetterClosed, ReplyTooLong. Of two officers at once one answers.
    """
    scope = act.office.cooperative_id
    whole, parts = as_sent(session, scope, words)
    # Closed before the answer is written: of two officers one has the row, and one answer leaves.
    sender = _close(session, act, letter, "letter answered")
    notices.tell_number(session, act, sender, "answer", f"letter:{letter}", whole, cooperative_id=scope)
    return parts


def as_sent(reader: Connection | Session, cooperative_id: int | None, words: str) -> tuple[str, int]:
    """Return an answer as its reader will see it, and its parts. Raises ReplyTooLong."""
    words = " ".join(words.split())
    whole = signed(reader, cooperative_id, words)
    travelling = prepare(whole)
    if not 0 < len(words) <= MOST_CHARACTERS or travelling.parts > MOST_PARTS or lost(whole):
        raise ReplyTooLong(words)
    return travelling.text, travelling.parts


def signed(reader: Connection | Session, cooperative_id: int | None, words: str) -> str:
    """Return an answer as it leaves: with the co-operative's name before it, never an officer's."""
    name = reader.scalar(select(Cooperative.name).where(Cooperative.id == cooperative_id))
    return f"{name or 'La fédération'}: {words}"


def scope_of(session: Session, letter: int) -> Scope | None:
    """Return whose officers a letter is for; None when there is none of this number."""
    row = session.execute(select(Inbound.cooperative_id).where(Inbound.id == letter)).first()
    return Scope(row.cooperative_id) if row else None


def dismiss(session: Session, act: Act, letter: int) -> None:
    """Close a letter that wants no answer. Raises LetterClosed."""
    _close(session, act, letter, "letter dismissed")


def dismiss_all(session: Session, act: Act, letter: int) -> int:
    """Close all letters of the number that wrote this one; return how many. Raises LetterClosed."""
    sender = _close(session, act, letter, "letter dismissed")
    theirs = (Inbound.sender == sender) & _open(act.office.cooperative_id)
    others = session.scalars(select(Inbound.id).where(theirs).order_by(Inbound.id).with_for_update()).all()
    for other in others:
        _close(session, act, other, "letter dismissed")
    return 1 + len(others)


def tell(session: Session, act: Act, holders: Sequence[Who]) -> None:
    """Tell the secretary, or whoever reads the letters where there is none, that one waits: at most once an hour.

    Only of what a member wrote: strangers' letters wait unannounced.
    """
    if not holders:
        return
    cooperative_id = cooperative_of(holders)
    writers = {who.person_id for who in holders}
    offices = [one for one in holders_of_right(session, "call_backs", cooperative_id, act.today) if one.person_id not in writers]
    readers = [office.person_id for office in offices if office.role == "secretary"] or [office.person_id for office in offices]
    told = exists().where(
        Message.to_number == Number.phone, Message.created_at > act.now - TELL_EVERY, Message.cause.startswith("letters:")
    )
    own = (Number.person_id.in_(readers), ~Number.trusted, ~Number.proof_wanted, ~told)
    for phone in session.scalars(select(Number.phone).where(*own).distinct()).all():
        words = texts.say("letter_waits", code=service_of(session).code)
        notices.tell_number(session, act, phone, "task", f"letters:{act.operation}", words, cooperative_id=cooperative_id)


def _close(session: Session, act: Act, letter: int, what: str) -> str:
    closing = update(Inbound).where(Inbound.id == letter, _open(act.office.cooperative_id))
    sender: str | None = session.scalar(closing.values(closed_at=act.now, closed_by=act.person_id).returning(Inbound.sender))
    if sender is None:
        raise LetterClosed(letter)
    audit.note(session, act, what, f"letter:{letter}")
    return sender


def _open(cooperative_id: int | None) -> ColumnElement[bool]:
    return Scope(cooperative_id).own(Inbound.cooperative_id) & (Inbound.state == "unparsed") & Inbound.closed_at.is_(None)
