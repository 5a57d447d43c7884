"""Kinds of what is handed over: each subject declares its own, and what speaks against it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.members.lock import LockedMember


class HandoverKind(msgspec.Struct, frozen=True):
    """What is handed over so, and its own rules.

    `check` raises what speaks against handing a row over to a member, `book` writes its entry; `confirmed` follows the member's own
    word, `taken_back` a hand-over that was none. `lock` locks what `book` needs beside the row, the box and the member: before
    these two. `promised` when the box was checked before; `signed` is the audit's word.
    `shown` are the columns of which `said` makes what the member reads, and the office that gave it.
    """

    table: type[Any]
    check: Callable[[Session, Act, Any, LockedMember], None]
    book: Callable[[Session, Act, Any], int]
    shown: tuple[Any, ...]
    said: Callable[..., tuple[str, str | None]]
    confirmed: Callable[[Session, Any, datetime], None] | None = None
    taken_back: Callable[[Session, Any], None] | None = None
    lock: Callable[[Session, Any], None] | None = None
    only: ColumnElement[bool] = true()
    promised: bool = False
    signed: str = "receipt"


_KINDS: dict[str, HandoverKind] = {}
"""Filled by `app/coop/subjects.py`."""


def register(declared: Iterable[HandoverKind]) -> None:
    """Make kinds known, by the name of their table's rows. Raises ValueError when two have one name."""
    for kind in declared:
        if _KINDS.setdefault(kind.table.NAME, kind) is not kind:
            raise ValueError(f"two kinds of hand-over are called {kind.table.NAME}")


def handover_kinds() -> Mapping[str, HandoverKind]:
    """Return all kinds by name. Raises LookupError when none was declared: without them the box would seem full."""
    if not _KINDS:
        raise LookupError("import app.coop.subjects first")
    return _KINDS
