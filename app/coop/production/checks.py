"""What `ledger verify` holds weighings to."""

from sqlalchemy import ColumnElement, Connection, case, func, or_, select

from app.coop.ledger.models import Account, Posting
from app.coop.ledger.services import OWED
from app.coop.production.models import Weighing
from app.coop.subject import MOST_NAMED


def credited(reader: Connection) -> list[str]:
    """Find weighings whose entry isn't there, says another worth, share or repayment, or is of what wasn't credited."""

    def booked(*kinds: str) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((Account.kind.in_(kinds), Posting.amount), else_=0)), 0)

    rows = reader.execute(
        select(Weighing.id, Weighing.state)
        .outerjoin(Posting, Posting.entry_id == Weighing.entry_id)
        .outerjoin(Account, Account.id == Posting.account_id)
        .group_by(Weighing.id)
        .having(
            or_(
                (Weighing.state != "credited") & Weighing.entry_id.is_not(None),
                booked("purchases") != func.coalesce(Weighing.gross, 0),
                booked("solidarity") != -func.coalesce(Weighing.share, 0),
                booked(*OWED) != -func.coalesce(Weighing.repaid, 0),
            )
        )
        .order_by(Weighing.id)
        .limit(MOST_NAMED)
    )
    return [f"weighing {weighing}: {state}, but its entry says otherwise" for weighing, state in rows]
