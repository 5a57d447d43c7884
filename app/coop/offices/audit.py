"""What officers did, and operators on the command line: who, what, when, through which channel. Rows are only added."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import msgspec
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.offices.models import OfficerAct, OperatorAct


class Whose(Protocol):
    """What is a member's, in a co-operative."""

    @property
    def cooperative_id(self) -> int | None: ...
    @property
    def member_id(self) -> int | None: ...


class Of(msgspec.Struct, frozen=True):
    """A member, where no row says whose it is."""

    member_id: int | None
    cooperative_id: int | None = None


def note(session: Session, act: Act, what: str, about: str, whose: Whose | None = None) -> None:
    """Write down an officer's act in its own transaction.

    `about` names the row that it changed (`weighing:12`); `whose` says which member's it is, and in which co-operative when the
    office is the federation's. Neither names nor amounts belong here.
    """
    office = act.office
    session.add(
        OfficerAct(
            operation=act.operation,
            person_id=office.person_id,
            role=office.role,
            cooperative_id=office.cooperative_id or (whose.cooperative_id if whose else None),
            member_id=whose.member_id if whose else None,
            act=what,
            about=about,
            channel=act.channel,
            at=act.now,
        )
    )


def record_operator(
    session: Session, user: str, host: str, command: str, arguments: Mapping[str, str | int | bool | None], now: datetime
) -> None:
    """Write down a command that writes, in its own transaction; what wasn't given is left out, telephone numbers are cut."""
    given = {name: _reduced(value) for name, value in arguments.items() if value not in (None, "", False)}
    session.add(OperatorAct(at=now, os_user=user[:40], host=host[:60], command=command, arguments=given))


def _reduced(value: str | int | bool | None) -> str | int | bool | None:
    """Leave the last two digits of what may be a telephone number, so that two of them can be told apart."""
    return re.sub(r"\+?\d[\d .-]{7,}(\d\d)", r"…\1", value) if isinstance(value, str) else value
