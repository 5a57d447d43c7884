"""`ledger verify` finds what the triggers and the locks let nobody write: each is planted past them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import insert, select, update

from app.coop.contests.services import open_contest
from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.members.models import Member
from app.coop.payments import files
from app.coop.payments.models import PaymentExport
from app.coop.production import declarations
from app.coop.production.models import Weighing
from app.coop.till import payouts
from app.coop.verify import verify
from tests import sample_declarations, sample_deliveries
from tests.acts import own
from tests.races.closing import NOW
from tests.without_triggers import unguarded

LEFT = NOW.date()


@pytest.fixture
def house(database):
    sample_declarations.staffed(database)
    sample_deliveries.credited(database, sample_declarations.women(database, 2), NOW)
    sample_deliveries.batch(database, NOW)
    return database


def wrong(database):
    with database.read() as reader:
        return verify(reader).wrong


def depart(session, member):
    session.execute(update(Member).where(Member.id == member).values(state="departed", left_on=LEFT))


def posting(session):
    """Write an entry, a day later, on an account that was closed with nothing on it."""
    mine = dict(session.execute(select(Account.kind, Account.id).where(Account.member_id == 1)).all())
    row = {"operation": "late", "kind": "savings", "cooperative_id": 1, "member_id": 1, "at": NOW + timedelta(days=1)}
    entry = session.scalar(insert(JournalEntry).returning(JournalEntry.id), row)
    session.execute(insert(Posting), [{"entry_id": entry, "account_id": mine["savings"], "amount": by} for by in (5, -5)])
    depart(session, 1)


def payment(session):
    depart(session, 201)


def payout(session):
    payouts.ask(session, own(1, "ask", NOW), "withdrawal", 1, 500)
    depart(session, 1)


def declaration(session):
    declarations.declare(session, own(202, "planted", NOW), 202, 1, Decimal(5))
    depart(session, 202)


def contest(session):
    about = session.scalars(select(Weighing.id).where(Weighing.member_id == 201)).one()
    open_contest(session, own(201, "contest", NOW), "weighing", about)
    depart(session, 201)


def weighing(session):
    session.execute(update(Weighing).where(Weighing.member_id == 202).values(state="noted"))
    depart(session, 202)


def export(session):
    files.export(session, 1, by="operator", now=NOW)
    session.execute(update(PaymentExport).values(count=3))


PLANTED = [
    (posting, "member 1 had left"),
    (payment, "payment 1: open, but member 201 has left"),
    (declaration, "declaration 3: declared, but member 202 has left"),
    (payout, "payout 1: asked, but member 1 has left"),
    (contest, "contest 1: open, but member 201 has left"),
    (weighing, "weighing 2: noted, but member 202 has left"),
    (export, "export 1: 3 payments, 19600 F; it held 2, 19600 F"),
]


@pytest.mark.parametrize(("plant", "finding"), PLANTED, ids=[row[0].__name__ for row in PLANTED])
def test_what_is_planted_is_found(house, plant, finding):
    assert wrong(house) == ()
    with unguarded(house) as session:
        plant(session)
    assert any(finding in one for one in wrong(house)), wrong(house)
