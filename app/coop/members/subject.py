"""Members, as others must know them."""

from app.coop.approvals.kinds import ApprovalKind
from app.coop.members import leaving, numbers, proving, wrong_pins
from app.coop.subject import Subject, Sweep

subject = Subject(
    name="members",
    approvals=(
        ApprovalKind("number", proving.approved, proving.refused),
        ApprovalKind("exclusion", leaving.excluded),
        ApprovalKind("death", leaving.died),
        ApprovalKind("reinstatement", leaving.reinstated),
    ),
    sweeps=(Sweep("numbers", 3600, numbers.free_departed), Sweep("wrong pins", 3600, wrong_pins.forget)),
)
