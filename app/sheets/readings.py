"""What reading one cell gives: a value, none, a question, or a refusal."""

from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

import msgspec


class Formula(msgspec.Struct, frozen=True):
    """A cell that a spreadsheet computes. `result` is what was computed when the file was saved, None when nothing was.

    A result of `#…` is an error. A result of 0 may be what a program wrote without computing.
    """

    result: "str | int | float | bool | date | datetime | time | timedelta | None"


Raw = str | int | float | bool | date | datetime | time | timedelta | Formula | None
"""A cell as its file holds it. Numbers of a spreadsheet are float, all cells of a text file are str."""


class Book(msgspec.Struct, frozen=True):
    """What the file says of all its cells: days counted from 1904, cells that are text because the file is."""

    since_1904: bool = False
    is_text: bool = False


BOOK = Book()


class Value(msgspec.Struct, frozen=True):
    """The cell says this. The type of `value` is its reader's."""

    value: Any


class NoValue(msgspec.Struct, frozen=True):
    """The cell says nothing: it is blank, or holds a word for nothing (`-`, `NULL`, `néant`).

    `said` is True for `non dit`: the person was asked and didn't say.
    """

    said: bool = False


class Ask(msgspec.Struct, frozen=True):
    """The cell may be read in several ways: the question in French, and the values that it may mean, the likeliest first.

    `proposals` is empty where nothing can be proposed.
    """

    question: str
    proposals: tuple[Any, ...] = ()


class Refuse(msgspec.Struct, frozen=True):
    """The cell can't be read: the reason in French."""

    reason: str


Reading = Value | NoValue | Ask | Refuse


class Reader(Protocol):
    """Reads a cell. Raises nothing, whatever the cell holds."""

    def __call__(self, raw: Raw, book: Book = ..., /) -> Reading:
        """Return what the cell says."""
