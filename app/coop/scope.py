"""Where an office or a row belongs: the federation, one co-operative, or one partner. Not knowing which is None, and is neither."""

import msgspec
from sqlalchemy import ColumnElement, false, true
from sqlalchemy.orm import InstrumentedAttribute


class Scope(msgspec.Struct, frozen=True):
    """The federation (`cooperative_id` None), or the co-operative with this id.

    Or a partner under agreement (`partner_id`): nothing of a co-operative or of the federation is in its reach.
    """

    cooperative_id: int | None
    partner_id: int | None = None

    @property
    def is_federation(self) -> bool:
        """Tell whether it is the federation."""
        return self.cooperative_id is None and self.partner_id is None

    @property
    def cooperative(self) -> int:
        """Return the co-operative's id. Raises LookupError for the federation and for partners."""
        if self.cooperative_id is None:
            raise LookupError("neither the federation nor a partner is a co-operative")
        return self.cooperative_id

    def includes(self, cooperative_id: int | None) -> bool:
        """Tell whether what belongs to a co-operative (None: to the federation) is in reach: everything is in the federation's."""
        return self.is_federation or (self.partner_id is None and self.cooperative_id == cooperative_id)

    def own(self, column: InstrumentedAttribute[int | None] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """Return the condition for rows of this scope alone: the federation's own ones have no co-operative."""
        if self.partner_id is not None:
            return false()
        return column.is_(None) if self.is_federation else column == self.cooperative_id

    def reach(self, column: InstrumentedAttribute[int | None] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """Return the condition for rows in reach: all of them for the federation."""
        if self.partner_id is not None:
            return false()
        return true() if self.is_federation else column == self.cooperative_id


FEDERATION = Scope(None)
