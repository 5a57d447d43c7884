"""An SMS that comes: what the webhook does with it, and the worker."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.commands.inbound import Clerk, take, work
from app.gateways.callbacks import IncomingSms
from app.sms.models import Inbound


def hear(clerk: Clerk, sms: IncomingSms, now: datetime) -> None:
    """Take an SMS, and work on all that wait."""
    take(clerk.database, sms, now)
    work_on_all(clerk, now)


def work_on_all(clerk: Clerk, now: datetime) -> None:
    """Do what waits, as the worker does."""
    while work(clerk, now):
        pass


def letter(session: Session, text: str, sender: str, now: datetime, *, cooperative_id: int | None = 1) -> None:
    """Write an SMS that no command understood."""
    whose = {"cooperative_id": cooperative_id, "provider": "africastalking", "provider_id": f"{text[:70]}{cooperative_id}"}
    session.add(Inbound(sender=sender, recipient="21512", text=text, received_at=now, state="unparsed", **whose))
