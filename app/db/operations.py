"""An operation happens once: its key, what it did and its outcome are written in its own transaction."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Index, String, delete, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Base, Id, Json, Utc

TOLD_FOR, KEPT = timedelta(days=90), timedelta(days=365)
"""For how long an act keeps what it was told, and for how long it is kept."""
MOST = 1000
"""Rows that one transaction forgets."""
# PostgreSQL's json has no equality, so it is compared as text, in the index and in the question alike.
_TOLD = text("CAST(arguments AS VARCHAR) <> '{}'")


class Operation(Base):
    """What was done under a key, and what came of it; holds no PIN and no amount that the person may not see again."""

    __tablename__ = "operations"
    __table_args__ = (
        Index("ix_operations_at", "at"),
        Index("ix_operations_told", "at", sqlite_where=_TOLD, postgresql_where=_TOLD),
    )

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    act: Mapped[str] = mapped_column(String(40))
    arguments: Mapped[dict[str, Any]] = mapped_column(Json)
    outcome: Mapped[dict[str, Any]] = mapped_column(Json)
    person_id: Mapped[int | None] = mapped_column(Id, index=True)
    at: Mapped[datetime] = mapped_column(Utc)
    request: Mapped[str | None] = mapped_column(String(80), index=True)
    """What a gateway brought that led to it; a session id that is given out again brings the same for another act."""


def once(
    session: Session,
    key: str,
    act: str,
    arguments: Mapping[str, Any],
    do: Callable[[], dict[str, Any]],
    *,
    person_id: int | None,
    now: datetime,
) -> dict[str, Any]:
    """Run `do` and keep its outcome under `key`; the same key again returns the first outcome and runs nothing.

    Two at the same time: the second fails with IntegrityError at its flush or commit and has done nothing; ask again.
    """
    known = session.get(Operation, key)
    if known is not None:
        return known.outcome
    outcome = do()
    session.add(Operation(key=key, act=act, arguments=dict(arguments), outcome=outcome, person_id=person_id, at=now))
    session.flush()
    return outcome


def key_of(session: Session, request: str, key: str, *, now: datetime, since: datetime) -> tuple[str, dict[str, Any] | None]:
    """Return the key of an act that a request leads to, with its outcome when that was done at `since` or later.

    An older act of the request is another call's, whose session id has come again: keys are of their day, and the next one of a
    day is drawn from the one before.
    """
    rows = session.execute(select(Operation.key, Operation.outcome, Operation.at).where(Operation.request == request)).all()
    known = {row.key: row for row in rows}
    found = key
    # A key is of its day: a call over midnight is to find what it did before.
    for day in sorted({since.date(), now.date()}):
        found = _next(key, day)
        while found in known:
            if known[found].at >= since:
                return found, known[found].outcome
            found = _next(found, known[found].at)
    return found, None


def _next(key: str, after: object) -> str:
    journey, _, mark = key.partition(":")
    return f"{journey}:{blake2b(f'{mark} {after}'.encode(), digest_size=16).hexdigest()}"


def last_outcome(reader: Connection, person_id: int, act: str, since: datetime) -> tuple[dict[str, Any], datetime] | None:
    """Return what a person's last act of a kind led to, and when, if that was after `since`."""
    mine = select(Operation.outcome, Operation.at).where(
        Operation.person_id == person_id, Operation.act == act, Operation.at > since
    )
    row = reader.execute(mine.order_by(Operation.at.desc()).limit(1)).first()
    return (row.outcome, row.at) if row else None


def outcomes_of(reader: Connection, requests: Sequence[str], since: datetime) -> dict[str, dict[str, Any]]:
    """Return the newest outcome of each of these requests that led to an act at `since` or later; one SELECT."""
    asked = select(Operation.request, Operation.outcome).where(Operation.request.in_(requests), Operation.at >= since)
    return {row.request: row.outcome for row in reader.execute(asked.order_by(Operation.at))}


def forget(session: Session, *, now: datetime) -> bool:
    """Blank what acts older than TOLD_FOR were told, delete those older than KEPT, the oldest MOST of each; tell if more may be.

    A gateway that repeats a session of more than a year ago, to the letter, is no more known by its key.
    """
    told = select(Operation.key).where(_TOLD, Operation.at < now - TOLD_FOR).order_by(Operation.at).limit(MOST)
    blanked = session.execute(update(Operation).where(Operation.key.in_(told)).values(arguments={}).returning(Operation.key)).all()
    old = select(Operation.key).where(Operation.at < now - KEPT).order_by(Operation.at).limit(MOST)
    gone = session.execute(delete(Operation).where(Operation.key.in_(old)).returning(Operation.key)).all()
    return MOST in (len(blanked), len(gone))
