"""What several ask for within one request is asked of the database once. A leaf: whoever serves requests opens one.

For what is shown alone: an act reads anew what it rests on, in its own transaction.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")
_kept: ContextVar[dict[Hashable, Any] | None] = ContextVar("once", default=None)


@contextmanager
def within() -> Iterator[None]:
    """Keep what is asked inside, in this thread."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def ask(of: Hashable, question: Callable[[], T]) -> T:
    """Return the answer that this request has had to a question, or ask it; outside of a request always ask."""
    kept = _kept.get()
    if kept is None:
        return question()
    if of not in kept:
        kept[of] = question()
    found: T = kept[of]
    return found
