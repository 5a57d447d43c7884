"""The till, as others must know it."""

from app.coop.approvals.kinds import ApprovalKind
from app.coop.handover import checks as boxes
from app.coop.subject import Rows, Subject, Sweep, UnderWay
from app.coop.till import checks, console, corrections, expiry, payouts, takings, void_loans
from app.coop.till.models import OPEN, Payout

BOOKS = "the books keep it under the member's number"

subject = Subject(
    name="till",
    approvals=(
        *(ApprovalKind(kind, payouts.approved, payouts.refused, officer=2) for kind in payouts.ASKED_HERE),
        ApprovalKind("levy", takings.levied),
        ApprovalKind("reversal", corrections.reversed_),
    ),
    requests=(console.KIND,),
    sweeps=(Sweep("payouts", 600, expiry.sweep), Sweep("void loans", 600, void_loans.let_go)),
    rows=(Rows(Payout, "what was handed over was theirs then; an open one blocks the merge", BOOKS),),
    under_way=(UnderWay(Payout, OPEN, Payout.contested | Payout.state.in_(OPEN)),),
    checks=(checks.schedules, checks.unapproved, checks.executed, boxes.short),
    movements={
        "shares": "Parts versées",
        "savings": "Épargne versée",
        "advance": "Avance prise",
        "repayment": "Vous avez rendu",
        "withdrawal": "Épargne retirée",
        "leasing": "Crédit-bail pris",
        "leasing_repayment": "Loyer versé",
        "levy": "Cotisation",
    },
    reversible={
        "savings": "Épargne",
        "shares": "Parts",
        "repayment": "Remb. avance",
        "leasing_repayment": "Loyer",
        "levy": "Cotisation",
        "withdrawal": "Retrait",
        "advance": "Avance",
        "leasing": "Crédit-bail",
    },
)
