"""What a solidarity fund holds by the books, and what of it is promised: aid is a payout of the till."""

import msgspec
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from app.coop.ledger.models import Account, Posting
from app.coop.till.models import Payout
from app.db.rows import total


class Fund(msgspec.Struct, frozen=True):
    """A fund in XOF: in the books, and promised to members by officers."""

    balance: int
    promised: int

    @property
    def free(self) -> int:
        """Return what nobody was promised."""
        return self.balance - self.promised


def fund_of(reader: Connection | Session, cooperative_id: int) -> Fund:
    """Return a co-operative's fund."""
    booked = select(func.coalesce(func.sum(-Posting.amount), 0)).join(Account, Account.id == Posting.account_id)
    booked = booked.where(Account.cooperative_id == cooperative_id, Account.kind == "solidarity")
    held = (Payout.cooperative_id == cooperative_id) & (Payout.kind == "aid") & (Payout.state == "approved")
    promised = select(func.coalesce(func.sum(Payout.amount), 0)).where(held)
    return Fund(total(reader, booked), total(reader, promised))
