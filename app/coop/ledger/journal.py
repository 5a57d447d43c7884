"""The journal as officers read it: a co-operative's entries of a day, with the lines of each."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, select, tuple_

from app.clock import DAKAR
from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.ledger.queries import is_reversed
from app.coop.members.models import Member, Person

PAGE = 50
Mark = tuple[datetime, int]


class EntryLine(msgspec.Struct, frozen=True):
    """A line of an entry: the kind of its account, the member's or (not `own`) the co-operative's, XOF, debit positive."""

    account: str
    own: bool
    amount: int


class ReadEntry(msgspec.Struct, frozen=True):
    """An entry; `undone` when another reverses it."""

    id: int
    at: datetime
    kind: str
    member_id: int | None
    member: str | None
    reverses_id: int | None
    undone: bool
    lines: list[EntryLine]


def entries_of(
    reader: Connection, cooperative_id: int, day: date, account: str = "", after: Mark | None = None, *, all_names: bool
) -> list[ReadEntry]:
    """Return a day's entries, oldest first, those that move an account of a kind when one is named: a page and one more.

    Without `all_names` an entry names a member only where it moves an account of theirs: who got aid isn't for everybody who reads.
    """
    begins = datetime(day.year, day.month, day.day, tzinfo=DAKAR)
    undone = is_reversed(JournalEntry.id).label("undone")
    told = (JournalEntry.id, JournalEntry.at, JournalEntry.kind, JournalEntry.member_id, Person.name, JournalEntry.reverses_id)
    rows: Any = select(*told, undone).outerjoin(Member, Member.id == JournalEntry.member_id)
    rows = rows.outerjoin(Person, Person.id == Member.person_id).where(JournalEntry.cooperative_id == cooperative_id)
    rows = rows.where(JournalEntry.at >= begins, JournalEntry.at < begins + timedelta(days=1))
    if account:
        moves = select(Posting.id).join(Account, Account.id == Posting.account_id)
        rows = rows.where(moves.where(Posting.entry_id == JournalEntry.id, Account.kind == account).exists())
    if after:
        # A credited list writes many entries of one instant: without the id a page would skip or repeat some.
        rows = rows.where(tuple_(JournalEntry.at, JournalEntry.id) > tuple_(*after))
    found = reader.execute(rows.order_by(JournalEntry.at, JournalEntry.id).limit(PAGE + 1)).all()
    lines = _lines(reader, [row.id for row in found])
    return [_entry(row, lines[row.id], named=all_names or any(line.own for line in lines[row.id])) for row in found]


def _entry(row: Any, lines: list[EntryLine], *, named: bool) -> ReadEntry:
    member, name = (row.member_id, row.name) if named else (None, None)
    return ReadEntry(row.id, row.at, row.kind, member, name, row.reverses_id, row.undone, lines)


def _lines(reader: Connection, entries: list[int]) -> dict[int, list[EntryLine]]:
    rows = select(Posting.entry_id, Account.kind, Account.member_id.is_not(None), Posting.amount)
    rows = rows.join(Account, Account.id == Posting.account_id).where(Posting.entry_id.in_(entries)).order_by(Posting.id)
    found: dict[int, list[EntryLine]] = defaultdict(list)
    for entry, account, own, amount in reader.execute(rows):
        found[entry].append(EntryLine(account, own, amount))
    return found
