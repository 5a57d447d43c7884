"""Payments of deliveries, as others must know them."""

from app.coop.approvals.kinds import ApprovalKind
from app.coop.payments import batches
from app.coop.subject import Subject

subject = Subject(name="payments", approvals=(ApprovalKind("batch", batches.approved, batches.refused),))
