"""Read the books, from the member's side: what is hers is positive."""

from datetime import date
from typing import Any

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Connection, bindparam, func, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from app.coop.ledger.models import Account, JournalEntry, Posting, Undoing, Undone
from app.coop.ledger.services import OWED


def is_reversed(entry_id: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
    """Say in SQL that the entry of a row was reversed."""
    return select(Undoing.id).where(Undoing.reverses_id == entry_id).exists()


def kind_undone() -> ColumnElement[str]:
    """Say in SQL of which kind an entry is; a reversal is of the kind that it undoes: it counts with what it takes back."""
    return func.coalesce(select(Undone.kind).where(Undone.id == JournalEntry.reverses_id).scalar_subquery(), JournalEntry.kind)


class Balances(msgspec.Struct, frozen=True):
    """A member's balances in XOF, none negative: paid shares, savings, deliveries to be paid, advances and leases owed."""

    shares: int = 0
    savings: int = 0
    payable: int = 0
    advance: int = 0
    leasing: int = 0

    @property
    def owed(self) -> int:
        """Return what the member owes: advances and leases."""
        return self.advance + self.leasing


class Movement(msgspec.Struct, frozen=True):
    """What an entry of a `kind` did to one of a member's balances, in XOF: `account` is its kind, `amount` is added to it.

    `on` is the day (UTC, which is Dakar's); `id` is the same whenever it is read, `entry_id` the entry's. `of` is the entry that a
    reversal undoes, else the entry itself. All movements of an account add up to its balance.
    """

    id: int
    on: date
    kind: str
    amount: int
    account: str
    entry_id: int
    of: int


class Deductions(msgspec.Struct, frozen=True):
    """What became of a delivery's worth, in XOF; negative where the delivery was reversed."""

    gross: int = 0
    solidarity: int = 0
    advance: int = 0
    leasing: int = 0
    payable: int = 0


_BALANCES = select(Account.kind, Account.balance).where(Account.member_id == bindparam("member"))
_KINDS = Balances.__struct_fields__
# Greater than any id there will be, so that the first page is read by the same statement as the others.
_NOW = (2**62, 2**62)


def _last_of(kind: str) -> Any:
    """Say in SQL what moved a member's account of a kind, the newest first: read off its index, however long the history."""
    side = 1 if kind in OWED else -1  # what is owed grows by a debit, what is the member's by a credit
    mine = select(Account.id).where(Account.member_id == bindparam("member"), Account.kind == kind).scalar_subquery()
    first, by = func.min(Posting.id), func.sum(Posting.amount)
    rows = (
        select(Posting.entry_id, first.label("first"), (side * by).label("by"), literal(kind).label("account"))
        .where(Posting.account_id == mine, Posting.entry_id <= bindparam("entry", type_=BigInteger))
        .group_by(Posting.entry_id)
        # One entry may move several accounts of a member. A page may end between two of them, so the mark has the
        # posting, too.
        .having(or_(Posting.entry_id < bindparam("entry"), first < bindparam("first", type_=BigInteger)), by != 0)
    )
    last = rows.order_by(Posting.entry_id.desc()).limit(bindparam("most")).subquery()
    return select(last)


_LAST = union_all(*map(_last_of, _KINDS)).subquery()
_MOVEMENTS = (
    select(
        _LAST.c.first,
        JournalEntry.at,
        JournalEntry.kind,
        _LAST.c.by,
        _LAST.c.account,
        JournalEntry.id,
        func.coalesce(JournalEntry.reverses_id, JournalEntry.id),
    )
    .join(JournalEntry, JournalEntry.id == _LAST.c.entry_id)
    .order_by(JournalEntry.id.desc(), _LAST.c.first.desc())
    .limit(bindparam("most"))
)
_DEDUCTIONS = (
    select(Account.kind, func.sum(Posting.amount))
    .join(Posting, Posting.account_id == Account.id)
    .where(Posting.entry_id == bindparam("entry"))
    .group_by(Account.kind)
)


def balances_of(reader: Connection, member_id: int) -> Balances:
    """Return a member's balances; one SELECT of a few rows, however long the history."""
    # An account never changes its side (Overdrawn), so that its size alone says what is the member's or owed.
    rows = {kind: abs(balance) for kind, balance in reader.execute(_BALANCES, {"member": member_id})}
    return Balances(**rows)


def movements_of(reader: Connection, member_id: int, most: int, before: Movement | None = None) -> tuple[Movement, ...]:
    """Return the last movements, newest first, those behind `before`; one SELECT of at most `most` rows an account."""
    entry, first = (before.entry_id, before.id) if before else _NOW
    rows = reader.execute(_MOVEMENTS, {"member": member_id, "most": most, "entry": entry, "first": first})
    return tuple(Movement(id_, at.date(), kind, int(by), account, of, undone) for id_, at, kind, by, account, of, undone in rows)


def deductions_of(reader: Connection, entry_id: int) -> Deductions:
    """Return what became of the worth of a delivery, by its entry or its reversal's: gross = all the others together."""
    sums = {kind: int(amount) for kind, amount in reader.execute(_DEDUCTIONS, {"entry": entry_id})}
    others = {kind: -sums.get(kind, 0) for kind in ("solidarity", "advance", "leasing", "payable")}
    return Deductions(sums.get("purchases", 0), **others)
