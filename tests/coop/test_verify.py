"""`ledger verify` finds what the triggers and the locks let nobody write: each is planted past them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import insert, select, update

from app.coop.contests.services import open_contest
from app.coop.handover import services as handover
from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.ledger.services import reverse
from app.coop.members.models import Member
from app.coop.openings.models import Opening, OpeningBalance
from app.coop.payments import files
from app.coop.payments.handover import PAYMENT
from app.coop.payments.models import Payment, PaymentExport
from app.coop.production import declarations
from app.coop.production.models import Weighing
from app.coop.till import payouts
from app.coop.verify import verify
from tests import sample_declarations, sample_deliveries
from tests.acts import by, own
from tests.races.closing import NOW
from tests.without_triggers import unguarded

LEFT = NOW.date()


@pytest.fixture
def house(database):
    sample_declarations.staffed(database)
    sample_deliveries.credited(database, sample_declarations.women(database, 2), NOW)
    sample_deliveries.batch(database, NOW)
    with database.transaction() as session:
        handover.hand_over(session, by(sample_deliveries.PRESIDENT, "hand", NOW), PAYMENT, 1)
        handover.confirm(session, own(201, "come", NOW), PAYMENT, 1)
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
    depart(session, 202)


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


def changed(table, row, **values):
    """Change a row of the house: payment 1 is paid, payment 2 is open."""

    def plant(session):
        session.execute(update(table).where(table.id == row).values(**values))

    plant.__name__ = f"{table.__name__} {row} {' '.join(values)} {values.get('state', '')}".strip()
    return plant


def half_a_reversal(session):
    """Reverse a delivery in part."""
    entry = session.scalars(select(Weighing.entry_id).where(Weighing.member_id == 202)).one()
    reverse(session, entry, operation="planted", now=NOW)
    for name, more in (("purchases", 100), ("solidarity", -100)):
        account = select(Account.id).where(Account.kind == name).scalar_subquery()
        undoing = select(JournalEntry.id).where(JournalEntry.operation == "planted").scalar_subquery()
        mine = (Posting.account_id == account) & (Posting.entry_id == undoing)
        session.execute(update(Posting).where(mine).values(amount=Posting.amount + more))


def unposted(session):
    opening = Opening(cooperative_id=1, day=LEFT, state="posted", noted_at=NOW)
    session.add(opening)
    session.flush()
    amounts = {"shares": 500, "savings": 0, "payable": 0, "advance": 0, "leasing": 0}
    session.add(OpeningBalance(opening_id=opening.id, member_id=201, **amounts))


PLANTED = [
    (half_a_reversal, "its reversal isn't its opposite"),
    (unposted, "opening balance 1: posted without an entry"),
    (changed(Payment, 2, state="paid"), "payment 2: paid, but its entries say otherwise"),
    (changed(Payment, 2, state="handed_over"), "payment 2: handed_over, but its entries say otherwise"),
    (changed(Payment, 1, state="open"), "payment 1: open, but its entries say otherwise"),
    (changed(Payment, 1, state="cancelled"), "payment 1: cancelled, but its entries say otherwise"),
    (changed(Payment, 1, amount=98_000), "payment 1: paid, but its entries say otherwise"),
    (changed(Payment, 2, amount=98_000), "batch 1: 19600 F; its payments sum to 107800 F"),
    (changed(Weighing, 1, gross=98_000), "weighing 1: credited, but its entry says otherwise"),
    (changed(Weighing, 1, share=0), "weighing 1: credited, but its entry says otherwise"),
    (changed(Weighing, 1, repaid=0), "weighing 1: credited, but its entry says otherwise"),
    (changed(Weighing, 1, entry_id=None), "weighing 1: credited, but its entry says otherwise"),
    (changed(Weighing, 1, state="noted"), "weighing 1: noted, but its entry says otherwise"),
    (posting, "member 1 had left"),
    (payment, "payment 2: open, but member 202 has left"),
    (declaration, "declaration 3: declared, but member 202 has left"),
    (payout, "payout 1: asked, but member 1 has left"),
    (contest, "contest 1: open, but member 201 has left"),
    (weighing, "weighing 2: noted, but member 202 has left"),
    (export, "export 1: 3 payments, 9800 F; it held 1, 9800 F"),
]


@pytest.mark.parametrize(("plant", "finding"), PLANTED, ids=[row[0].__name__ for row in PLANTED])
def test_what_is_planted_is_found(house, plant, finding):
    assert wrong(house) == ()
    with unguarded(house) as session:
        plant(session)
    assert any(finding in one for one in wrong(house)), wrong(house)
