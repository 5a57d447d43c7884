"""Tell a member that her money was handed over, and where to say whether it was."""

from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.members.contact import reach
from app.coop.members.notices import tell_number
from app.coop.payments.models import Payment
from app.service import service_of
from app.sms import payment_texts as texts


def tell_handed_over(session: Session, act: Act, payment_id: int) -> None:
    """Put the SMS in the outbox, once a payment; XOF only for who allowed it. Somebody without a number gets none."""
    row = session.get_one(Payment, payment_id)
    whom = reach(session, [row.member_id])[row.member_id]
    if whom.phone is None:
        return
    service = service_of(session)
    words = texts.handed_over(row.reference, act.now, row.amount if whom.amounts else None, service.code, service.cost)
    told = {"person_id": whom.person_id, "cooperative_id": whom.cooperative_id}
    tell_number(session, act, whom.phone, "receipt", f"payment:{row.id}:handed", words, **told)
