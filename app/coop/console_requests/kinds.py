"""Kinds of acts that are asked at the console and done under Bureau 14: each subject declares its own."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.members.lock import MemberLeft
from app.coop.rights import Right
from app.coop.scope import Scope

Why = str | Callable[[Any], str]
"""A sentence in French without its full stop, or what makes it of the error."""


class RequestDone(msgspec.Struct, frozen=True):
    """What came of a request, in one sentence of at most 80 septets, without a secret.

    `opens` is a person who gets an activation number: the phone shows it, no row holds it.
    """

    said: str
    opens: int | None = None


class RequestKind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of request.

    `title` stands in lists (at most 16 septets). `arguments` is the Struct that the console fills; kinds are known by it.
    `say(reader, scope, now, arguments)` names what will be done with its figures and names, as they are then, in at most
    MOST_SAID septets. `do(session, act, arguments)` does it by the officer's act, with all the checks of its own. `concerns` finds
    the member whose name the sentence may say: it is erased with them. Errors named in `denies` end the request with their reason.
    """

    name: str
    title: str
    right: Right
    arguments: type[msgspec.Struct]
    say: Callable[[Connection | Session, Scope, datetime, Any], str]
    do: Callable[[Session, Act, Any], RequestDone]
    concerns: Callable[[Connection | Session, Any], int | None] | None = None
    denies: Mapping[type[Exception], Why] = {}

    def why(self, fault: Exception) -> str | None:
        """Return the reason that a person reads, None for a fault of ours."""
        known: dict[type[Exception], Why] = {MemberLeft: "le compte est clos", **self.denies}
        said = next((words for error, words in known.items() if isinstance(fault, error)), None)
        return said(fault) if callable(said) else said


KINDS: dict[str, RequestKind] = {}
"""By name; filled by `app/coop/subjects.py`."""


def register(kinds: Iterable[RequestKind]) -> None:
    """Make kinds known. Raises ValueError when two have one name or one Struct of arguments."""
    for kind in kinds:
        same = [one for one in KINDS.values() if one.name == kind.name or one.arguments is kind.arguments]
        if same and same != [kind]:
            raise ValueError(f"two kinds of requests are called {kind.name}")
        KINDS[kind.name] = kind


def kind_of(arguments: msgspec.Struct) -> RequestKind:
    """Return the kind that takes these arguments. Raises LookupError when none does."""
    found = next((kind for kind in KINDS.values() if kind.arguments is type(arguments)), None)
    if found is None:
        raise LookupError(f"no kind of request takes {type(arguments).__name__}")
    return found
