"""What a subject declares for others, who derive their lists from it: see `app/coop/subjects.py`."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from app.coop.approvals.kinds import ApprovalKind


class Sweep(msgspec.Struct, frozen=True):
    """What the scheduler does every so many seconds, in one transaction; done twice it changes nothing."""

    name: str
    every: int
    do: Callable[[Session, datetime], Any]


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """A subject's manifest."""

    name: str
    approvals: tuple[ApprovalKind, ...] = ()
    sweeps: tuple[Sweep, ...] = ()
