"""Kinds of acts that wait for several officers: each subject declares its own, and what follows the last word."""

from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.approvals.models import Approval

Approved = Callable[[Session, Approval, Act], None]
"""What is done in the transaction of the last word; the act's `operation` is the approval's own. May raise Impossible."""

Ended = Callable[[Session, Approval, datetime], None]
"""What is done when it was refused or has expired: `approval.state` says which."""


class ApprovalKind(msgspec.Struct, frozen=True):
    """A kind, and how many other officers it needs where the co-operative says nothing: when a member or an officer asks.

    `own`: only the scope's own officers decide, not the federation's for a co-operative.
    """

    name: str
    approved: Approved
    ended: Ended | None = None
    member: int = 2
    officer: int = 1
    own: bool = False


KINDS: dict[str, ApprovalKind] = {}
"""By name; filled by `app/coop/subjects.py`."""


def register(kinds: Iterable[ApprovalKind]) -> None:
    """Make kinds known. Raises ValueError when two have one name."""
    for kind in kinds:
        if KINDS.setdefault(kind.name, kind) is not kind:
            raise ValueError(f"two kinds of approvals are called {kind.name}")
