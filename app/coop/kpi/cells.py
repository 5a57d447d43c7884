"""What a reader of figures gives: a month, and cells of it."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

ALL, FEDERATION, REST = "all", "federation", "rest"
"""The codes of everything together, of what belongs to no co-operative, and of the co-operatives whose total is hidden together."""
NOWHERE = 0
"""The id by which a reader names the federation."""


class Month(msgspec.Struct, frozen=True):
    """A month, by its first day; in Dakar's time, which is UTC."""

    first: date

    @property
    def next(self) -> date:
        """Return the first day after it."""
        return (self.first + timedelta(days=32)).replace(day=1)

    @property
    def start(self) -> datetime:
        """Return its first instant."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def end(self) -> datetime:
        """Return the first instant after it."""
        return datetime.combine(self.next, time(), UTC)

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


class FigureCell(msgspec.Struct, frozen=True):
    """One number: of a figure, in a co-operative (NOWHERE: the federation), of all (`part` "") or of a part, as `sex:F`.

    `persons` is how many are behind it, None where that doesn't matter; `rest` are those who could be counted in it and aren't,
    where another figure says of how many it is.
    """

    figure: str
    place: int
    part: str
    numerator: int
    denominator: int = 0
    persons: int | None = None
    rest: int = 0


FigureReader = Callable[[Connection | Session, Sequence[int], Month], "list[FigureCell]"]
"""Returns the cells of co-operatives, by their ids, in a month; those that are zero may be left out."""
