"""The closing of accounts, as others must know it."""

from app.coop.approvals.kinds import ApprovalKind
from app.coop.closing import checks, departures, merges, settlements
from app.coop.closing.handover import PAYOUT
from app.coop.closing.models import Departure
from app.coop.subject import Rows, Subject, Sweep
from app.coop.till import payouts

subject = Subject(
    name="closing",
    approvals=(
        ApprovalKind("exclusion", departures.excluded),
        ApprovalKind("death", departures.died),
        ApprovalKind("reinstatement", departures.reinstated),
        ApprovalKind("settlement", settlements.settled, payouts.refused, officer=2),
        ApprovalKind("merge", merges.merged),
    ),
    handovers=(PAYOUT,),
    sweeps=(Sweep("settlements", 600, settlements.close_signed),),
    rows=(Rows(Departure, "an open one blocks the merge", "it has no name; its paper is a number"),),
    checks=(checks.settled, checks.left, checks.written_after),
    movements={"settlement": "Compte soldé", "merge": "Cartes réunies"},
)
