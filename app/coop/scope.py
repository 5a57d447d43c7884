"""Where an office or a row belongs: the federation, or one co-operative. Not knowing which is None, and is neither."""

import msgspec
from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute


class Scope(msgspec.Struct, frozen=True):
    """The federation (`cooperative_id` None), or the co-operative with this id."""

    cooperative_id: int | None

    @property
    def is_federation(self) -> bool:
        """Tell whether it is the federation."""
        return self.cooperative_id is None

    @property
    def cooperative(self) -> int:
        """Return the co-operative's id. Raises LookupError for the federation, which is none."""
        if self.cooperative_id is None:
            raise LookupError("the federation is no co-operative")
        return self.cooperative_id

    def includes(self, cooperative_id: int | None) -> bool:
        """Tell whether what belongs to a co-operative (None: to the federation) is in reach: everything is in the federation's."""
        return self.cooperative_id in (None, cooperative_id)

    def own(self, column: InstrumentedAttribute[int | None] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """Return the condition for rows of this scope alone: the federation's own ones have no co-operative."""
        return column.is_(None) if self.cooperative_id is None else column == self.cooperative_id

    def reach(self, column: InstrumentedAttribute[int | None] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """Return the condition for rows in reach: all of them for the federation."""
        return true() if self.cooperative_id is None else column == self.cooperative_id


FEDERATION = Scope(None)
