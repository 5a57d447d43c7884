"""What `ledger verify` holds opening balances to."""

from sqlalchemy import Connection, and_, case, func, select

from app.coop.ledger.models import Account, Posting
from app.coop.ledger.services import OWED
from app.coop.openings.models import Opening, OpeningBalance
from app.coop.openings.services import ACCOUNTS
from app.coop.subject import MOST_NAMED


def posted(reader: Connection) -> list[str]:
    """Find opening balances whose entry says something else than what was approved, or that nobody approved."""
    said = sum((getattr(OpeningBalance, kind) * (1 if kind in OWED else -1) for kind in ACCOUNTS), start=0)
    mine = and_(Account.id == Posting.account_id, Account.member_id.is_not(None))
    booked = func.coalesce(func.sum(case((Account.id.is_not(None), Posting.amount), else_=0)), 0)
    rows = (
        select(OpeningBalance.id, Opening.state)
        .join(Opening, Opening.id == OpeningBalance.opening_id)
        .join(Posting, Posting.entry_id == OpeningBalance.entry_id)
        .outerjoin(Account, mine)
        .group_by(OpeningBalance.id, Opening.state)
        .having((booked != func.min(said)) | Opening.state.not_in(("approved", "posted")))
        .limit(MOST_NAMED)
    )
    found = [f"opening balance {row}: {state}, but its entry says otherwise" for row, state in reader.execute(rows)]
    lost = OpeningBalance.entry_id.is_(None) & OpeningBalance.left_out.is_(None) & (Opening.state == "posted")
    waits = select(OpeningBalance.id).join(Opening, Opening.id == OpeningBalance.opening_id).where(lost)
    return found + [f"opening balance {row}: posted without an entry" for row in reader.scalars(waits.limit(MOST_NAMED))]
