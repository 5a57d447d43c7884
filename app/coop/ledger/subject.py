"""The books, the till and the closing of accounts, as others must know them."""

from app.coop.approvals.kinds import ApprovalKind
from app.coop.ledger import checks, corrections, expiring, merging, payouts, settling, till, void_loans
from app.coop.ledger.models import Account, JournalEntry, Payout
from app.coop.subject import Rows, Subject, Sweep, UnderWay

BOOKS = "the books keep it under the member's number"

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
    rows=(
        Rows(Account, "its balance goes over by entries", BOOKS),
        Rows(JournalEntry, BOOKS, BOOKS),
        Rows(Payout, "what was handed over was theirs then; an open one blocks the merge", BOOKS),
    ),
    under_way=(UnderWay(Payout, payouts.OPEN, Payout.contested | Payout.state.in_(payouts.OPEN)),),
    checks=(
        *(checks.unbalanced, checks.empty, checks.drifted, checks.orphans, checks.strangers),
        *(checks.schedules, checks.unapproved, checks.executed, checks.settled, checks.short),
        *(checks.left, checks.written_after),
    ),
    movements={
        "opening": "Solde repris",
        "shares": "Parts versées",
        "savings": "Épargne versée",
        "advance": "Avance prise",
        "repayment": "Vous avez rendu",
        "handing_over": "Remis à vous",
        "payment": "Payé",
        "withdrawal": "Épargne retirée",
        "leasing": "Crédit-bail pris",
        "leasing_repayment": "Loyer versé",
        "levy": "Cotisation",
        "reversal": "Correction",
        "settlement": "Compte soldé",
        "merge": "Cartes réunies",
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
