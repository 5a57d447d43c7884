"""Prices, as others must know them."""

from app.coop.approvals.kinds import ApprovalKind
from app.coop.prices import console, proposals
from app.coop.prices.models import PriceProposal, PriceRow
from app.coop.subject import Rows, Subject

OFFICERS = "it names an officer by number"

subject = Subject(
    name="prices",
    approvals=(ApprovalKind("price", proposals.approved, proposals.refused, own=True),),
    requests=(console.KIND,),
    rows=(Rows(PriceProposal, OFFICERS, OFFICERS), Rows(PriceRow, OFFICERS, OFFICERS)),
)
