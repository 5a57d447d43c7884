"""What officers did: who typed it, by which office, when and through which channel. Rows are only added."""

from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from app.coop.members.models import OfficerAct
from app.coop.members.offices import Office


class Row(Protocol):
    """A row that is a member's, in a co-operative."""

    @property
    def id(self) -> int: ...
    @property
    def cooperative_id(self) -> int | None: ...
    @property
    def member_id(self) -> int | None: ...


def record(
    session: Session,
    office: Office,
    act: str,
    *,
    about: str,
    channel: str,
    operation: str,
    now: datetime,
    cooperative_id: int | None = None,
    member_id: int | None = None,
) -> None:
    """Write down an officer's act in its own transaction.

    `about` names the row that it changed (`weighing:12`), `member_id` whose it is, `cooperative_id` where when the office is the
    federation's. Neither names nor amounts belong here.
    """
    session.add(
        OfficerAct(
            operation=operation,
            person_id=office.person_id,
            role=office.role,
            cooperative_id=office.cooperative_id or cooperative_id,
            member_id=member_id,
            act=act,
            about=about,
            channel=channel,
            at=now,
        )
    )


def record_on(session: Session, office: Office, act: str, kind: str, row: Row, channel: str, operation: str, now: datetime) -> None:
    """Write down an act on a member's own row; its `kind` and id are what the act is about."""
    record(
        session,
        office,
        act,
        about=f"{kind}:{row.id}",
        channel=channel,
        operation=operation,
        now=now,
        cooperative_id=row.cooperative_id,
        member_id=row.member_id,
    )
