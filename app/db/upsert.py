"""INSERT … ON CONFLICT: both databases know it, and SQLAlchemy has it for each under another name."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def upsert(session: Session, table: Any) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT into a model's table, or a table, that can be told what to do with a row that is there already.

    Of many values those that are given beside it, when it is executed, cost a third of those within.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(getattr(table, "__table__", table))  # a model's own INSERT goes the way of the ORM, which takes as long again
