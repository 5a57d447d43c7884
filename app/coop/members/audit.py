"""What officers did: who typed it, by which office, when and through which channel. Rows are only added."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.coop.members.models import OfficerAct
from app.coop.members.offices import Office


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
