"""Prices, as others must know them."""

from app.coop.approvals.kinds import ApprovalKind
from app.coop.prices import proposing
from app.coop.prices.models import PriceProposal, PriceRow
from app.coop.subject import Rows, Subject

OFFICERS = "it names an officer by number"

subject = Subject(
    name="prices",
    approvals=(ApprovalKind("price", proposing.approved, proposing.refused, own=True),),
    rows=(Rows(PriceProposal, OFFICERS, OFFICERS), Rows(PriceRow, OFFICERS, OFFICERS)),
)
