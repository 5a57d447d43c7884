"""Payments of deliveries, as others must know them."""

from app.coop.approvals.kinds import ApprovalKind
from app.coop.handover.checks import on_their_way, unbooked
from app.coop.payments import batches, checks
from app.coop.payments.handover import PAYMENT
from app.coop.payments.models import Payment, PaymentBatch
from app.coop.subject import Rows, Subject, UnderWay

LIVE = ("open", "handed_over", "contested")

subject = Subject(
    name="payments",
    handovers=(PAYMENT,),
    approvals=(ApprovalKind("batch", batches.approved, batches.refused),),
    rows=(
        Rows(Payment, "it was paid to the account that there was; an open one blocks the merge", "it has a number, no name"),
        Rows(PaymentBatch, "who made it is written for good", "it names an officer by number"),
    ),
    under_way=(UnderWay(Payment, LIVE, Payment.state.in_(LIVE)),),
    checks=(checks.batches, checks.exports, on_their_way, unbooked),
    movements={"handing_over": "Remis à vous", "payment": "Payé"},
)
