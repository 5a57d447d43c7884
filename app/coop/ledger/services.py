"""Write the books: double entry, whole XOF, once an operation, balances kept in the same transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.members.lock import lock_present
from app.db.rows import store
from app.db.upsert import upsert

MEMBER_KINDS = ("shares", "savings", "payable", "advance")
CONTROL_KINDS = ("cash", "purchases")
OWED = ("advance", "leasing")
"""What a member owes: debit accounts, where hers are credit ones otherwise."""


MOST_MOVED = 99_999_999
"""The most XOF that one act may move: a weighed line, a sum at the till, what is asked for."""
MOST_HELD = 999_999_999
"""The most XOF that an account may hold, or a list or batch come to: the longest amount that screens are proved with."""


class Unbalanced(ValueError):
    """Postings that don't sum to zero, or none, or on another's account."""


class Overdrawn(ValueError):
    """A member's account would change its side: savings below nothing, more repaid than was advanced."""


class AccountFull(Overdrawn):
    """An account would hold more than MOST_HELD."""


class AlreadyReversed(ValueError):
    """An entry is reversed once."""


def open_accounts(session: Session, cooperative_id: int, member_id: int | None) -> dict[str, int]:
    """Open what accounts a member hasn't, or with None a co-operative's control accounts; return the ids of all by kind."""
    kinds = MEMBER_KINDS if member_id else CONTROL_KINDS
    return {kind: account_of(session, cooperative_id, member_id, kind) for kind in kinds}


_KIND = select(Account.id).where(Account.cooperative_id == bindparam("cooperative_id"), Account.kind == bindparam("kind"))
_CONTROL, _MEMBERS = _KIND.where(Account.member_id.is_(None)), _KIND.where(Account.member_id == bindparam("member_id"))


def account_of(session: Session, cooperative_id: int, member_id: int | None, kind: str) -> int:
    """Return a member's account of a kind, or with None the co-operative's control account; opened when it is the first time.

    Control accounts beyond CONTROL_KINDS: *solidarity*, *handed_over* (out of the box, without the member's word yet), *bank*,
    *mobile*, *equipment*; a member's beyond MEMBER_KINDS: *leasing*.
    """
    wanted = _CONTROL if member_id is None else _MEMBERS
    row = {"cooperative_id": cooperative_id, "member_id": member_id, "kind": kind}
    found = session.scalar(wanted, row)
    if found is None:
        session.execute(upsert(session, Account).on_conflict_do_nothing(), row)  # another may be opening the same
        found = session.execute(wanted, row).scalar_one()
    return found


def post(
    session: Session,
    *,
    operation: str,
    kind: str,
    cooperative_id: int,
    member_id: int | None,
    lines: Sequence[tuple[int, int]],
    now: datetime,
    reverses_id: int | None = None,
) -> int:
    """Write an entry of (account, amount) lines, debit positive; return its id. The same operation again writes nothing.

    The rows of the accounts' members are locked, and their accounts, each in the order of their ids. A control account isn't: its
    balance is not kept, and every act of the co-operative would wait for it. Raises Unbalanced, Overdrawn, AccountFull, MemberLeft.
    """
    same = select(JournalEntry.id).where(JournalEntry.operation == operation)
    # Asked before any lock as well: a late repeat then waits for nobody.
    known = session.scalar(same)
    if known is not None:
        return known
    if not lines or sum(amount for _, amount in lines) != 0 or any(amount == 0 for _, amount in lines):
        raise Unbalanced(operation)
    touched = {account: 0 for account, _ in lines}
    for account, amount in lines:
        touched[account] += amount
    here = Account.id.in_(touched) & (Account.cooperative_id == cooperative_id)
    owners = session.scalars(select(Account.member_id).where(here)).all()
    if len(owners) != len(touched):
        raise Unbalanced(f"{operation}: an account is not of this co-operative")
    members = {owner for owner in owners if owner is not None}
    if member_id is not None and members - {member_id}:
        raise Unbalanced(f"{operation}: an account is of another member")
    kept = _locked(session, here, members)
    known = session.scalar(same)  # the first may have been done while this one waited for its members
    if known is not None:
        return known
    for row in kept:
        after = row.balance + touched[row.id]
        if (after < 0) if row.kind in OWED else (after > 0):
            raise Overdrawn(row.kind)
        # An account that is beyond the limit already may still come down to it.
        if abs(after) > max(MOST_HELD, abs(row.balance)):
            raise AccountFull(row.kind)
    # An entry on control accounts alone has taken no lock. Of two at once its unique operation lets one in, before
    # anything is moved.
    entry = JournalEntry(
        operation=operation, kind=kind, cooperative_id=cooperative_id, member_id=member_id, at=now, reverses_id=reverses_id
    )
    store(session, entry)
    session.execute(insert(Posting), [{"entry_id": entry.id, "account_id": account, "amount": amount} for account, amount in lines])
    if kept:
        moved = update(Account).where(Account.id == bindparam("account")).values(balance=Account.balance + bindparam("by"))
        # On the connection: the ORM's own UPDATE of many rows takes no WHERE.
        session.connection().execute(moved, [{"account": row.id, "by": touched[row.id]} for row in kept])
    return entry.id


def reverse(session: Session, entry_id: int, *, operation: str, now: datetime) -> int:
    """Correct an entry by its opposite; return the new entry's id. Raises AlreadyReversed, Overdrawn."""
    # Two who reverse one entry wait here, so that the second is told instead of failing at the unique key.
    entry = session.get_one(JournalEntry, entry_id, with_for_update=True)
    by_whom = session.scalar(select(JournalEntry.operation).where(JournalEntry.reverses_id == entry_id))
    if by_whom not in (None, operation):
        raise AlreadyReversed(entry_id)
    lines = session.execute(select(Posting.account_id, -Posting.amount).where(Posting.entry_id == entry_id)).all()
    return post(
        session,
        operation=operation,
        kind="reversal",
        cooperative_id=entry.cooperative_id,
        member_id=entry.member_id,
        lines=[(account, amount) for account, amount in lines],
        now=now,
        reverses_id=entry_id,
    )


def _locked(session: Session, wanted: ColumnElement[bool], members: set[int]) -> Sequence[Any]:
    if not members:
        return []
    lock_present(session, members)
    accounts = select(Account.id, Account.kind, Account.balance).where(wanted, Account.member_id.is_not(None))
    return session.execute(accounts.order_by(Account.id).with_for_update()).all()
