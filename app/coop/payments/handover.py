"""How a payment of deliveries is handed over."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.handover.kinds import HandoverKind
from app.coop.handover.services import HandoverNotOpen, leave
from app.coop.members.lock import LockedMember
from app.coop.members.lookup import BELONGS
from app.coop.payments import batches
from app.coop.payments.models import Payment, PaymentBatch


def _may_be_paid(session: Session, act: Act, row: Payment, member: LockedMember) -> None:
    """By an officer's hand nothing goes to who was excluded or died: that is part of the settlement."""
    del session
    # an operator's transfer has left, whoever the member is by now
    if member.state == "departed" or (act.by and member.state not in BELONGS):
        raise HandoverNotOpen(row.id)
    row.handed_role = act.by.role if act.by else None


PAYMENT = HandoverKind(
    Payment,
    _may_be_paid,
    lambda session, act, row: leave(session, row, "handing_over", "payable", act.now),
    (Payment.handed_role,),
    lambda role: ("Paiement", role),
    taken_back=lambda session, row: batches.free(session, [row.id]),
    only=select(PaymentBatch.id).where(PaymentBatch.id == Payment.batch_id, PaymentBatch.state == "open").exists(),
)
