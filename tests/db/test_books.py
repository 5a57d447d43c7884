"""What the database itself refuses, whoever writes."""

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError

from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.members.models import Member
from tests import sample_cooperative


@pytest.fixture
def books(database):
    sample_cooperative.build(database)
    return database


def entry(session, amounts):
    accounts = dict(session.execute(select(Account.kind, Account.id)).all())
    row = {"operation": "by hand", "kind": "savings", "cooperative_id": 1, "member_id": 1, "at": sample_cooperative.LONG_AGO}
    made = session.scalar(insert(JournalEntry).returning(JournalEntry.id), row)
    rows = [{"entry_id": made, "account_id": accounts[kind], "amount": amount} for kind, amount in amounts]
    session.execute(insert(Posting), rows)


@pytest.mark.parametrize("amounts", [[("cash", 5)], [("cash", 5), ("savings", -4)]])
def test_an_entry_that_does_not_sum_to_zero_is_not_committed(postgres_database, amounts):
    sample_cooperative.build(postgres_database)
    with pytest.raises(DBAPIError, match="do not sum to zero"), postgres_database.transaction() as session:
        entry(session, amounts)
    with postgres_database.transaction() as session:
        entry(session, [("cash", 5), ("savings", -5)])


@pytest.mark.parametrize(("kind", "balance"), [("savings", 1), ("shares", 1), ("payable", 1), ("advance", -1), ("cash", 1)])
def test_a_balance_keeps_its_side(books, kind, balance):
    with pytest.raises(DBAPIError, match="side"), books.transaction() as session:
        session.execute(update(Account).where(Account.kind == kind).values(balance=balance))


def test_a_closed_account_stays_at_zero(books):
    with pytest.raises(DBAPIError, match="not zero"), books.transaction() as session:
        session.execute(update(Member).where(Member.id == 1).values(state="departed"))
    with books.transaction() as session:
        session.execute(update(Account).where(Account.member_id == 1).values(balance=0))
        session.execute(update(Member).where(Member.id == 1).values(state="departed"))
    with pytest.raises(DBAPIError, match="has left"), books.transaction() as session:
        session.execute(update(Account).where(Account.member_id == 1, Account.kind == "savings").values(balance=-5))
