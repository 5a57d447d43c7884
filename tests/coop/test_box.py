"""Cash leaves a box only as far as it goes: who promises from it waits for one row, sums, and holds."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.coop.closing.handover import PAYOUT
from app.coop.handover import services as handover
from app.coop.handover.box import Box, BoxShort, box_of, put_in
from app.coop.ledger.models import JournalEntry
from app.coop.offices.models import OfficerAct
from app.coop.payments.handover import PAYMENT
from app.coop.payments.models import Payment
from app.coop.subjects import approvals
from app.coop.till import corrections, payouts, takings
from app.coop.verify import verify
from app.db.database import Database
from tests import sample_declarations, sample_deliveries
from tests.acts import by, own
from tests.without_triggers import unguarded

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SECRETARY, PRESIDENT, TREASURER = sample_declarations.CLERK, sample_deliveries.PRESIDENT, sample_deliveries.PAYER


@pytest.fixture
def counter(database):
    return sample_declarations.staffed(database)


def box(database):
    with database.read() as reader:
        return box_of(reader, 1)


def leave(database, francs):
    """Take all but so much out of the box."""
    free = box(database).free
    with database.transaction() as session:
        put_in(session, by(TREASURER, f"leave:{francs}", NOW), 1, "bank", free - francs, out=True)


def asked(database, member, francs):
    with database.transaction() as session:
        row = payouts.ask(session, own(member, f"ask:{member}", NOW), "withdrawal", member, francs)
        return row.id, session.scalars(select(approvals.Approval.id).where(approvals.Approval.subject_id == row.id)).one()


def approve(database, wish, *offices):
    for office in offices:
        with database.transaction() as session:
            approvals.decide(session, by(office, f"yes:{wish}:{office.person_id}", NOW), wish, approved=True)


def hand_out(database, payout):
    with database.transaction() as session:
        handover.hand_over(session, by(TREASURER, f"hand:{payout}", NOW), PAYOUT, payout)


def test_cash_comes_in_and_goes_out_by_a_word_each_and_is_written_down(counter):
    before = box(counter)
    with counter.transaction() as session:
        for _ in range(2):
            put_in(session, by(TREASURER, "sold", NOW), 1, "sale", 5_000)
    assert box(counter) == Box(before.cash + 5_000)
    with pytest.raises(BoxShort) as short, counter.transaction() as session:
        put_in(session, by(TREASURER, "much", NOW), 1, "bank", before.cash + 5_001, out=True)
    assert short.value.free == before.cash + 5_000
    with pytest.raises(ValueError, match="0"), counter.transaction() as session:
        put_in(session, by(TREASURER, "none", NOW), 1, "bank", 0)


def test_cash_taken_out_to_the_last_franc_is_one_entry_and_one_act_however_often_it_is_noted(counter):
    free = box(counter).free
    with counter.transaction() as session:
        entries = {put_in(session, by(TREASURER, "all", NOW), 1, "bank", free, out=True) for _ in range(2)}
        assert len(entries) == 1
        assert len(session.scalars(select(OfficerAct.id).where(OfficerAct.operation == "all")).all()) == 1
    assert box(counter) == Box()


def test_what_is_promised_is_held_and_nobody_is_given_it(counter):
    sample_deliveries.credited(counter, sample_declarations.women(counter, 1), NOW)
    sample_deliveries.batch(counter, NOW)
    payout, wish = asked(counter, 1, 12_500)
    leave(counter, 12_499)
    with pytest.raises(approvals.Impossible, match="caisse"):
        approve(counter, wish, SECRETARY, PRESIDENT)
    with counter.transaction() as session:
        put_in(session, by(TREASURER, "one more", NOW), 1, "sale", 1)
    approve(counter, wish, PRESIDENT)
    assert box(counter).free == 0
    with counter.transaction() as session:
        payment = session.scalars(select(Payment.id)).one()
    with pytest.raises(BoxShort), counter.transaction() as session:
        handover.hand_over(session, by(TREASURER, "pay", NOW), PAYMENT, payment)
    hand_out(counter, payout)
    assert (box(counter).there, box(counter).on_its_way) == (0, 12_500)
    with counter.transaction() as session:
        handover.confirm(session, own(1, "confirm", NOW), PAYOUT, payout)
    assert box(counter) == Box()
    with counter.read() as reader:
        assert verify(reader).wrong == ()


def test_a_correction_takes_no_cash_that_is_promised(counter):
    with counter.transaction() as session:
        takings.take_in(session, by(TREASURER, "slip", NOW), 1, "shares", 9_000)
        entry = session.scalars(select(JournalEntry.id).where(JournalEntry.operation == "slip")).one()
    _, wish = asked(counter, 1, 12_500)
    leave(counter, 12_500)
    approve(counter, wish, SECRETARY, PRESIDENT)
    with counter.transaction() as session, pytest.raises(corrections.NotReversible, match="caisse"):
        corrections.ask(session, by(TREASURER, "undo", NOW), entry)


def test_verify_finds_a_promise_above_the_box(counter):
    payout, wish = asked(counter, 1, 12_500)
    approve(counter, wish, SECRETARY, PRESIDENT)
    short = box(counter).free + 7
    with unguarded(counter) as session:
        row = session.get_one(payouts.Payout, payout)
        row.amount += short
    with counter.read() as reader:
        assert "co-operative 1: the box is 7 F short of what is promised" in verify(reader).wrong


def test_twenty_approvals_at_once_of_what_covers_seven_are_seven(postgres_database):
    sample_declarations.staffed(postgres_database)
    members = sample_declarations.women(postgres_database, 20)
    wishes = []
    for member in members:
        with postgres_database.transaction() as session:
            takings.take_in(session, by(TREASURER, f"in:{member}", NOW), member, "savings", 10_000)
        wishes.append(asked(postgres_database, member, 10_000))
        approve(postgres_database, wishes[-1][1], SECRETARY)
    leave(postgres_database, 79_999)
    database = Database(postgres_database.url, pool_size=20, statement_ms=30_000)

    def last_word(one):
        try:
            approve(database, one[1], PRESIDENT)
        except approvals.Impossible as why:
            return str(why)
        return "approved"

    with ThreadPoolExecutor(20) as together:
        ended = Counter(together.map(last_word, wishes))
    assert ended == {"approved": 7, "la caisse n'a pas assez": 13}
    assert box(database).free == 9_999
    with pytest.raises(BoxShort), database.transaction() as session:
        put_in(session, by(TREASURER, "bank", NOW), 1, "bank", 10_000, out=True)
    with database.transaction() as session:
        assert verify(session.connection()).wrong == ()
    database.dispose()
