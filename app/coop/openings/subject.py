"""What came over from paper, as others must know it."""

from app.coop.approvals.kinds import ApprovalKind
from app.coop.openings import checks, entries, services
from app.coop.openings.models import OpeningBalance, PastDelivery
from app.coop.subject import Rows, Subject, Sweep

BOOKS = "the books keep it under the member's number"

subject = Subject(
    name="openings",
    approvals=(ApprovalKind("opening", services.approved, services.refused, officer=2),),
    sweeps=(Sweep("openings", 5, entries.post),),
    rows=(
        Rows(OpeningBalance, "its entry is the other member's; her balance goes over by entries", BOOKS),
        Rows(PastDelivery, "move", BOOKS),
    ),
    checks=(checks.posted,),
    reversible={"opening": "Solde repris"},
)
