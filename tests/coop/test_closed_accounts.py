"""A closed account, by exclusion or death: what is owed waits for the settlement, and stands on no list of money to hand over."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from app.coop.act import Act
from app.coop.boutiques import orders
from app.coop.boutiques.models import Offer, Order
from app.coop.closing import departures
from app.coop.closing.settlements import StillOpen, check_nothing_open
from app.coop.contests import services as contests
from app.coop.contests.models import Contest
from app.coop.equipment import bookings, custody
from app.coop.equipment.models import Booking
from app.coop.members.lookup import by_card
from app.coop.payments import batches, files, queries
from app.coop.payments.due import Wanted, due, left_out, unpaid
from app.coop.payments.models import Payment
from app.coop.production.models import Weighing
from app.coop.scope import Scope
from app.coop.subjects import approvals
from app.coop.till import payouts, takings, withdrawals
from app.coop.till.models import Payout
from tests import sample_declarations, sample_deliveries
from tests.acts import by, own

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.fixture
def counter(database):
    sample_declarations.staffed(database)
    sample_deliveries.credited(database, sample_declarations.women(database, 3), NOW)
    return database


def decide(database, kind):
    """Have the officers approve whatever of a kind waits; return what the last approval was in the end."""
    with database.transaction() as session:
        waits = session.scalar(
            select(approvals.Approval.id).where(approvals.Approval.kind == kind).order_by(approvals.Approval.id.desc())
        )
        approvals.decide(session, by(sample_deliveries.PRESIDENT, f"yes:{waits}", NOW), waits, approved=True)
        return session.get_one(approvals.Approval, waits, populate_existing=True).state


def shut(database, kind="exclusion", card="00201"):
    with database.transaction() as session:
        member = by_card(session, sample_declarations.CLERK, card)
        departures.ask(session, by(sample_declarations.CLERK, f"{kind}:{card}", NOW), kind, member, paper="77")
    assert decide(database, kind) == "approved"


def payments(database):
    with database.read() as reader:
        return {row.member_id: row.state for row in reader.execute(select(Payment.member_id, Payment.state))}


def to_pay(database, way="cash"):
    with database.read() as reader:
        return [one.member_id for one in due(reader, 1, Wanted(), way, NOW)], left_out(reader, 1, Wanted(), way, NOW)


@pytest.mark.parametrize("kind", ["exclusion", "death"])
def test_no_batch_is_made_for_an_account_that_is_closed_and_says_how_many_it_left_out(counter, kind):
    shut(counter, kind)
    assert to_pay(counter) == ([202, 203], {"closed": 1})
    with counter.read() as reader:
        assert {line.member_id for line in unpaid(reader, 1)} == {202, 203}, "no day and no product is offered for its sake"
    sample_deliveries.batch(counter, NOW)
    assert payments(counter) == {202: "open", 203: "open"}
    assert to_pay(counter) == ([], {"closed": 1})


def test_what_a_closed_account_is_left_out_of_is_due_once_it_is_opened_again(counter):
    shut(counter)
    shut(counter, "reinstatement")
    assert to_pay(counter) == ([201, 202, 203], {})


def test_an_account_closed_after_the_batch_leaves_it_and_its_lists(counter):
    sample_deliveries.batch(counter, NOW)
    shut(counter)
    assert payments(counter) == {201: "cancelled", 202: "open", 203: "open"}
    with counter.transaction() as session:
        assert [one.member_id for one in queries.to_hand(session, 1, "cash")] == [202, 203]
        check_nothing_open(session, 201)
    shut(counter, "reinstatement")
    assert to_pay(counter) == ([201], {}), "it is due again"


def test_a_transfer_that_may_have_left_stays_and_goes_out_no_second_time(counter):
    batch, _ = sample_deliveries.batch(counter, NOW, way="mobile")
    with counter.transaction() as session:
        files.export(session, batch, by="awa", now=NOW)
    shut(counter)
    with counter.transaction() as session:
        assert [(row["card"], bool(row["number"])) for row in files.export(session, batch, by="awa", now=NOW).rows] == [
            ("C00201", False),
            ("C00202", True),
            ("C00203", True),
        ]
        reference = session.scalar(select(Payment.reference).where(Payment.member_id == 201))
        row = {"reference": reference, "operator_reference": "CI241124.0001", "amount": ""}
        assert files.take_in(session, Act(0, "file", "line", NOW), Scope(1), 2, row).outcome == "accepted"


def test_a_payment_on_a_cash_list_leaves_it_with_the_account_and_keeps_no_settlement(counter):
    batch, _ = sample_deliveries.batch(counter, NOW)
    with counter.transaction() as session:
        files.export(session, batch, by="awa", now=NOW)
    shut(counter)
    assert payments(counter) == {201: "cancelled", 202: "open", 203: "open"}
    with counter.transaction() as session:
        check_nothing_open(session, 201)


def test_a_batch_isnt_made_with_whoever_was_excluded_since_it_was_shown(counter, monkeypatch):
    with counter.read() as reader:
        before = due(reader, 1, Wanted(), "cash", NOW)
    shut(counter)
    monkeypatch.setattr(batches, "due", lambda *_: before)
    with pytest.raises(batches.BatchChanged), counter.transaction() as session:
        batches.make(session, by(sample_deliveries.PAYER, "late", NOW), Wanted(), "cash", count=3, francs=3 * sample_deliveries.NET)


@pytest.mark.parametrize("approved", [False, True])
def test_what_was_asked_for_and_not_handed_over_goes_with_the_account(counter, approved):
    with counter.transaction() as session:
        takings.take_in(session, by(sample_deliveries.PAYER, "in", NOW), 201, "savings", 5_000)
        payouts.ask(session, own(201, "out", NOW), "withdrawal", 201, 2_000)
    if approved:
        with counter.transaction() as session:
            session.get_one(Payout, 1).state = "approved"
    shut(counter)
    with counter.transaction() as session:
        assert session.scalar(select(Payout.state)) == "cancelled"
        assert withdrawals.free_savings(session, 201) == 5_000
        check_nothing_open(session, 201)


def test_a_levy_asked_before_is_not_taken_from_a_closed_account(counter):
    with counter.transaction() as session:
        takings.ask_levy(session, by(sample_deliveries.PAYER, "levy", NOW), 201, 100)
    shut(counter)
    with pytest.raises(approvals.Impossible, match="fermé"):
        decide(counter, "levy")


def contested(session):
    about = session.scalars(select(Weighing.id).where(Weighing.member_id == 201)).one()
    contests.open_contest(session, own(201, "too light", NOW), "weighing", about)
    return update(Contest).values(state="dismissed")


def reserved(session):
    goods = session.scalars(select(Offer.id)).one()
    orders.place(session, own(201, "a sachet", NOW), goods, Decimal(1))
    return update(Order).values(state="cancelled")


def booked(session):
    dryer = custody.add(session, by(sample_declarations.CLERK, "dryer", NOW), 1, "Séchoir", "Joal", custody.HireTerms()).id
    bookings.book(session, own(201, "dryer", NOW), dryer, NOW.date() + timedelta(days=1), "am")
    return update(Booking).values(state="cancelled")


@pytest.mark.parametrize("begin", [contested, reserved, booked])
def test_an_account_is_not_closed_over_what_is_under_way_and_a_merge_takes_it_over(counter, begin):
    with counter.transaction() as session:
        end = begin(session)
        with pytest.raises(StillOpen):
            check_nothing_open(session, 201)
        check_nothing_open(session, 201, merging=True)
        session.execute(end)
        check_nothing_open(session, 201)
