"""A row for each table that `jappoo seed` leaves empty: a migration meets one there, too."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Boolean, CheckConstraint, Column, Connection, Date, Integer, LargeBinary, String, Table, func, select

from app.coop.models import Base
from app.db.base import Quantity, Utc

_AT = datetime.fromisoformat("2026-11-24T10:00:00+00:00")
_VALUES = (
    (String, "x"),
    (Boolean, False),
    (Integer, 1),
    (Date, _AT.date()),
    (JSON, {}),
    (Utc, _AT),
    (Quantity, Decimal(1)),
    (LargeBinary, b"x"),
)
_ASKED: dict[str, dict[str, Any]] = {
    "contests": {"payout_id": 1},
    "half_days": {"booking_id": 1},
    "placement_questions": {"months": 3},
    "training_applications": {"state": "certified"},
}
"""What a condition over several columns asks for, or the books do."""


def fill(to: Connection) -> None:
    """Write a row to each empty table: what may be left out is, what must be one of some words is the first."""
    for table in Base.metadata.sorted_tables:
        if not to.scalar(select(func.count()).select_from(table)):
            row = {column.name: _value(table, column, to) for column in table.columns if _needed(column)}
            to.execute(table.insert().values(row | _ASKED.get(table.name, {})))


def _needed(column: Column[Any]) -> bool:
    return not column.nullable and column.server_default is None and column is not column.table.autoincrement_column


def _value(table: Table, column: Column[Any], to: Connection) -> Any:
    for key in column.foreign_keys:
        return to.scalar(select(func.min(key.column)))
    for check in table.constraints:
        condition = str(check.sqltext) if isinstance(check, CheckConstraint) else ""
        if words := re.match(rf"{column.name} IN \('(\w+)'", condition):
            return words[1]
    return next(value for kind, value in _VALUES if isinstance(column.type, kind))
