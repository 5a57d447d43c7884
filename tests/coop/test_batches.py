"""Batches of payments: who decides them, what they hold, and who waits for whom."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from app.coop.cooperatives.models import Cooperative
from app.coop.handover import services as handover
from app.coop.handover.references import draw_references
from app.coop.ledger import services
from app.coop.ledger.queries import balances_of
from app.coop.payments import batches
from app.coop.payments.due import Wanted, due
from app.coop.payments.handover import PAYMENT
from app.coop.payments.models import Payment, PaymentBatch
from app.coop.rights import Office
from app.coop.subjects import approvals
from app.coop.till import takings
from app.coop.verify import verify
from tests import sample_deliveries
from tests.acts import by
from tests.coop.test_payments import NOW, SECRETARY, amounts, handed, opened, payments


@pytest.fixture
def counter(sqlite_database):
    """Give a treasury on one database: these rules don't depend on which."""
    return opened(sqlite_database)


def test_a_batch_comes_to_no_more_than_a_screen_can_say(counter):
    with pytest.raises(batches.BatchTooLarge), counter.transaction() as session:
        batches.make(session, by(sample_deliveries.PAYER, "much", NOW), Wanted(), "cash", count=3, francs=services.MOST_HELD + 1)


def test_a_batch_holds_what_no_other_takes_and_what_it_leaves_is_due_again(counter):
    batch, waits = sample_deliveries.batch(counter, NOW, wanted=Wanted(day=NOW.date()))
    assert not waits
    assert amounts(counter, Wanted()) == amounts(counter, Wanted(product_id=1)) == {}
    with pytest.raises(batches.BatchChanged):
        sample_deliveries.batch(counter, NOW, operation="other")
    handed(counter, payments(counter)[0].id)
    with counter.transaction() as session:
        assert batches.close(session, by(sample_deliveries.PAYER, "close", NOW), batch) == 2
        with pytest.raises(batches.BatchNotOpen):
            batches.close(session, by(sample_deliveries.PAYER, "close", NOW), batch)
    assert amounts(counter, Wanted()) == amounts(counter, Wanted(product_id=1)) == {202: 9_800, 203: 9_800}


@pytest.mark.parametrize("approved", [True, False])
def test_a_large_batch_waits_for_another_officer(counter, approved):
    with counter.transaction() as session:
        session.execute(update(Cooperative).values(payment_threshold=29_399))
    batch, waits = sample_deliveries.batch(counter, NOW)
    assert waits
    with pytest.raises(handover.HandoverNotOpen):
        handed(counter, payments(counter)[0].id)
    with counter.transaction() as session:
        assert approvals.waiting_for(session, sample_deliveries.PAYER, NOW) == []
        approval = approvals.waiting_for(session, SECRETARY, NOW)[0]
        assert (approval.amount, approval.words) == (29_400, f"Payer 3 membres, lot {batch}")
        approvals.decide(session, by(SECRETARY, "yes", NOW), approval.id, approved=approved)
    if approved:
        handed(counter, payments(counter)[0].id)
    else:
        assert {row.state for row in payments(counter)} == {"cancelled"}
        assert len(amounts(counter, Wanted(product_id=1))) == 3


def test_a_batch_that_many_newer_ones_follow_can_still_be_closed(counter):
    first, _ = sample_deliveries.batch(counter, NOW)
    with counter.transaction() as session:
        batch, payment = session.get_one(PaymentBatch, first), session.get_one(Payment, 1)
        for at in range(9):
            like = {
                name: getattr(batch, name) for name in ("cooperative_id", "way", "state", "total", "made_by", "made_at", "channel")
            }
            session.add(newer := PaymentBatch(**like, operation=f"newer {at}"))
            session.flush()
            session.add(
                Payment(
                    batch_id=newer.id,
                    cooperative_id=1,
                    season=2026,
                    reference=f"{at:06d}",
                    member_id=201,
                    amount=payment.amount,
                    state="open",
                )
            )
    with counter.read() as reader:
        assert first in [one.id for one in batches.open_batches(reader, 1)]


def test_small_batches_of_a_day_count_together(counter):
    with counter.transaction() as session:
        session.execute(update(Cooperative).values(payment_threshold=30_000))
    first, waits = sample_deliveries.batch(counter, NOW)
    sample_deliveries.credited(counter, [201], NOW, product=2)
    assert not waits
    second, waits = sample_deliveries.batch(counter, NOW, operation="second")
    assert waits
    with counter.transaction() as session:
        for batch in (first, second):
            batches.close(session, by(sample_deliveries.PAYER, f"close {batch}", NOW), batch)
    assert not sample_deliveries.batch(counter, NOW, wanted=Wanted(product_id=2), operation="third")[1], (
        "what was closed paid nothing"
    )
    assert not sample_deliveries.batch(counter, NOW + timedelta(hours=25), operation="fourth")[1], (
        "nor does it count on another day"
    )


def test_who_weighed_does_not_pay_alone(counter):
    weigher = Office(101, "president", 1)
    _, waits = sample_deliveries.batch(counter, NOW, office=weigher)
    assert waits, "the secretary weighed; as the president she would pay what she wrote down herself"
    with counter.transaction() as session:
        approval = approvals.waiting_for(session, sample_deliveries.PAYER, NOW)[0]
        approvals.decide(session, by(sample_deliveries.PAYER, "yes", NOW), approval.id, approved=True)
    handed(counter, payments(counter)[0].id, weigher)


def test_a_levy_waits_for_the_batch_that_is_being_made(postgres_database):
    counter, told = opened(postgres_database), []
    with counter.transaction() as session:
        takings.ask_levy(session, by(sample_deliveries.PAYER, "levy", NOW), 201, 100)
        waits = approvals.waiting_for(session, SECRETARY, NOW)[0].id

    def levy():
        try:
            with counter.transaction() as session:
                approvals.decide(session, by(SECRETARY, "yes", NOW), waits, approved=True)
            told.append("levied")
        except approvals.Impossible as why:
            told.append(str(why))

    with counter.transaction() as session:
        found = due(session, 1, Wanted(), "cash", NOW)
        shown = {"count": len(found), "francs": sum(one.amount for one in found)}
        batches.make(session, by(sample_deliveries.PAYER, "batch", NOW), Wanted(), "cash", **shown)
        levying = Thread(target=levy)
        levying.start()
        levying.join(0.3)
    levying.join()
    assert told == ["un lot de paiement tient cet argent"]


def test_closing_a_batch_and_approving_it_wait_for_each_other_in_one_order(postgres_database):
    """Both lock the approval before the batch: neither waits for what the other has in a circle."""
    counter = opened(postgres_database)
    batch, _ = sample_deliveries.batch(counter, NOW, office=Office(101, "president", 1))
    told = []

    def close():
        try:
            with counter.transaction() as session:
                batches.close(session, by(sample_deliveries.PAYER, "close", NOW), batch)
            told.append("closed")
        except OperationalError as fault:
            told.append(str(fault))

    with counter.transaction() as session:
        approval = approvals.waiting_for(session, sample_deliveries.PAYER, NOW)[0].id
        session.execute(select(approvals.Approval.id).where(approvals.Approval.id == approval).with_for_update())
        closing = Thread(target=close)
        closing.start()
        closing.join(0.3)
        approvals.decide(session, by(sample_deliveries.PAYER, "yes", NOW), approval, approved=True)
    closing.join()
    assert told == ["closed"]
    assert {row.state for row in payments(counter)} == {"cancelled"}


@pytest.mark.parametrize(("state", "free"), [("open", False), ("handed_over", False), ("cancelled", False), ("paid", True)])
def test_a_reference_that_was_never_paid_does_not_come_again_in_the_new_year(counter, state, free):
    sample_deliveries.batch(counter, NOW, way="mobile")
    first = payments(counter)[0]
    with counter.transaction() as session:
        session.execute(update(Payment).where(Payment.id == first.id).values(state=state))
        numbers = iter([int(first.reference[:5]), 99_999])
        drawn = draw_references(session, 1, first.season + 1, 1, lambda _: next(numbers))
    assert (drawn == [first.reference]) is free


def test_the_same_operation_makes_one_batch(counter):
    first = sample_deliveries.batch(counter, NOW)
    with counter.transaction() as session:
        again = batches.make(session, by(sample_deliveries.PAYER, "batch", NOW), Wanted(), "cash", count=0, francs=0)
    assert again == first


def test_eight_officers_make_the_same_batch_and_hand_it_over_once(postgres_database):
    opened(postgres_database)
    outcomes, start = [], Barrier(8)

    def race(number):
        start.wait()
        try:
            with postgres_database.transaction() as session:
                shown = {"count": 3, "francs": 3 * sample_deliveries.NET}
                act = by(sample_deliveries.PAYER, f"race:{number}", NOW)
                outcomes.append(batches.make(session, act, Wanted(), "cash", **shown)[0])
        except batches.BatchChanged:
            outcomes.append("changed")

    def hand(number):
        start.wait()
        try:
            with postgres_database.transaction() as session:
                outcomes.append(handover.hand_over(session, by(sample_deliveries.PAYER, f"hand:{number}", NOW), PAYMENT, 1).state)
        except handover.HandoverNotOpen:
            outcomes.append("gone")

    for racer, other in ((race, "changed"), (hand, "gone")):
        outcomes.clear()
        threads = [Thread(target=racer, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert outcomes.count(other) == 7
    with postgres_database.read() as reader:
        assert reader.scalar(select(func.count()).select_from(Payment)) == 3
        assert reader.scalar(select(func.count()).select_from(PaymentBatch)) == 1
        assert verify(reader).wrong == ()
        assert [balances_of(reader, member).payable for member in (201, 202, 203)] == [0, 9_800, 9_800]
