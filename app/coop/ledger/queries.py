"""Read the books, from the member's side: what is hers is positive."""

from datetime import date

import msgspec
from sqlalchemy import Connection, bindparam, case, func, select

from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.ledger.services import OWED

MOST_READ = 60
"""Movements that a member turns through on a telephone."""


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
_OWN_SIDE = case((Account.kind.in_(OWED), 1), else_=-1)
"""What is owed grows by a debit, what is the member's by a credit."""
_MOVEMENTS = (
    select(
        func.min(Posting.id).label("first"),
        JournalEntry.at,
        JournalEntry.kind,
        func.sum(_OWN_SIDE * Posting.amount),
        Account.kind,
        JournalEntry.id,
        func.coalesce(JournalEntry.reverses_id, JournalEntry.id),
    )
    .join(Posting, Posting.entry_id == JournalEntry.id)
    .join(Account, Account.id == Posting.account_id)
    .where(Account.member_id == bindparam("member"))
    .group_by(JournalEntry.id, JournalEntry.at, JournalEntry.kind, JournalEntry.reverses_id, Account.kind)
    .having(func.sum(Posting.amount) != 0)
    .order_by(JournalEntry.id.desc(), func.min(Posting.id).desc())
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
    rows = {kind: abs(balance) for kind, balance in reader.execute(_BALANCES, {"member": member_id})}
    return Balances(**rows)


def movements_of(reader: Connection, member_id: int, limit: int = MOST_READ) -> tuple[Movement, ...]:
    """Return the last movements, newest first; one SELECT."""
    rows = reader.execute(_MOVEMENTS, {"member": member_id, "most": limit})
    return tuple(Movement(id_, at.date(), kind, int(by), account, entry, of) for id_, at, kind, by, account, entry, of in rows)


def deductions_of(reader: Connection, entry_id: int) -> Deductions:
    """Return what became of the worth of a delivery, by its entry or its reversal's: gross = all the others together."""
    sums = {kind: int(amount) for kind, amount in reader.execute(_DEDUCTIONS, {"entry": entry_id})}
    others = {kind: -sums.get(kind, 0) for kind in ("solidarity", "advance", "leasing", "payable")}
    return Deductions(sums.get("purchases", 0), **others)
