"""What of an advance or a lease is due when: monthly instalments that together are its amount, to the franc."""

from calendar import monthrange
from collections import defaultdict
from datetime import date

import msgspec
from sqlalchemy import ColumnElement, Connection, case, func, select
from sqlalchemy.orm import Session

from app.coop.ledger.models import Account, JournalEntry, Posting, Undone
from app.coop.scope import Scope
from app.coop.till.models import Instalment, Payout

MOST_INSTALMENTS = 24
REPAYS = ("repayment", "leasing_repayment", "delivery", "settlement")
"""Kinds of entries that repay."""
RUNNING = ("handed", "paid")
"""States of a payout that its member owes."""


class LoanStanding(msgspec.Struct, frozen=True):
    """How a member stands with her advances (or leases) together, in XOF: what is owed, what is late, what comes next and when."""

    member_id: int
    kind: str
    owed: int
    late: int
    next_on: date | None
    next_amount: int


def split(amount: int, parts: int) -> list[int]:
    """Split whole francs into parts that differ by at most one and sum to the amount; the larger ones first."""
    least, over = divmod(amount, parts)
    return [least + 1] * over + [least] * (parts - over)


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later, or the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def write(session: Session, payout: Payout, on: date) -> None:
    """Write what is to be repaid, monthly from a month after it was handed over."""
    for number, amount in enumerate(split(payout.amount, payout.instalments), 1):
        due = months_after(on, number)
        session.add(Instalment(payout_id=payout.id, number=number, due_on=due, amount=amount))


def standings(reader: Connection | Session, today: date, of: int | Scope) -> list[LoanStanding]:
    """Return how a member (the id) stands, or all of a scope who have a schedule, the latest first. Two SELECTs.

    What was repaid since the first hand-over settles the oldest instalments first, whichever of her advances they are of; what was
    owed without a schedule, from before, makes nothing late.
    """
    whose = Payout.member_id == of if isinstance(of, int) else of.reach(Payout.cooperative_id)
    rows = reader.execute(
        select(Payout.member_id, Payout.kind, Instalment.due_on, Instalment.amount)
        .join(Instalment, Instalment.payout_id == Payout.id)
        .where(whose, Payout.state.in_(RUNNING))
        .order_by(Instalment.due_on, Payout.id)
    )
    plans: dict[tuple[int, str], list[tuple[date, int]]] = defaultdict(list)
    for member, kind, due, amount in rows:
        plans[member, kind].append((due, amount))
    accounts = _accounts(reader, whose)
    found = [_standing(whom, plan, *accounts.get(whom, (0, 0)), today) for whom, plan in plans.items()]
    return sorted((one for one in found if one.owed), key=lambda one: (-one.late, one.member_id, one.kind))


def _accounts(reader: Connection | Session, whose: ColumnElement[bool]) -> dict[tuple[int, str], tuple[int, int]]:
    """Return what is owed, and what was repaid since the first hand-over with a schedule, by member and kind."""
    scheduled = select(Payout.member_id, Payout.kind, func.min(Payout.handed_entry_id).label("entry"))
    scheduled = scheduled.where(whose, Payout.state.in_(RUNNING), Payout.instalments > 0).group_by(Payout.member_id, Payout.kind)
    first = scheduled.subquery()
    # a reversal counts with the entry that it takes back
    kind, entry = func.coalesce(Undone.kind, JournalEntry.kind), func.coalesce(Undone.id, JournalEntry.id)
    repaid = func.sum(case((kind.in_(REPAYS) & (entry > first.c.entry), -Posting.amount), else_=0))
    rows = (
        select(Account.member_id, Account.kind, Account.balance, repaid)
        .join(first, (first.c.member_id == Account.member_id) & (first.c.kind == Account.kind))
        .join(Posting, Posting.account_id == Account.id)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .outerjoin(Undone, Undone.id == JournalEntry.reverses_id)
        .group_by(Account.member_id, Account.kind, Account.balance)
    )
    return {(row[0], row[1]): (row[2], int(row[3])) for row in reader.execute(rows)}


def _standing(whom: tuple[int, str], plan: list[tuple[date, int]], owed: int, settled: int, today: date) -> LoanStanding:
    late, ahead = 0, (None, 0)
    for due, amount in plan:
        left = max(0, amount - settled)
        settled = max(0, settled - amount)
        if due < today:
            late += left
        elif left and ahead[0] is None:
            ahead = (due, left)  # type: ignore[assignment]
    return LoanStanding(*whom, owed, late, *ahead)
