"""Recompute the books from their postings, and hold what each subject keeps against them."""

import msgspec
from sqlalchemy import Connection, func, select

from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.members.models import Member
from app.coop.subject import MOST_NAMED
from app.coop.subjects import SUBJECTS
from app.db.base import Base
from app.db.rows import total


class Findings(msgspec.Struct, frozen=True):
    """What was counted and what is wrong, in sentences, at most MOST_NAMED of a kind."""

    entries: int
    postings: int
    accounts: int
    wrong: tuple[str, ...]


def verify(reader: Connection) -> Findings:
    """Hold every entry against zero and every kept balance against its postings; a few set-wide statements."""
    every = [check for subject in SUBJECTS for check in subject.checks]
    wrong = [words for check in (*every, live_on_departed) for words in check(reader)]
    return Findings(_count(reader, JournalEntry), _count(reader, Posting), _count(reader, Account), tuple(wrong))


def live_on_departed(reader: Connection) -> list[str]:
    """Find what is on its way to members whose account is closed."""
    found = []
    for live in (live for subject in SUBJECTS for live in subject.under_way if live.states):
        table = live.model
        rows = (
            select(table.id, table.state, table.member_id)
            .join(Member, Member.id == table.member_id)
            .where(Member.state == "departed", table.state.in_(live.states))
            .order_by(table.id)
            .limit(MOST_NAMED)
        )
        name = table.__name__.lower()
        found += [f"{name} {row}: {state}, but member {member} has left" for row, state, member in reader.execute(rows)]
    return found


def _count(reader: Connection, table: type[Base]) -> int:
    return total(reader, select(func.count()).select_from(table))
