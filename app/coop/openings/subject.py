"""What came over from paper, as others must know it."""

from sqlalchemy import select

from app.coop.approvals.kinds import ApprovalKind
from app.coop.openings import checks, entries, services
from app.coop.openings.models import Opening, OpeningBalance, PastDelivery
from app.coop.subject import Rows, Subject, Sweep, UnderWay

WAITING = OpeningBalance.entry_id.is_(None) & OpeningBalance.left_out.is_(None)
WAITING &= OpeningBalance.opening_id.in_(select(Opening.id).where(Opening.state.in_(services.UNDER_WAY)))
"""What of the paper isn't in the books yet: on an account that is closed or merged before, it would be lost."""
BOOKS = "the books keep it under the member's number"

subject = Subject(
    name="openings",
    approvals=(ApprovalKind("opening", services.approved, services.refused, officer=2),),
    sweeps=(Sweep("openings", 5, entries.post),),
    rows=(
        Rows(OpeningBalance, "its entry is the other member's; her balance goes over by entries", BOOKS),
        Rows(PastDelivery, "move", BOOKS),
    ),
    under_way=(UnderWay(OpeningBalance, (), WAITING),),
    checks=(checks.posted,),
    reversible={"opening": "Solde repris"},
)
