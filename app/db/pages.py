"""Lists that are read page by page: the next one begins behind the last row of the one before."""

from typing import Any

from sqlalchemy import ColumnElement, select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute


def behind(id_: InstrumentedAttribute[int], before: int | None, *order: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Return the condition for the rows before one, in some order and then by id: of a list with the last first. None: for all."""
    return true() if before is None else tuple_(*order, id_) < _place(id_, before, *order)


def beyond(after: int | None, id_: InstrumentedAttribute[int], *order: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Return the condition for the rows that come after one, in some order and then by id. None: for all."""
    return true() if after is None else tuple_(*order, id_) > _place(id_, after, *order)


def _place(id_: InstrumentedAttribute[int], number: int, *order: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    row = id_.class_.__table__.alias()
    return tuple_(*(select(row.c[column.key]).where(row.c.id == number).scalar_subquery() for column in order), number)
