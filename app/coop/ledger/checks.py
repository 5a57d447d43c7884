"""What `ledger verify` holds the books to: each function says what is wrong, in sentences, at most MOST_NAMED."""

from collections import defaultdict

from sqlalchemy import Connection, String, cast, func, literal, or_, select

from app.coop.approvals.models import Approval
from app.coop.ledger.box import Box, sums
from app.coop.ledger.models import Account, Instalment, JournalEntry, Payout, Posting
from app.coop.members.models import Member
from app.coop.subject import MOST_NAMED


def unbalanced(reader: Connection) -> list[str]:
    total = func.sum(Posting.amount)
    rows = reader.execute(select(Posting.entry_id, total).group_by(Posting.entry_id).having(total != 0).limit(MOST_NAMED))
    return [f"entry {entry}: its postings sum to {int(amount)} F, not 0" for entry, amount in rows]


def empty(reader: Connection) -> list[str]:
    few = (
        select(JournalEntry.id)
        .outerjoin(Posting, Posting.entry_id == JournalEntry.id)
        .group_by(JournalEntry.id)
        .having(func.count(Posting.id) < 2)
        .limit(MOST_NAMED)
    )
    return [f"entry {entry}: fewer than two postings" for entry in reader.scalars(few)]


def drifted(reader: Connection) -> list[str]:
    sums = select(Posting.account_id, func.sum(Posting.amount).label("total")).group_by(Posting.account_id).subquery()
    total = func.coalesce(sums.c.total, literal(0))
    rows = reader.execute(
        select(Account.id, Account.balance, total)
        .outerjoin(sums, sums.c.account_id == Account.id)
        .where(Account.member_id.is_not(None), Account.balance != total)
        .limit(MOST_NAMED)
    )
    return [f"account {account}: balance {balance} F, its postings {int(summed)} F" for account, balance, summed in rows]


def orphans(reader: Connection) -> list[str]:
    """Find postings that hang on nothing: SQLite's own shell checks no foreign keys."""
    rows = reader.execute(
        select(Posting.id, JournalEntry.id)
        .outerjoin(JournalEntry, JournalEntry.id == Posting.entry_id)
        .outerjoin(Account, Account.id == Posting.account_id)
        .where(or_(JournalEntry.id.is_(None), Account.id.is_(None)))
        .limit(MOST_NAMED)
    )
    return [f"posting {posting}: there is no {'entry' if entry is None else 'account'}" for posting, entry in rows]


def strangers(reader: Connection) -> list[str]:
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


def schedules(reader: Connection) -> list[str]:
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


def unapproved(reader: Connection) -> list[str]:
    """Find what left without several officers' word, or without its entries."""
    wanted = (Approval.subject == "payout") & (Approval.subject_id == Payout.id)
    approved = select(Approval.id).where(wanted, Approval.state == "approved")
    unwanted = Payout.state.in_(("approved", "handed", "paid")) & ~approved.exists()
    unbooked = Payout.state.in_(("handed", "paid")) & Payout.handed_entry_id.is_(None)
    unpaid = (Payout.state == "paid") & Payout.paid_entry_id.is_(None) & (Payout.amount > 0)
    rows = reader.execute(select(Payout.id, Payout.state).where(or_(unwanted, unbooked, unpaid)).limit(MOST_NAMED))
    return [f"payout {payout}: {state} without its approval or its entry" for payout, state in rows]


def executed(reader: Connection) -> list[str]:
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


def left(reader: Connection) -> list[str]:
    """Find members whose account was closed with something on it."""
    rows = reader.execute(
        select(Account.id, Account.member_id, Account.balance)
        .join(Member, Member.id == Account.member_id)
        .where(Member.state == "departed", Account.balance != 0)
        .order_by(Account.id)
        .limit(MOST_NAMED)
    )
    return [f"account {account}: {balance} F, but member {member} has left" for account, member, balance in rows]


def written_after(reader: Connection) -> list[str]:
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


def short(reader: Connection) -> list[str]:
    """Find boxes that promise, or gave, more cash than the books say they have."""
    boxes: dict[int, dict[str, int]] = defaultdict(dict)
    for place, part, amount in reader.execute(sums()):
        boxes[place][part] = int(amount)
    left = {place: Box(**parts).free for place, parts in sorted(boxes.items())}
    wrong = [f"co-operative {place}: the box is {-free} F short of what is promised" for place, free in left.items() if free < 0]
    return wrong[:MOST_NAMED]


def settled(reader: Connection) -> list[str]:
    """Find accounts that were emptied at once, by no payout; of before settlements were payouts only the approval is left."""
    payout = select(Payout.id).where(Payout.handed_entry_id == JournalEntry.id)
    before = JournalEntry.operation.startswith("approval:")
    rows = reader.scalars(
        select(JournalEntry.id).where(JournalEntry.kind == "settlement", ~payout.exists(), ~before).limit(MOST_NAMED)
    )
    return [f"entry {entry}: a settlement that was no payout" for entry in rows]
