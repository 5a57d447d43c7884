"""Credit deliveries: a whole list in a handful of statements, each delivery an entry of its own."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.coop.cooperatives.models import Cooperative
from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.ledger.services import MOST_HELD, MOST_MOVED, AccountFull, account_of, open_accounts
from app.coop.members.lock import lock_present


class Delivery(msgspec.Struct, frozen=True):
    """What a member delivered, worth `gross` XOF; `operation` names its entry."""

    operation: str
    member_id: int
    gross: int


class CreditedDelivery(msgspec.Struct, frozen=True):
    """How a delivery was shared out, in XOF: solidarity, what was repaid (advance, then lease), and the rest for the member."""

    entry_id: int | None
    gross: int
    share: int
    repaid: int
    leased: int = 0
    """What of `repaid` was the lease's."""

    @property
    def net(self) -> int:
        """Return what the member is to be paid."""
        return self.gross - self.share - self.repaid


def shared_out(gross: int, owed: int, solidarity_percent: int, instalment_percent: int) -> tuple[int, int]:
    """Return solidarity share and what is repaid of a delivery, both rounded down: the member keeps what remains, to the franc."""
    share = gross * solidarity_percent // 100
    return share, min(owed, (gross - share) * instalment_percent // 100)


def credit(session: Session, cooperative_id: int, deliveries: Sequence[Delivery], *, now: datetime) -> list[CreditedDelivery]:
    """Write an entry for each delivery: purchases to payable, solidarity, advance and lease; return them in the order given.

    Members and their accounts are locked at once, in the order of their ids. An operation that was written before raises
    IntegrityError; a member who has left, MemberLeft; more than MOST_MOVED in one, ValueError; a member to whom more than MOST_HELD
    would be owed, AccountFull.
    """
    rules = session.execute(
        select(Cooperative.solidarity_percent, Cooperative.instalment_percent).where(Cooperative.id == cooperative_id)
    ).one()
    if any(delivery.gross > MOST_MOVED for delivery in deliveries):
        raise ValueError("a delivery is worth more than one act may move")
    accounts, stands = _accounts(session, cooperative_id, {delivery.member_id for delivery in deliveries})
    moved: dict[int, int] = defaultdict(int)
    lines: list[list[tuple[int, int]]] = []
    shares: list[tuple[int, int, int]] = []
    for delivery in deliveries:
        member = delivery.member_id
        share, repaid = shared_out(delivery.gross, stands[member, "advance"] + stands[member, "leasing"], *rules)
        of_advance = min(stands[member, "advance"], repaid)
        stands[member, "advance"] -= of_advance
        stands[member, "leasing"] -= repaid - of_advance
        stands[member, "payable"] -= delivery.gross - share - repaid
        if -stands[member, "payable"] > MOST_HELD:
            raise AccountFull("payable")
        mine = [
            (accounts[None, "purchases"], delivery.gross),
            (accounts[None, "solidarity"], -share),
            (accounts[member, "advance"], -of_advance),
            # Without a lease there is no such account: its line is of 0 F, and falls below.
            (accounts.get((member, "leasing"), 0), of_advance - repaid),
            (accounts[member, "payable"], -(delivery.gross - share - repaid)),
        ]
        lines.append([line for line in mine if line[1]])
        shares.append((share, repaid, repaid - of_advance))
        for account, amount in mine[2:]:
            moved[account] += amount
    entries = _entries(session, cooperative_id, [d for d in deliveries if d.gross], now)
    posted = [
        {"entry_id": entries[delivery.operation], "account_id": account, "amount": amount}
        for delivery, postings in zip(deliveries, lines, strict=True)
        for account, amount in postings
    ]
    if posted:
        session.execute(insert(Posting), posted)
    kept = [{"account": account, "by": by} for account, by in sorted(moved.items()) if by]
    if kept:
        # Sums are added in SQL, on the connection: the ORM's own UPDATE of many rows takes no WHERE.
        changed = update(Account).where(Account.id == bindparam("account")).values(balance=Account.balance + bindparam("by"))
        session.connection().execute(changed, kept)
    return [
        CreditedDelivery(entries.get(delivery.operation), delivery.gross, share, repaid, leased)
        for delivery, (share, repaid, leased) in zip(deliveries, shares, strict=True)
    ]


def _entries(session: Session, cooperative_id: int, deliveries: Sequence[Delivery], now: datetime) -> dict[str, int]:
    if not deliveries:
        return {}
    rows = [
        {"operation": one.operation, "kind": "delivery", "cooperative_id": cooperative_id, "member_id": one.member_id, "at": now}
        for one in deliveries
    ]
    # The order of RETURNING isn't promised: each id is found by its operation.
    made = session.execute(insert(JournalEntry).returning(JournalEntry.operation, JournalEntry.id), rows)
    return {operation: entry for operation, entry in made}  # noqa: C416 - a Row is not a pair to mypy


def _accounts(
    session: Session, cooperative_id: int, members: set[int]
) -> tuple[dict[tuple[int | None, str], int], dict[tuple[int, str], int]]:
    """Lock the members of a list and their accounts, opening missing ones; return all ids, and how each member's stand."""
    lock_present(session, members)
    scope = Account.cooperative_id == cooperative_id
    wanted = (
        select(Account.id, Account.member_id, Account.kind, Account.balance)
        .where(scope, Account.member_id.in_(members), Account.kind.in_(("payable", "advance", "leasing")))
        .order_by(Account.id)
        .with_for_update()
    )
    rows = session.execute(wanted).all()
    known = {(row.member_id, row.kind) for row in rows}
    missing = [member for member in sorted(members) if not {(member, "payable"), (member, "advance")} <= known]
    for member in missing:
        open_accounts(session, cooperative_id, member)
    # Opened just now, or by another at once: read again, to have them locked with the others.
    if missing:
        rows = session.execute(wanted).all()
    accounts: dict[tuple[int | None, str], int] = {(row.member_id, row.kind): row.id for row in rows}
    accounts |= {(None, kind): account_of(session, cooperative_id, None, kind) for kind in ("purchases", "solidarity")}
    stands: dict[tuple[int, str], int] = defaultdict(int)
    stands |= {(row.member_id, row.kind): row.balance for row in rows if row.member_id is not None}
    return accounts, stands
