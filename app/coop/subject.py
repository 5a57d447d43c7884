"""What a subject declares for others, who derive their lists from it: see `app/coop/subjects.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Connection
from sqlalchemy.orm import Session

if TYPE_CHECKING:  # a manifest is of every room, so this imports none of them
    from app.coop.approvals.kinds import ApprovalKind
    from app.coop.console_requests.kinds import RequestKind
    from app.coop.handover.kinds import HandoverKind

BY_HAND = "it is moved by hand, with what hangs on it (closing/merges.py)"
"""Of a table's rows at a merge."""
MOST_NAMED = 20
"""Sentences of a kind that a check says at the most."""


class Sweep(msgspec.Struct, frozen=True):
    """What the scheduler does every so many seconds, in one transaction; done twice it changes nothing."""

    name: str
    every: int
    do: Callable[[Session, datetime], Any]


class Leaver(msgspec.Struct, frozen=True):
    """Whose name is being erased: the member, the person, and the numbers (E.164) that were theirs."""

    member_id: int
    person_id: int
    phones: tuple[str, ...]
    now: datetime


class Rows(msgspec.Struct, frozen=True):
    """What becomes of a table's rows that name a member or a person, or hold a number.

    `merged` when two accounts are made one: the rows move to the member who is kept, or they stay, for the reason given.
    `erased` when a name is erased: a function blanks what names the person, or the rows stay, for the reason given.
    """

    model: Any
    merged: Literal["move"] | str
    erased: Callable[[Session, Leaver], None] | str


class UnderWay(msgspec.Struct, frozen=True):
    """What of a member's is on its way, by its states (none: only `blocks` tells).

    It keeps the account from being closed where `blocks` holds, and from being merged unless it `goes_over` then.
    """

    model: Any
    states: tuple[str, ...]
    blocks: ColumnElement[bool] | None = None
    goes_over: bool = False


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """A subject's manifest.

    `movements` names the kinds of entries as members read them, `reversible` those that officers reverse as officers do. `checks`
    say in sentences what is wrong with the books.
    """

    name: str
    approvals: tuple[ApprovalKind, ...] = ()
    handovers: tuple[HandoverKind, ...] = ()
    requests: tuple[RequestKind, ...] = ()
    sweeps: tuple[Sweep, ...] = ()
    rows: tuple[Rows, ...] = ()
    under_way: tuple[UnderWay, ...] = ()
    checks: tuple[Callable[[Connection], list[str]], ...] = ()
    movements: Mapping[str, str] = {}
    reversible: Mapping[str, str] = {}


_DECLARED: list[Subject] = []


def declare(subjects: tuple[Subject, ...]) -> None:
    """Make subjects known to those who can't import them, since these import them."""
    _DECLARED[:] = subjects


def declared() -> tuple[Subject, ...]:
    """Return all subjects. Raises LookupError when none was declared: `app.coop.subjects` wasn't imported."""
    if not _DECLARED:
        raise LookupError("import app.coop.subjects first")
    return tuple(_DECLARED)
