"""What `ledger verify` holds closed accounts to."""

from sqlalchemy import Connection, func, select

from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.members.models import Member
from app.coop.subject import MOST_NAMED
from app.coop.till.models import Payout


def settled(reader: Connection) -> list[str]:
    """Find accounts that were emptied at once, by no payout; of before settlements were payouts only the approval is left."""
    payout = select(Payout.id).where(Payout.handed_entry_id == JournalEntry.id)
    before = JournalEntry.operation.startswith("approval:")
    rows = reader.scalars(
        select(JournalEntry.id).where(JournalEntry.kind == "settlement", ~payout.exists(), ~before).limit(MOST_NAMED)
    )
    return [f"entry {entry}: a settlement that was no payout" for entry in rows]


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
