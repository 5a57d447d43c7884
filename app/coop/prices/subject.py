"""Prices, as others must know them."""

from app.coop.approvals.kinds import ApprovalKind
from app.coop.prices import proposing
from app.coop.subject import Subject

subject = Subject(name="prices", approvals=(ApprovalKind("price", proposing.approved, proposing.refused, own=True),))
