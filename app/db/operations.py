"""An operation happens once: its key, what it did and its outcome are written in its own transaction."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Index, String, delete, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db.base import Base, Id, Json, Utc

TOLD_FOR, KEPT = timedelta(days=90), timedelta(days=365)
"""For how long an act keeps what it was told, and for how long it is kept."""
MOST = 1000
"""Rows that one transaction forgets."""
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


def last_outcome(reader: Connection, person_id: int, act: str, since: datetime) -> tuple[dict[str, Any], datetime] | None:
    """Return what a person's last act of a kind led to, and when, if that was after `since`."""
    mine = select(Operation.outcome, Operation.at).where(
        Operation.person_id == person_id, Operation.act == act, Operation.at > since
    )
    row = reader.execute(mine.order_by(Operation.at.desc()).limit(1)).first()
    return (row.outcome, row.at) if row else None


def outcomes_of(reader: Connection, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the outcomes that are known of these keys; one SELECT."""
    rows = reader.execute(select(Operation.key, Operation.outcome).where(Operation.key.in_(keys)))
    return {row.key: row.outcome for row in rows}


def forget(session: Session, *, now: datetime) -> bool:
    """Blank what acts older than TOLD_FOR were told, delete those older than KEPT, the oldest MOST of each; tell if more may be.

    A gateway that repeats a session of more than a year ago, to the letter, is no more known by its key.
    """
    told = select(Operation.key).where(_TOLD, Operation.at < now - TOLD_FOR).order_by(Operation.at).limit(MOST)
    blanked = session.execute(update(Operation).where(Operation.key.in_(told)).values(arguments={}).returning(Operation.key)).all()
    old = select(Operation.key).where(Operation.at < now - KEPT).order_by(Operation.at).limit(MOST)
    gone = session.execute(delete(Operation).where(Operation.key.in_(old)).returning(Operation.key)).all()
    return MOST in (len(blanked), len(gone))
