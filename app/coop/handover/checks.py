"""What `ledger verify` holds to what leaves: payments and payouts together."""

from sqlalchemy import Connection, func, select, union_all

from app.coop.ledger.models import Account, Payout, Posting
from app.coop.payments.models import Payment
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
        for table in (Payout, Payment)
    ]
    every = union_all(posted, *on_their_way).subquery()
    left = func.sum(every.c.amount)
    rows = reader.execute(select(every.c.cooperative_id, left).group_by(every.c.cooperative_id).having(left != 0).limit(MOST_NAMED))
    return [f"co-operative {place}: handed over and what is on its way differ by {int(left)} F" for place, left in rows]
