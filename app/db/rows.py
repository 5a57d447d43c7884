"""Rows: one that must be there, a new one, and many worked on one by one, of which a bad one stops nothing behind it."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Select
from sqlalchemy.orm import Session

from app.db.database import is_outage

log = structlog.get_logger("rows")
PASSED_OVER = "rows passed over"
Row = TypeVar("Row")


def each(session: Session, what: str, rows: Iterable[tuple[object, Row]], work: Callable[[Row], object]) -> None:
    """Work on each row in a savepoint of its own; one that fails is logged by its name and undone. Raises outages.

    `session.info[PASSED_OVER]` counts those that failed.
    """
    for name, row in rows:
        try:
            # PostgreSQL refuses every statement behind one that failed, until a savepoint is gone back to.
            with session.begin_nested():
                work(row)
        except Exception as fault:
            if is_outage(fault):
                raise
            log.exception("a row is passed over", what=what, row=name)
            session.info[PASSED_OVER] = session.info.get(PASSED_OVER, 0) + 1


def require(found: Row | None, otherwise: Exception) -> Row:
    """Return what was found; raises what stands for nothing there."""
    if found is None:
        raise otherwise
    return found


def total(asked: Session | Connection, question: Select[Any]) -> int:
    """Return the number that is asked for, a count, a sum or one that is kept: 0 where there is none. An id is no number."""
    return int(asked.scalar(question) or 0)


def store(session: Session, row: Row) -> Row:
    """Write a new row, so that it has its id and the database has agreed to it; return it."""
    session.add(row)
    session.flush()
    return row
