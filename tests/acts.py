"""Acts as tests write them: by an office, or by a member's own word."""

from datetime import datetime

from app.coop.act import Act, Channel
from app.coop.rights import Office


def by(office: Office, operation: str, now: datetime, channel: Channel = "ussd", phone: str = "") -> Act:
    """Return what an officer does."""
    return Act(office.person_id, channel, operation, now, by=office, phone=phone)


def own(
    member_id: int, operation: str, now: datetime, channel: Channel = "ussd", person_id: int | None = None, phone: str = ""
) -> Act:
    """Return what a member does by their own word; person and member have one number in the tests' village."""
    return Act(person_id or member_id, channel, operation, now, member_id=member_id, phone=phone)
