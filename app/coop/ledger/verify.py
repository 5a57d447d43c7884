"""Recompute the books from their postings, and say what doesn't agree; also with payouts, schedules and approvals."""

from collections import defaultdict
from typing import Any

import msgspec
from sqlalchemy import Connection, String, case, cast, func, literal, or_, select, union_all

from app.coop.approvals.models import Approval, ApprovalVote
from app.coop.contests.models import Contest
from app.coop.ledger.box import Box, sums
from app.coop.ledger.models import Account, Instalment, JournalEntry, Payout, Posting
from app.coop.members.models import Member
from app.coop.payments.models import Payment, PaymentExport, PaymentExportLine
from app.coop.production.models import Declaration, Weighing
from app.db.base import Base

MOST_NAMED = 20


class Findings(msgspec.Struct, frozen=True):
    """What was counted and what is wrong, in sentences, at most MOST_NAMED of a kind."""

    entries: int
    postings: int
    accounts: int
    wrong: tuple[str, ...]


def verify(reader: Connection) -> Findings:
    """Hold every entry against zero and every kept balance against its postings; a few set-wide statements."""
    wrong = [*_unbalanced(reader), *_empty(reader), *_drifted(reader), *_orphans(reader), *_strangers(reader)]
    wrong += [*_schedules(reader), *_payouts(reader), *_on_their_way(reader), *_votes(reader), *_executed(reader), *_left(reader)]
    wrong += [*_written_after(reader), *_live_on_departed(reader), *_short(reader), *_exports(reader), *_settled(reader)]
    return Findings(_count(reader, JournalEntry), _count(reader, Posting), _count(reader, Account), tuple(wrong))


def _count(reader: Connection, table: type[Base]) -> int:
    return reader.scalar(select(func.count()).select_from(table)) or 0


def _unbalanced(reader: Connection) -> list[str]:
    total = func.sum(Posting.amount)
    rows = reader.execute(select(Posting.entry_id, total).group_by(Posting.entry_id).having(total != 0).limit(MOST_NAMED))
    return [f"entry {entry}: its postings sum to {int(amount)} F, not 0" for entry, amount in rows]


def _empty(reader: Connection) -> list[str]:
    few = (
        select(JournalEntry.id)
        .outerjoin(Posting, Posting.entry_id == JournalEntry.id)
        .group_by(JournalEntry.id)
        .having(func.count(Posting.id) < 2)
        .limit(MOST_NAMED)
    )
    return [f"entry {entry}: fewer than two postings" for entry in reader.scalars(few)]


def _drifted(reader: Connection) -> list[str]:
    sums = select(Posting.account_id, func.sum(Posting.amount).label("total")).group_by(Posting.account_id).subquery()
    total = func.coalesce(sums.c.total, literal(0))
    rows = reader.execute(
        select(Account.id, Account.balance, total)
        .outerjoin(sums, sums.c.account_id == Account.id)
        .where(Account.member_id.is_not(None), Account.balance != total)
        .limit(MOST_NAMED)
    )
    return [f"account {account}: balance {balance} F, its postings {int(summed)} F" for account, balance, summed in rows]


def _orphans(reader: Connection) -> list[str]:
    """Find postings that hang on nothing: SQLite's own shell checks no foreign keys."""
    rows = reader.execute(
        select(Posting.id, JournalEntry.id)
        .outerjoin(JournalEntry, JournalEntry.id == Posting.entry_id)
        .outerjoin(Account, Account.id == Posting.account_id)
        .where(or_(JournalEntry.id.is_(None), Account.id.is_(None)))
        .limit(MOST_NAMED)
    )
    return [f"posting {posting}: there is no {'entry' if entry is None else 'account'}" for posting, entry in rows]


def _strangers(reader: Connection) -> list[str]:
    rows = reader.execute(
        select(Posting.id)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .join(Account, Account.id == Posting.account_id)
        .where(
            or_(
                Account.cooperative_id != JournalEntry.cooperative_id,
                Account.member_id.is_not(None)
                & JournalEntry.member_id.is_not(None)
                & (Account.member_id != JournalEntry.member_id),
            )
        )
        .limit(MOST_NAMED)
    )
    return [f"posting {posting}: its account is of another member or co-operative" for (posting,) in rows]


def _schedules(reader: Connection) -> list[str]:
    count, total = func.count(Instalment.number), func.coalesce(func.sum(Instalment.amount), 0)
    rows = reader.execute(
        select(Payout.id, Payout.amount, total)
        .outerjoin(Instalment, Instalment.payout_id == Payout.id)
        .where(Payout.instalments > 0, Payout.state.in_(("handed", "paid")))
        .group_by(Payout.id, Payout.amount, Payout.instalments)
        .having(or_(total != Payout.amount, count != Payout.instalments))
        .limit(MOST_NAMED)
    )
    return [f"payout {payout}: its instalments sum to {int(due)} F, not {amount} F" for payout, amount, due in rows]


def _payouts(reader: Connection) -> list[str]:
    """Find what left without several officers' word, or without its entries."""
    wanted = (Approval.subject == "payout") & (Approval.subject_id == Payout.id)
    approved = select(Approval.id).where(wanted, Approval.state == "approved")
    unwanted = Payout.state.in_(("approved", "handed", "paid")) & ~approved.exists()
    unbooked = Payout.state.in_(("handed", "paid")) & Payout.handed_entry_id.is_(None)
    unpaid = (Payout.state == "paid") & Payout.paid_entry_id.is_(None) & (Payout.amount > 0)
    rows = reader.execute(select(Payout.id, Payout.state).where(or_(unwanted, unbooked, unpaid)).limit(MOST_NAMED))
    return [f"payout {payout}: {state} without its approval or its entry" for payout, state in rows]


def _on_their_way(reader: Connection) -> list[str]:
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


def _votes(reader: Connection) -> list[str]:
    """Find approvals that say something else than their votes."""
    votes = select(
        ApprovalVote.approval_id,
        func.sum(case((ApprovalVote.approved, 1), else_=0)).label("given"),
        func.sum(case((ApprovalVote.approved, 0), else_=1)).label("against"),
    ).group_by(ApprovalVote.approval_id)
    cast_ = votes.subquery()
    given, against = func.coalesce(cast_.c.given, 0), func.coalesce(cast_.c.against, 0)
    rows = reader.execute(
        select(Approval.id, Approval.state)
        .outerjoin(cast_, cast_.c.approval_id == Approval.id)
        .where(
            or_(
                (Approval.state == "approved") & ((given < Approval.needed) | (against > 0)),
                (Approval.state == "refused") & (against != 1),
                Approval.state.in_(("waiting", "dead")) & (against > 0),
            )
        )
        .limit(MOST_NAMED)
    )
    return [f"approval {approval}: {state}, but not by its votes" for approval, state in rows]


def _executed(reader: Connection) -> list[str]:
    """Hold approved reversals and levies against their entries, and such entries against their approvals: once each."""
    own = JournalEntry.operation == literal("approval:") + cast(Approval.id, String)
    kinds = Approval.kind.in_(("reversal", "levy"))
    rows = reader.execute(
        select(Approval.id, Approval.state, JournalEntry.id)
        .outerjoin(JournalEntry, own)
        .where(kinds, (Approval.state == "approved") != JournalEntry.id.is_not(None))
        .limit(MOST_NAMED)
    )
    return [
        f"approval {approval}: {state}, {'without its entry' if entry is None else f'but entry {entry} is there'}"
        for approval, state, entry in rows
    ]


def _left(reader: Connection) -> list[str]:
    """Find members whose account was closed with something on it."""
    rows = reader.execute(
        select(Account.id, Account.member_id, Account.balance)
        .join(Member, Member.id == Account.member_id)
        .where(Member.state == "departed", Account.balance != 0)
        .order_by(Account.id)
        .limit(MOST_NAMED)
    )
    return [f"account {account}: {balance} F, but member {member} has left" for account, member, balance in rows]


def _written_after(reader: Connection) -> list[str]:
    """Find postings on a departed member's accounts of a day after they left, also when they sum to nothing."""
    rows = reader.execute(
        select(Posting.id, Account.member_id)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .join(Account, Account.id == Posting.account_id)
        .join(Member, Member.id == Account.member_id)
        .where(Member.state == "departed", func.date(JournalEntry.at) > func.date(Member.left_on))
        .order_by(Posting.id)
        .limit(MOST_NAMED)
    )
    return [f"posting {posting}: member {member} had left" for posting, member in rows]


LIVE: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (Payment, ("open", "handed_over", "contested")),
    (Payout, ("asked", "approved", "handed")),
    (Weighing, ("noted",)),
    (Declaration, ("declared",)),
    (Contest, ("open",)),
)
"""What is on its way, by the states in which it is."""


def _live_on_departed(reader: Connection) -> list[str]:
    found = []
    for table, states in LIVE:
        rows = (
            select(table.id, table.state, table.member_id)
            .join(Member, Member.id == table.member_id)
            .where(Member.state == "departed", table.state.in_(states))
            .order_by(table.id)
            .limit(MOST_NAMED)
        )
        name = table.__name__.lower()
        found += [f"{name} {row}: {state}, but member {member} has left" for row, state, member in reader.execute(rows)]
    return found


def _short(reader: Connection) -> list[str]:
    """Find boxes that promise, or gave, more cash than the books say they have."""
    boxes: dict[int, dict[str, int]] = defaultdict(dict)
    for place, part, amount in reader.execute(sums()):
        boxes[place][part] = int(amount)
    left = {place: Box(**parts).free for place, parts in sorted(boxes.items())}
    wrong = [f"co-operative {place}: the box is {-free} F short of what is promised" for place, free in left.items() if free < 0]
    return wrong[:MOST_NAMED]


def _exports(reader: Connection) -> list[str]:
    """Hold what was said of each file that went out against the payments that stood in it."""
    count, total = func.count(Payment.id), func.coalesce(func.sum(Payment.amount), 0)
    rows = reader.execute(
        select(PaymentExport.id, PaymentExport.count, PaymentExport.total, count, total)
        .outerjoin(PaymentExportLine, PaymentExportLine.export_id == PaymentExport.id)
        .outerjoin(Payment, (Payment.id == PaymentExportLine.payment_id) & (Payment.batch_id == PaymentExport.batch_id))
        .group_by(PaymentExport.id, PaymentExport.count, PaymentExport.total)
        .having(or_(count != PaymentExport.count, total != PaymentExport.total))
        .limit(MOST_NAMED)
    )
    return [f"export {row[0]}: {row[1]} payments, {row[2]} F; it held {row[3]}, {int(row[4])} F" for row in rows]


def _settled(reader: Connection) -> list[str]:
    """Find accounts that were emptied at once, by no payout; of before settlements were payouts only the approval is left."""
    payout = select(Payout.id).where(Payout.handed_entry_id == JournalEntry.id)
    before = JournalEntry.operation.startswith("approval:")
    rows = reader.scalars(
        select(JournalEntry.id).where(JournalEntry.kind == "settlement", ~payout.exists(), ~before).limit(MOST_NAMED)
    )
    return [f"entry {entry}: a settlement that was no payout" for entry in rows]
