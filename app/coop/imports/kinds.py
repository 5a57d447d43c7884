"""The kinds of files that come in: their columns, what a row would do, how rows are written and taken back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.coop.imports import balances, columns, deliveries, member_rows, members, prices
from app.coop.imports.forecast import Planned, Planner
from app.coop.imports.models import ImportRow
from app.coop.scope import Scope
from app.sheets import Column


def _free(session: Session, imports: Sequence[int]) -> None:
    """Let imports be taken back: nothing ever rests on what they wrote."""


def _end(session: Session, import_id: int, scope: Scope, stated: Mapping[str, int], now: datetime) -> None:
    """Do nothing after the last row."""


class ImportKind(msgspec.Struct, frozen=True):
    """A kind of file. `finish` is done after the last row, also when there was none.

    `check` raises RestsOn when anything rests on what imports wrote, before a slice of theirs is taken back; `take_back` does when
    that came in between.
    """

    columns: Callable[[date], tuple[Column, ...]]
    planner: Callable[[Connection | Session, Scope, Mapping[str, str], datetime], Planner]
    write: Callable[[Session, int, Sequence[Planned], datetime], None]
    take_back: Callable[[Session, Sequence[ImportRow], datetime], None]
    check: Callable[[Session, Sequence[int]], None] = _free
    finish: Callable[[Session, int, Scope, Mapping[str, int], datetime], None] = _end
    officers: Callable[[Connection | Session, Scope, Mapping[str, str], datetime], Planner] | None = None
    """The planner of an officer's file, where it is another than the operator's."""

    def reads(self, today: date) -> tuple[Column, ...]:
        """Return the columns that a file may have: also those of one that was given back to be mended."""
        return (*self.columns(today), *columns.RETURNED)


KINDS: Mapping[str, ImportKind] = {
    "members": ImportKind(columns.members, members.RegisterPlan, member_rows.write, member_rows.take_back, member_rows.check),
    "balances": ImportKind(
        columns.balances, balances.BalancePlan, balances.write, balances.take_back, balances.check, balances.finish
    ),
    "prices": ImportKind(
        columns.prices, prices.PricePlan, prices.write, prices.take_back, prices.check, officers=prices.OfficersPricePlan
    ),
    "deliveries": ImportKind(columns.deliveries, deliveries.DeliveryPlan, deliveries.write, deliveries.take_back),
}
"""By the word of the command."""
