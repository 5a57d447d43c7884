"""Tell a member that her money was handed over, and where to say whether it was."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.coop.members.reaching import reach
from app.coop.payments.models import Payment
from app.service import service_of
from app.sms import outbox
from app.sms import payment_texts as texts


def tell_handed_over(session: Session, payment_id: int, *, now: datetime) -> None:
    """Put the SMS in the outbox, once a payment; XOF only for who allowed it. Somebody without a number gets none."""
    row = session.get_one(Payment, payment_id)
    who = reach(session, [row.member_id])[row.member_id]
    if who.phone is None:
        return
    service = service_of(session)
    outbox.put(
        session,
        to=who.phone,
        text=texts.handed_over(row.reference, now, row.amount if who.amounts else None, service.code, service.cost),
        purpose="receipt",
        cause=f"payment:{row.id}:handed",
        now=now,
        person_id=who.person_id,
        cooperative_id=who.cooperative_id,
    )
