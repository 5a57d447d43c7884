"""The books, the till and the closing of accounts, as others must know them."""

from app.coop.approvals.kinds import ApprovalKind
from app.coop.ledger import corrections, expiring, merging, payouts, settling, till, void_loans
from app.coop.subject import Subject, Sweep

subject = Subject(
    name="ledger",
    approvals=(
        *(ApprovalKind(kind, payouts.approved, payouts.refused, officer=2) for kind in payouts.SIDES),
        ApprovalKind("settlement", settling.settled, payouts.refused, officer=2),
        ApprovalKind("levy", till.levied),
        ApprovalKind("reversal", corrections.reversed_),
        ApprovalKind("merge", merging.merged),
    ),
    sweeps=(Sweep("payouts", 600, expiring.sweep), Sweep("void loans", 600, void_loans.let_go)),
)
