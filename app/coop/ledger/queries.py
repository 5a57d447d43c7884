"""Read the books, from the member's side: what is hers is positive."""

from datetime import date

import msgspec
from sqlalchemy import Connection, bindparam, func, select

from app.coop.ledger.models import Account, JournalEntry, Posting


class Balances(msgspec.Struct, frozen=True):
    """A member's balances in XOF, none negative: paid shares, savings, deliveries to be paid, advances and leases owed."""

    shares: int = 0
    savings: int = 0
    payable: int = 0
    advance: int = 0
    leasing: int = 0


class Movement(msgspec.Struct, frozen=True):
    """One entry on a member's accounts: day (UTC, which is Dakar's), kind, amount in XOF; `id` is the entry's."""

    id: int
    on: date
    kind: str
    amount: int


_BALANCES = select(Account.kind, Account.balance).where(Account.member_id == bindparam("member"))
_MOVEMENTS = (
    select(JournalEntry.id, JournalEntry.at, JournalEntry.kind, func.sum(-Posting.amount))
    .join(Posting, Posting.entry_id == JournalEntry.id)
    .join(Account, Account.id == Posting.account_id)
    .where(JournalEntry.member_id == bindparam("member"), Account.member_id == bindparam("member"))
    .group_by(JournalEntry.id, JournalEntry.at, JournalEntry.kind)
    .order_by(JournalEntry.id.desc())
    .limit(bindparam("most"))
)


def balances_of(reader: Connection, member_id: int) -> Balances:
    """Return a member's balances; one SELECT of a few rows, however long the history."""
    rows = {kind: abs(balance) for kind, balance in reader.execute(_BALANCES, {"member": member_id})}
    return Balances(**rows)


def movements_of(reader: Connection, member_id: int, limit: int = 5) -> tuple[Movement, ...]:
    """Return the last entries, newest first."""
    rows = reader.execute(_MOVEMENTS, {"member": member_id, "most": limit})
    return tuple(Movement(entry, at.date(), kind, int(amount)) for entry, at, kind, amount in rows)
