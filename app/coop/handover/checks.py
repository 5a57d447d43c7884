"""What `ledger verify` holds to what leaves: payments and payouts together."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, func, or_, select, union_all

from app.coop.handover.box import Box, sums
from app.coop.handover.kinds import handover_kinds
from app.coop.ledger.models import Account, Posting
from app.coop.ledger.queries import is_reversed
from app.coop.subject import MOST_NAMED


def on_their_way(reader: Connection) -> list[str]:
    """Hold each co-operative's *handed over* against what was handed over and isn't paid."""
    posted = (
        select(Account.cooperative_id, func.sum(Posting.amount).label("amount"))
        .join(Posting, Posting.account_id == Account.id)
        .where(Account.kind == "handed_over")
        .group_by(Account.cooperative_id)
    )
    on_their_way = [
        select(table.cooperative_id, func.sum(table.amount).label("amount"))
        .where(table.handed_entry_id.is_not(None), table.paid_entry_id.is_(None), table.state != "cancelled")
        .group_by(table.cooperative_id)
        for table in (kind.table for kind in handover_kinds().values())
    ]
    every = union_all(posted, *on_their_way).subquery()
    left = func.sum(every.c.amount)
    rows = reader.execute(select(every.c.cooperative_id, left).group_by(every.c.cooperative_id).having(left != 0).limit(MOST_NAMED))
    return [f"co-operative {place}: handed over and what is on its way differ by {int(left)} F" for place, left in rows]


def unbooked(reader: Connection) -> list[str]:
    """Find what was handed over, paid or taken back without its entry or with one of another amount, and entries of what wasn't."""
    found = []
    for name, table in ((name, kind.table) for name, kind in handover_kinds().items()):
        handed, paid = table.handed_entry_id, table.paid_entry_id
        gone, missing = table.state.in_((table.HANDED, "paid", "contested")), (table.state == "paid") & (table.amount > 0)
        wrong = or_(
            gone & handed.is_(None),
            missing & paid.is_(None),
            handed.is_not(None) & or_(_on_its_way(handed) != -table.amount, is_reversed(handed) == gone),
            paid.is_not(None) & (_on_its_way(paid) != table.amount),
        )
        rows = reader.execute(select(table.id, table.state).where(wrong).order_by(table.id).limit(MOST_NAMED))
        found += [f"{name} {row}: {state}, but its entries say otherwise" for row, state in rows]
    return found


def _on_its_way(entry_id: Any) -> Any:
    """Say in SQL what an entry moved on its co-operative's *handed over*."""
    amount = select(func.coalesce(func.sum(Posting.amount), 0)).join(Account, Account.id == Posting.account_id)
    return amount.where(Posting.entry_id == entry_id, Account.kind == "handed_over").scalar_subquery()


def short(reader: Connection) -> list[str]:
    """Find boxes that promise, or gave, more cash than the books say they have."""
    boxes: dict[int, dict[str, int]] = defaultdict(dict)
    for place, part, amount in reader.execute(sums()):
        boxes[place][part] = int(amount)
    left = {place: Box(**parts).free for place, parts in sorted(boxes.items())}
    wrong = [f"co-operative {place}: the box is {-free} F short of what is promised" for place, free in left.items() if free < 0]
    return wrong[:MOST_NAMED]
