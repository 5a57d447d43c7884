"""One deadline for all that a request waits for, whatever it asks: a store, a lock, a statement. By a clock that nobody sets.

A leaf: the engine, the stores and the database ask it, each before it waits. Without a deadline nothing is bounded here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

_until: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Give everything inside `seconds` from now, in this thread."""
    token = _until.set(monotonic() + seconds)
    try:
        yield
    finally:
        _until.reset(token)


def left(otherwise: float) -> float:
    """Return the seconds that are left, never below 0, and never more than `otherwise`; that much where there is no deadline."""
    until = _until.get()
    return otherwise if until is None else min(otherwise, max(0.0, until - monotonic()))
