"""What `ledger verify` holds the books to: each function says what is wrong, in sentences, at most MOST_NAMED."""

from sqlalchemy import Connection, func, literal, or_, select

from app.coop.ledger.models import Account, JournalEntry, Posting
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
        # Control accounts keep no balance: there is nothing to hold against their postings.
        .where(Account.member_id.is_not(None), Account.balance != total)
        .limit(MOST_NAMED)
    )
    return [f"account {account}: balance {balance} F, its postings {int(summed)} F" for account, balance, summed in rows]


def unlike(reader: Connection) -> list[str]:
    """Find reversals that aren't the opposite of what they undo."""
    both = Posting.entry_id.in_((JournalEntry.id, JournalEntry.reverses_id))
    rows = reader.execute(
        select(JournalEntry.reverses_id)
        .join(Posting, both)
        .where(JournalEntry.reverses_id.is_not(None))
        .group_by(JournalEntry.id, JournalEntry.reverses_id, Posting.account_id)
        .having(func.sum(Posting.amount) != 0)
        .limit(MOST_NAMED)
    )
    return [f"entry {entry}: its reversal isn't its opposite" for entry in dict.fromkeys(rows.scalars())]


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
