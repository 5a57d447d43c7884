"""No franc is payable twice, whoever races; what was handed over is paid by the member's word, or two officers' and a signature."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from app.coop.access.freezes import MoneyFrozen
from app.coop.handover import services as handover
from app.coop.ledger import services
from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.ledger.queries import balances_of
from app.coop.members.models import Member, Number
from app.coop.payments import batches
from app.coop.payments.delays import Delay, delays
from app.coop.payments.due import Wanted, due
from app.coop.payments.handover import PAYMENT
from app.coop.payments.models import Payment
from app.coop.production.models import Weighing
from app.coop.rights import Office
from app.coop.scope import Scope
from app.coop.subjects import approvals
from app.coop.till import corrections, takings
from app.coop.verify import verify
from tests import sample_declarations, sample_deliveries
from tests.acts import by, own
from tests.without_triggers import unguarded

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SECRETARY = Office(101, "secretary", 1)


def opened(database):
    sample_declarations.staffed(database)
    sample_deliveries.credited(database, sample_declarations.women(database, 3), NOW)
    return database


@pytest.fixture
def counter(sqlite_database):
    """Give a treasury on one database: these rules don't depend on which."""
    return opened(sqlite_database)


def payments(database):
    with database.read() as reader:
        return reader.execute(select(Payment.__table__).order_by(Payment.id)).all()


def handed(database, payment_id, office=sample_deliveries.PAYER):
    with database.transaction() as session:
        return handover.hand_over(session, by(office, "hand", NOW), PAYMENT, payment_id)


def control(database, kind):
    with database.read() as reader:
        summed = select(func.coalesce(func.sum(Posting.amount), 0)).join(Account, Account.id == Posting.account_id)
        return reader.scalar(summed.where(Account.kind == kind, Account.member_id.is_(None)))


def amounts(database, wanted, way="cash", now=NOW):
    with database.read() as reader:
        return {one.member_id: one.amount for one in due(reader, 1, wanted, way, now)}


def test_what_is_due_is_by_day_by_product_or_all(counter):
    yesterday = NOW - timedelta(days=1)
    sample_deliveries.credited(counter, [201], NOW, product=2, weighed_at=yesterday)
    second = 5 * 2_000 - 200 - (10_000 - 200) * 20 // 100
    assert amounts(counter, Wanted(day=NOW.date())) == {201: 9_800, 202: 9_800, 203: 9_800}
    assert amounts(counter, Wanted(day=yesterday.date())) == {201: second}
    assert amounts(counter, Wanted(product_id=2)) == {201: second}
    assert amounts(counter, Wanted()) == {201: 9_800 + second, 202: 9_800, 203: 9_800}
    assert amounts(counter, Wanted(day=date(2020, 1, 1))) == {}


def test_what_is_owed_to_who_died_or_was_excluded_is_the_settlements_not_a_batchs(counter):
    sample_deliveries.batch(counter, NOW)
    with counter.transaction() as session:
        session.execute(update(Member).where(Member.id == 201).values(state="blocked"))
    with pytest.raises(handover.HandoverNotOpen):
        handed(counter, payments(counter)[0].id)
    assert (payments(counter)[0].state, control(counter, "handed_over")) == ("open", 0)


def test_a_reversed_delivery_is_not_due_and_its_payment_can_not_be_handed_over(counter):
    sample_deliveries.batch(counter, NOW)
    with counter.transaction() as session:
        entry = session.scalar(select(Weighing.entry_id).where(Weighing.member_id == 201))
        services.reverse(session, entry, operation="reversed", now=NOW)
    with pytest.raises(services.Overdrawn):
        handed(counter, payments(counter)[0].id)
    assert payments(counter)[0].state == "open"
    assert control(counter, "handed_over") == 0


@pytest.mark.parametrize("taking", ["levy", "reversal"])
def test_what_a_batch_holds_is_not_levied_or_reversed_away(counter, taking):
    batch, _ = sample_deliveries.batch(counter, NOW, way="mobile")
    yes = by(SECRETARY, "yes", NOW)

    def ask() -> int:
        with counter.transaction() as session:
            if taking == "levy":
                takings.ask_levy(session, by(sample_deliveries.PAYER, "levy", NOW), 201, 100)
            else:
                entry = session.scalar(select(Weighing.entry_id).where(Weighing.member_id == 201))
                corrections.ask(session, by(sample_deliveries.PAYER, "levy", NOW), entry)
            return approvals.waiting_for(session, SECRETARY, NOW)[0].id

    if taking == "levy":
        waits = ask()
        with pytest.raises(approvals.Impossible, match="tient cet argent"), counter.transaction() as session:
            approvals.decide(session, yes, waits, approved=True)
    else:
        with pytest.raises(corrections.NotReversible, match="tient cet argent"):
            ask()
    with counter.transaction() as session:
        batches.close(session, by(sample_deliveries.PAYER, "close", NOW), batch)
    waits = waits if taking == "levy" else ask()
    with counter.transaction() as session:
        assert approvals.decide(session, yes, waits, approved=True).state == "approved"
    assert amounts(counter, Wanted()).get(201) == (9_700 if taking == "levy" else None)


def test_what_was_settled_with_whoever_left_does_not_wait(counter):
    with unguarded(counter) as session:
        session.execute(update(Member).where(Member.id == 201).values(state="departed"))
    assert 201 not in amounts(counter, Wanted(product_id=1))
    with counter.read() as reader:
        assert [one.waiting for one in delays(reader, NOW, NOW)] == [2]


def test_a_delivery_that_went_for_a_levy_does_not_wait(counter):
    with counter.transaction() as session:
        asked = takings.ask_levy(session, by(sample_deliveries.PAYER, "levy", NOW), 201, sample_deliveries.NET)
        approvals.decide(session, by(SECRETARY, "yes", NOW), asked, approved=True)
    with counter.read() as reader:
        assert [one.waiting for one in delays(reader, NOW, NOW)] == [2]


def test_money_is_not_paid_out_of_a_frozen_account(counter):
    with counter.transaction() as session:
        session.execute(update(Member).where(Member.id == 201).values(money_frozen_until=NOW + timedelta(hours=1)))
    assert 201 not in amounts(counter, Wanted())
    sample_deliveries.batch(counter, NOW)
    with counter.transaction() as session:
        session.execute(update(Member).where(Member.id == 202).values(money_frozen_until=NOW + timedelta(hours=1)))
    with pytest.raises(MoneyFrozen):
        handed(counter, payments(counter)[0].id)
    assert balances_state(counter, 202) == (9_800, "open")
    assert amounts(counter, Wanted(), now=NOW + timedelta(hours=2)) == {201: 9_800}


def balances_state(database, member):
    with database.read() as reader:
        state = reader.scalar(select(Payment.state).where(Payment.member_id == member))
        return balances_of(reader, member).payable, state


def test_from_open_to_paid_the_books_follow_hand_and_word(counter):
    cash = control(counter, "cash")
    sample_deliveries.batch(counter, NOW)
    first = payments(counter)[0]
    handed(counter, first.id)
    assert balances_state(counter, 201) == (0, "handed_over")
    assert (control(counter, "handed_over"), control(counter, "cash")) == (-9_800, cash)
    with pytest.raises(handover.HandoverNotOpen):
        handed(counter, first.id)
    for member, raises in ((202, True), (201, False), (201, True)):
        with counter.transaction() as session:
            if raises:
                with pytest.raises(handover.HandoverNotOpen):
                    handover.confirm(session, own(member, "confirm", NOW), PAYMENT, first.id)
            else:
                handover.confirm(session, own(member, "confirm", NOW), PAYMENT, first.id)
    assert (control(counter, "handed_over"), control(counter, "cash")) == (0, cash - 9_800)
    assert balances_state(counter, 201) == (0, "paid")
    with counter.read() as reader:
        assert verify(reader).wrong == ()
        kinds = reader.scalars(select(JournalEntry.kind).where(JournalEntry.operation.like("payment:%"))).all()
    assert kinds == ["handing_over", "payment"]


def test_without_a_telephone_two_officers_and_one_signature_number(counter):
    sample_deliveries.batch(counter, NOW)
    payment = payments(counter)[0].id
    handed(counter, payment)

    def sign(office, number):
        with counter.transaction() as session:
            done = handover.sign(session, by(office, "sign", NOW), PAYMENT, payment, number)
            return done.state if done else None

    assert sign(sample_deliveries.PAYER, "70") is None
    assert sign(sample_deliveries.PAYER, "71") is None
    with pytest.raises(handover.SameOfficer):
        sign(sample_deliveries.PAYER, "71")
    with pytest.raises(handover.OtherSignature):
        sign(sample_deliveries.PRESIDENT, "70")
    with pytest.raises(handover.HandoverNotOpen):
        sign(Office(9, "president", 2), "71")
    assert sign(sample_deliveries.PRESIDENT, "71") == "paid"
    with pytest.raises(handover.HandoverNotOpen):
        sign(sample_deliveries.PRESIDENT, "71")
    row = payments(counter)[0]
    assert (row.signature, row.signed_by, row.countersigned_by) == ("71", 104, 102)


def test_nobody_hands_over_or_signs_for_oneself(counter):
    sample_deliveries.batch(counter, NOW)
    own = Office(201, "treasurer", 1)
    with pytest.raises(handover.NotForYourself):
        handed(counter, payments(counter)[0].id, own)
    handed(counter, payments(counter)[0].id)
    with pytest.raises(handover.NotForYourself), counter.transaction() as session:
        handover.sign(session, by(own, "sign", NOW), PAYMENT, 1, "7")


def test_mobile_money_goes_to_a_number_of_ones_own(counter):
    with counter.transaction() as session:
        session.execute(update(Number).where(Number.person_id == 202).values(proof_wanted=True))
        session.add(Number(phone="+221770000203", person_id=201, place=1, registered_at=NOW))
    assert amounts(counter, Wanted(), "mobile") == {201: 9_800}


def test_days_to_payment_are_counted_from_the_scales_to_the_members_word(counter):
    sample_deliveries.batch(counter, NOW)
    for at, days in enumerate((2, 9)):
        row = payments(counter)[at]
        handed(counter, row.id)
        with counter.transaction() as session:
            handover.confirm(session, own(row.member_id, "confirm", NOW + timedelta(days=days, hours=3)), PAYMENT, row.id)
    later = NOW + timedelta(days=12)
    with counter.read() as reader:
        assert delays(reader, NOW, later) == [Delay("CPS1", 2, 9, 9, 1, 12)]
        assert delays(reader, NOW + timedelta(days=5), later) == [Delay("CPS1", 1, 9, 9, 1, 12)]
        assert delays(reader, NOW, later, Scope(2)) == []
