"""Savings that leave for their member: no more of them than nothing else holds."""

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from app.coop.ledger.models import Account
from app.coop.till.models import HELD, Payout


class NotEnough(Exception):
    """The savings that nothing else holds are less than that: `free` XOF."""

    def __init__(self, free: int) -> None:
        super().__init__(free)
        self.free = free


def free_savings(reader: Connection | Session, member_id: int) -> int:
    """Return the savings that no open withdrawal holds, in XOF."""
    mine = (Payout.member_id == member_id) & (Payout.kind == "withdrawal") & Payout.state.in_(HELD)
    held = select(func.coalesce(func.sum(Payout.amount), 0)).where(mine).scalar_subquery()
    saved = reader.scalar(select(-Account.balance - held).where(Account.member_id == member_id, Account.kind == "savings"))
    return 0 if saved is None else int(saved)


def check_free(reader: Connection | Session, member_id: int, amount: int) -> None:
    """Raise NotEnough when that many XOF aren't free."""
    free = free_savings(reader, member_id)
    if amount > free:
        raise NotEnough(free)
