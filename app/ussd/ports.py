"""What the engine asks of the outside: a store for live sessions, a shelf of menus, somebody who acts once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

import msgspec

from app.ussd.menu import Menu

SAME_CALL = timedelta(minutes=15)
"""How long a request that comes again is of the same call; after that its session id has been given to another."""

NO_COUNTS: Mapping[str, int] = {}


class StoreDown(Exception):
    """The session store didn't answer in its time."""


class Doubtful(Exception):
    """An act may or may not have been committed: only asking again will tell."""


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an act led to: the screen to show and its values, enough to say it again; `acted` is the screen that confirmed it."""

    screen: str
    values: dict[str, Any]
    acted: str = ""


class Store(Protocol):
    """Live sessions. All of it may be lost at any moment."""

    def load(self, journey: str) -> tuple[bytes | None, str | None]:
        """Return the session's value and the current menu's version, in one round trip. Raises StoreDown."""
        ...

    def recall(self, journey: str) -> tuple[bytes | None, str | None]:
        """Return what this process last knew of the session, and of the pointer, asking nobody: only a swap tells if it stands."""
        ...

    def swap(
        self,
        journey: str,
        old: bytes | None,
        new: bytes,
        *,
        seconds: int,
        counts: Mapping[str, int] = NO_COUNTS,
        note: tuple[str, str] | None = None,
        current: str | None = None,
    ) -> tuple[bool, bytes | None]:
        """Put `new` where `old` stands, adding to the day's counts; return (True, None), or (False, what stands). Raises StoreDown.

        A `note`, its name and its words, is kept for RESUME_SECONDS if `new` was put. With `current` the pointer must say so too.
        """
        ...

    def noted(self, name: str) -> str | None:
        """Return the words last noted under a name. Raises StoreDown."""
        ...


class Shelf(Protocol):
    """The published menus."""

    def current(self, version: str | None) -> tuple[str, Menu]:
        """Return the current version and its menu; None when the store has no pointer. Never raises: memory is the last resort."""
        ...

    def remembered(self) -> tuple[str, Menu]:
        """Return the menu last served here, asking nobody: for when the store is gone. Never raises."""
        ...

    def version(self, version: str) -> Menu | None:
        """Return the menu of a live session's version, or None when nobody knows it any more."""
        ...


class Acts(Protocol):
    """Who performs effects once."""

    def perform(
        self,
        request: str,
        key: str,
        act: str,
        arguments: Callable[[], Mapping[str, Any]],
        person_id: int | None,
        do: Callable[[Any, str], Outcome],
        begun: float = 0,
    ) -> Outcome:
        """Run `do(unit, key)` in one transaction with the record of it, and of what it read, its `arguments`.

        `request` is what the gateway brought (journey and mark), `key` what the act is known by: the same again within
        SAME_CALL returns the first outcome, if that is not of before the call was `begun` (Unix seconds, 0 where that isn't
        known); otherwise the session id was another call's then, and the act gets the next key.
        Raises Doubtful when it may have been committed, and whatever `do` raised, with nothing done, otherwise.
        """
        ...

    def outcomes(self, requests: Sequence[str], begun: float = 0) -> Mapping[str, Outcome]:
        """Return what these requests led to within SAME_CALL, and not before their call was `begun`, as in `perform`."""
        ...

    def outage(self, error: BaseException) -> bool:
        """Tell whether `error` means that the database can't be reached."""
        ...
