"""What is lost or found of goods, in the books: between *shelf* and *differences*."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.coop.ledger.services import account_of, post


def write_off(session: Session, operation: str, cooperative_id: int, amount: int, now: datetime) -> None:
    """Write the entry of goods of so many XOF that are gone, or below zero were found; of nothing there is none."""
    if amount:
        accounts = [account_of(session, cooperative_id, None, kind) for kind in ("differences", "shelf")]
        lines = [(accounts[0], amount), (accounts[1], -amount)]
        post(session, operation=operation, kind="write_off", cooperative_id=cooperative_id, member_id=None, lines=lines, now=now)
