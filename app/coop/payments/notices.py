"""Tell a member that her money was handed over, and where to say whether it was."""

from sqlalchemy.orm import Session

from app import texts
from app.coop.act import Act
from app.coop.members.contact import reach
from app.coop.members.notices import tell_number
from app.coop.payments.models import Payment
from app.service import service_of


def tell_handed_over(session: Session, act: Act, payment_id: int) -> None:
    """Put the SMS in the outbox, once a payment; XOF only for who allowed it. Somebody without a number gets none."""
    row = session.get_one(Payment, payment_id)
    whom = reach(session, [row.member_id])[row.member_id]
    if whom.phone is None:
        return
    service = service_of(session)
    reference, code, cost = row.reference, service.code, service.cost
    words = texts.say("handed_over", reference=reference, day=act.now, code=code, cost=cost)
    if whom.amounts:
        words = texts.say("handed_over_amount", reference=reference, amount=row.amount, day=act.now, code=code, cost=cost)
    told = {"person_id": whom.person_id, "cooperative_id": whom.cooperative_id}
    tell_number(session, act, whom.phone, "receipt", f"payment:{row.id}:handed", words, **told)
