"""Bring many rows at once: COPY on PostgreSQL, an executemany elsewhere."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection, Table, insert

from app.db.base import Base


def bring(to: Connection, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns, within the caller's transaction; no rows are no statement.

    Columns that aren't named take the database's own defaults, not the model's.
    """
    if not rows:
        return
    table = cast(Table, model.__table__)
    if to.dialect.name != "postgresql":
        to.execute(insert(table), rows)
        return
    names = list(rows[0])
    # COPY passes SQLAlchemy by: what our column types write is asked of them here.
    binds = [table.c[name].type.dialect_impl(to.dialect).bind_processor(to.dialect) for name in names]
    raw: Any = to.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([bind(row[name]) if bind else row[name] for name, bind in zip(names, binds, strict=True)])
