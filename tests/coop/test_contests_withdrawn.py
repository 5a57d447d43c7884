"""A member takes their own contest back: once, before it is answered, and money stands where it stood or is paid by that word."""

import pytest
from sqlalchemy import select

from app.coop.closing.handover import PAYOUT
from app.coop.contests import answers, own, services
from app.coop.contests.models import Contest
from app.coop.handover import services as handover
from app.coop.ledger.queries import balances_of
from app.coop.payments.handover import PAYMENT
from app.coop.payments.models import Payment
from app.coop.till import corrections
from app.coop.till.models import Payout
from app.coop.verify import verify
from tests import sample_declarations, sample_deliveries
from tests.acts import by
from tests.acts import own as own_act
from tests.coop.test_contests import NOW, contest, waiting
from tests.coop.test_payouts import PRESIDENT, SECRETARY, TREASURER, Till


@pytest.fixture
def counter(sqlite_database):
    sample_declarations.staffed(sqlite_database)
    sample_deliveries.credited(sqlite_database, sample_declarations.women(sqlite_database, 2), NOW)
    return sqlite_database


@pytest.fixture
def handed(counter):
    sample_deliveries.batch(counter, NOW)
    with counter.transaction() as session:
        handover.hand_over(session, by(sample_deliveries.PAYER, "hand", NOW), PAYMENT, 1)
    return counter


@pytest.fixture
def desk(sqlite_database, clock):
    return Till(sample_declarations.staffed(sqlite_database), clock)


def take_back(database, contest_id, member=201):
    with database.transaction() as session:
        return own.take_back(session, own_act(member, "take back", NOW), contest_id).state


@pytest.mark.parametrize("subject", ["weighing", "price"])
def test_a_contest_of_what_was_weighed_is_withdrawn_once_and_nothing_else_moves(counter, subject):
    opened = contest(counter, subject)
    with pytest.raises(own.OwnContestClosed):
        take_back(counter, opened.id, member=202)
    assert take_back(counter, opened.id) == "withdrawn"
    for again in (lambda: take_back(counter, opened.id), lambda: contest(counter, subject), lambda: answered(counter, opened.id)):
        with pytest.raises((own.OwnContestClosed, services.TooLate, answers.ContestNotOpen)):
            again()
    assert waiting(counter, sample_deliveries.PRESIDENT) == []
    with counter.read() as reader:
        assert reader.execute(select(Contest.state, Contest.answered_by)).all() == [("withdrawn", None)]
        assert balances_of(reader, 201).payable == sample_deliveries.NET
        assert verify(reader).wrong == ()


@pytest.mark.parametrize("before", ["handed_over", "paid"])
def test_a_payment_that_has_come_after_all_is_paid(handed, before):
    if before == "paid":
        with handed.transaction() as session:
            handover.confirm(session, own_act(201, "confirm", NOW), PAYMENT, 1)
    take_back(handed, contest(handed, "payment", 1).id)
    with handed.read() as reader:
        assert reader.scalar(select(Payment.state).where(Payment.id == 1)) == "paid"
        assert balances_of(reader, 201).payable == 0
        assert verify(reader).wrong == ()


@pytest.mark.parametrize("before", ["handed", "paid"])
def test_a_payout_that_has_come_after_all_is_paid(desk, before):
    row = desk.handed()
    if before == "paid":
        desk.said(handover.confirm, 1, PAYOUT, row.id)
    made = desk.said(services.open_contest, 1, "payout", row.id)
    assert desk.said(own.take_back, 1, made.id).state == "withdrawn"
    assert (desk.state(row), desk.balances().savings, desk.control("handed_over"), desk.wrong()) == ("paid", 7_500, 0, ())


def test_what_two_officers_reversed_meanwhile_stays_reversed(desk):
    row = desk.handed()
    made = desk.said(services.open_contest, 1, "payout", row.id)
    desk.typed(corrections.ask, TREASURER, row.handed_entry_id)
    desk.approve(f"entry:{row.handed_entry_id}", PRESIDENT)
    desk.said(own.take_back, 1, made.id)
    assert (desk.state(row), desk.balances().savings, desk.wrong()) == ("cancelled", 12_500, ())


def test_what_was_answered_is_not_taken_back(desk):
    row = desk.handed()
    made = desk.said(services.open_contest, 1, "payout", row.id)
    desk.typed(answers.answer, SECRETARY, made.id, upheld=True, note="vu")
    with pytest.raises(own.OwnContestClosed):
        desk.said(own.take_back, 1, made.id)
    with desk.database.read() as reader:
        assert reader.scalar(select(Payout.state).where(Payout.id == row.id)) == "cancelled"


def answered(database, contest_id):
    with database.transaction() as session:
        answers.answer(session, by(sample_deliveries.PRESIDENT, "answer", NOW), contest_id, upheld=True, note="vu")
