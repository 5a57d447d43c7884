"""Offices and their rights: which role may do what, and where."""

from typing import Literal

import msgspec

from app.coop.scope import Scope

OfficeRole = Literal["president", "treasurer", "secretary", "delegate", "auditor", "administrator", "centre", "entreprise"]
Right = Literal[
    "weigh", "price", "approve", "pay", "people", "call_backs", "assist", "broadcast", "stop", "read",
    "boutiques", "score", "sell", "training", "courses", "console", "offices", "registers",
]  # fmt: skip

MAY: dict[Right, tuple[OfficeRole, ...]] = {
    "weigh": ("secretary", "delegate", "president"),
    "price": ("secretary", "treasurer", "president", "administrator"),
    "approve": ("secretary", "treasurer", "president", "administrator"),
    "pay": ("treasurer", "president"),
    "people": ("secretary", "president", "administrator"),
    "call_backs": ("secretary", "delegate", "president", "administrator"),
    "assist": ("secretary", "delegate", "president", "administrator"),
    "broadcast": ("secretary", "treasurer", "president", "administrator"),
    "stop": ("secretary", "treasurer", "president", "delegate", "administrator"),
    "read": ("president", "treasurer", "secretary", "delegate", "auditor", "administrator"),
    "boutiques": ("president", "treasurer", "secretary", "delegate", "administrator"),
    "sell": ("secretary", "treasurer", "president", "delegate"),
    "score": ("president", "auditor", "administrator"),
    "training": ("president", "secretary", "delegate", "administrator"),
    "courses": ("president", "secretary", "delegate", "administrator", "centre", "entreprise"),
    "console": ("president", "treasurer", "secretary", "delegate", "auditor", "administrator"),
    "offices": ("administrator",),
    "registers": ("president", "treasurer", "secretary", "auditor", "administrator"),
}
"""Each right with the offices that have it; who weighs doesn't pay, but for the president of a small co-operative."""

FEDERATION: tuple[Right, ...] = (
    *("price", "approve", "people", "call_backs", "assist", "broadcast", "stop", "read"),
    *("boutiques", "score", "training", "courses", "console", "offices", "registers"),
)
"""What an office of the federation may do; in every co-operative, but prices, which it sets for itself."""
PARTNERS: tuple[Right, ...] = ("courses",)
"""What a centre or a company under agreement may do, for its own courses and jobs."""


class Office(msgspec.Struct, frozen=True):
    """An office in its term: of a co-operative, or with None of the federation; or of a partner under agreement."""

    person_id: int
    role: OfficeRole
    cooperative_id: int | None
    partner_id: int | None = None

    @property
    def scope(self) -> Scope:
        """Return where it holds."""
        return Scope(self.cooperative_id, self.partner_id)

    def may(self, right: Right, cooperative_id: int | None = None) -> bool:
        """Tell whether this office has a right, in a co-operative when one is given."""
        if self.role not in MAY[right] or (self.scope.is_federation and right not in FEDERATION):
            return False
        if self.partner_id is not None and right not in PARTNERS:
            return False
        return cooperative_id is None or self.scope.includes(cooperative_id)


class NotYours(Exception):
    """No office of this person has that right there."""
