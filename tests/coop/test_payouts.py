"""Money that leaves is asked for, approved by several, handed over, and paid by the member's word; held once, and never twice."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select, text, update

from app.coop import references
from app.coop.access.freezes import MoneyFrozen
from app.coop.closing.handover import PAYOUT
from app.coop.contests import answers, services
from app.coop.handover import services as handover
from app.coop.handover.queries import handed_by_reference
from app.coop.ledger.queries import Balances
from app.coop.members.models import Member
from app.coop.offices.models import OfficerAct
from app.coop.payments.handover import PAYMENT
from app.coop.payments.models import Payment
from app.coop.subjects import approvals
from app.coop.till import corrections, expiry, payouts, takings, withdrawals
from app.sms import outbox
from app.sms.models import Message
from tests import sample_cooperative, sample_declarations, sample_deliveries
from tests.sample_till import PRESIDENT, SECRETARY, TREASURER, Till


def test_savings_go_out_by_three_words_and_hers(desk):
    row = desk.ask()
    assert (desk.state(row), desk.balances().savings) == ("asked", 12_500)
    desk.approve(f"payout:{row.id}", SECRETARY)
    assert desk.state(row) == "asked"
    desk.approve(f"payout:{row.id}", PRESIDENT)
    assert (desk.state(row), desk.balances().savings, desk.control("cash")) == ("approved", 12_500, 1_022_500)
    desk.typed(handover.hand_over, TREASURER, PAYOUT, row.id)
    assert (desk.state(row), desk.balances().savings) == ("handed", 7_500)
    assert (desk.control("handed_over"), desk.control("cash")) == (-5_000, 1_022_500)
    desk.said(handover.confirm, 1, PAYOUT, row.id)
    assert (desk.state(row), desk.control("handed_over"), desk.control("cash")) == ("paid", 0, 1_017_500)
    assert desk.wrong() == ()


def test_what_is_asked_for_is_held_and_let_go_when_refused_or_taken_back(desk):
    with pytest.raises(withdrawals.NotEnough) as short:
        desk.ask(amount=12_501)
    assert short.value.free == 12_500
    row = desk.ask(amount=12_500)
    with desk.database.read() as reader:
        assert withdrawals.free_savings(reader, 1) == 0
    with pytest.raises(payouts.AlreadyOpen):
        desk.ask(amount=1)
    desk.approve(f"payout:{row.id}", SECRETARY, approved=False)
    assert desk.state(row) == "refused"
    again = desk.ask(amount=12_500)
    desk.said(payouts.cancel, 1, again.id)
    assert desk.state(again) == "cancelled"
    with desk.database.read() as reader:
        assert withdrawals.free_savings(reader, 1) == 12_500
        assert approvals.waiting_for(reader, PRESIDENT, desk.clock()) == []


def test_the_same_operation_asks_once(desk):
    assert desk.ask(operation="same").id == desk.ask(operation="same").id


def test_nothing_moves_out_of_turn(desk):
    row = desk.ask()
    for act in (
        lambda: desk.typed(handover.hand_over, TREASURER, PAYOUT, row.id),
        lambda: desk.said(handover.confirm, 1, PAYOUT, row.id),
        lambda: desk.typed(handover.sign, TREASURER, PAYOUT, row.id, "77"),
    ):
        with pytest.raises(handover.HandoverNotOpen):
            act()
    desk.approve(f"payout:{row.id}")
    desk.typed(handover.hand_over, TREASURER, PAYOUT, row.id)
    with pytest.raises(handover.HandoverNotOpen):
        desk.typed(handover.hand_over, TREASURER, PAYOUT, row.id)
    with pytest.raises(handover.HandoverNotOpen):
        desk.said(payouts.cancel, 1, row.id)
    with pytest.raises(handover.HandoverNotOpen):
        desk.said(handover.confirm, 2, PAYOUT, row.id)
    desk.said(handover.confirm, 1, PAYOUT, row.id)
    with pytest.raises(handover.HandoverNotOpen):
        desk.said(handover.confirm, 1, PAYOUT, row.id)
    assert (desk.balances().savings, desk.wrong()) == (7_500, ())


def test_an_officer_asks_for_a_member_by_two_others_and_never_for_herself(desk):
    row = desk.ask(office=TREASURER)
    desk.approve(f"payout:{row.id}", SECRETARY)
    assert desk.state(row) == "asked"
    desk.approve(f"payout:{row.id}", PRESIDENT)
    assert desk.state(row) == "approved"
    with pytest.raises(handover.NotForYourself):
        desk.ask("advance", member=101, office=SECRETARY, instalments=1)


def test_what_nobody_comes_for_is_let_go_after_fourteen_days_and_told(database, clock):
    desk = Till(sample_declarations.staffed(database), clock)
    left, waits = desk.approved(amount=12_500), desk.ask("advance", 4_000, member=2)
    clock.forward(days=13)
    assert desk.do(expiry.sweep) == 0
    clock.forward(days=1)
    assert [desk.do(expiry.sweep) for _ in range(2)] == [1, 0]
    assert (desk.state(left), desk.state(waits)) == ("cancelled", "asked")
    with pytest.raises(handover.HandoverNotOpen):
        desk.typed(handover.hand_over, TREASURER, PAYOUT, left.id)
    with database.read() as reader:
        assert withdrawals.free_savings(reader, 1) == 12_500
        ((to, words, parts),) = reader.execute(select(Message.to_number, Message.text, Message.parts))
    assert (to, left.reference in words, "12 500" in words, parts) == (sample_cooperative.AWA, True, False, 1)
    assert desk.wrong() == ()


def test_a_payout_that_cant_be_let_go_keeps_no_other(database, clock, monkeypatch):
    desk = Till(sample_declarations.staffed(database), clock)
    bad, good = desk.approved(amount=2_000), desk.approved(kind="advance", amount=3_000)
    clock.forward(days=14)
    put = outbox.put

    def poisoned(session, *, cause, **given):
        if cause == f"payout:{bad.id}:left":
            raise ValueError("a fault of ours")
        return put(session, cause=cause, **given)

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "put", poisoned)
        assert desk.do(expiry.sweep) == 1
    assert (desk.state(bad), desk.state(good)) == ("approved", "cancelled")
    assert [desk.do(expiry.sweep) for _ in range(2)] == [1, 0]
    assert desk.wrong() == ()


def test_frozen_money_is_neither_asked_for_nor_handed_over(desk):
    row = desk.approved()
    until = desk.clock() + timedelta(hours=24)
    with desk.database.transaction() as session:
        session.execute(update(Member).where(Member.id == 1).values(money_frozen_until=until))
    with pytest.raises(MoneyFrozen):
        desk.typed(handover.hand_over, TREASURER, PAYOUT, row.id)
    with pytest.raises(MoneyFrozen):
        desk.ask("advance", instalments=2)
    assert (desk.state(row), desk.balances().savings) == ("approved", 12_500)
    desk.clock.forward(hours=24)
    desk.typed(handover.hand_over, TREASURER, PAYOUT, row.id)


def test_nothing_is_handed_over_to_a_blocked_account_or_by_its_owner(desk):
    row = desk.approved()
    with desk.database.transaction() as session:
        session.execute(update(Member).where(Member.id == 1).values(state="blocked"))
    with pytest.raises(payouts.NotHers):
        desk.typed(handover.hand_over, TREASURER, PAYOUT, row.id)
    hers = desk.ask("advance", member=104, instalments=1)
    desk.approve(f"payout:{hers.id}")
    with pytest.raises(handover.NotForYourself):
        desk.typed(handover.hand_over, TREASURER, PAYOUT, hers.id)
    assert (desk.state(row), desk.state(hers)) == ("approved", "approved")


def test_without_her_telephone_two_officers_and_a_number_sign(desk):
    row = desk.handed()
    assert desk.typed(handover.sign, TREASURER, PAYOUT, row.id, "4711") is None
    with pytest.raises(handover.SameOfficer):
        desk.typed(handover.sign, TREASURER, PAYOUT, row.id, "4711")
    with pytest.raises(handover.OtherSignature):
        desk.typed(handover.sign, PRESIDENT, PAYOUT, row.id, "4712")
    assert desk.typed(handover.sign, PRESIDENT, PAYOUT, row.id, "4711").state == "paid"
    assert (desk.state(row), desk.wrong()) == ("paid", ())
    with desk.database.read() as reader:
        acts = reader.scalars(select(OfficerAct.act).where(OfficerAct.about == f"payout:{row.id}")).all()
    assert acts == ["payout handed over", "payout signed", "payout countersigned"]


def test_a_member_who_never_had_a_telephone_saves_and_is_paid(desk):
    pending = 4
    desk.typed(takings.take_in, TREASURER, pending, "savings", 6_000, box="cash")
    asked = desk.ask(amount=4_000, member=pending, office=TREASURER)
    desk.approve(f"payout:{asked.id}")
    desk.typed(handover.hand_over, TREASURER, PAYOUT, asked.id)
    assert not desk.typed(handover.sign, TREASURER, PAYOUT, asked.id, "12")
    assert desk.typed(handover.sign, PRESIDENT, PAYOUT, asked.id, "12")
    assert desk.balances(pending).savings == 2_000


def test_a_reference_means_one_thing_among_payments_and_payouts(desk):
    sample_deliveries.credited(desk.database, sample_declarations.women(desk.database, 1), desk.clock())
    sample_deliveries.batch(desk.database, desk.clock())
    with desk.database.read() as reader:
        [payment] = reader.execute(select(Payment.id, Payment.reference))
    drawn = iter((int(payment.reference[:5]), 12_345))
    row = desk.ask(draw=lambda _: next(drawn))
    assert row.reference == "12345" + references.check_digit("12345")
    desk.approve(f"payout:{row.id}")
    desk.typed(handover.hand_over, TREASURER, PAYOUT, row.id)
    desk.typed(handover.hand_over, TREASURER, PAYMENT, payment.id)
    with desk.database.read() as reader:
        found = [handed_by_reference(reader, 1, one.reference) for one in (payment, row)]
        assert [(one.kind, one.id, one.what) for one in found] == [
            ("payment", payment.id, "Paiement"),
            ("payout", row.id, "Retrait d'épargne"),
        ]
        assert handed_by_reference(reader, 2, row.reference) is None


@pytest.mark.parametrize("before", ["handed", "paid"])
@pytest.mark.parametrize("upheld", [True, False])
def test_what_she_never_had_is_contested_and_as_if_it_had_not_left_or_stands(desk, before, upheld):
    row = desk.handed()
    if before == "paid":
        desk.typed(handover.sign, TREASURER, PAYOUT, row.id, "4711")
        desk.typed(handover.sign, PRESIDENT, PAYOUT, row.id, "4711")
    made = desk.said(services.open_contest, 1, "payout", row.id)
    assert desk.said(services.open_contest, 1, "payout", row.id) == msgspec.structs.replace(made, known=True)
    for act in (
        lambda: desk.said(handover.confirm, 1, PAYOUT, row.id),
        lambda: desk.typed(handover.sign, PRESIDENT, PAYOUT, row.id, "4711"),
    ):
        with pytest.raises(handover.HandoverNotOpen):
            act()
    for had_a_hand in (TREASURER, PRESIDENT) if before == "paid" else (TREASURER,):
        with pytest.raises(answers.ContestNotOpen):
            desk.typed(answers.answer, had_a_hand, made.id, upheld=upheld, note="vu")
    desk.typed(answers.answer, SECRETARY, made.id, upheld=upheld, note="vu")
    assert (desk.state(row), desk.balances().savings) == (("cancelled", 12_500) if upheld else (before, 7_500))
    assert desk.wrong() == ()
    if upheld:
        assert desk.handed().reference != row.reference
    elif before == "handed":
        desk.said(handover.confirm, 1, PAYOUT, row.id)


@pytest.mark.parametrize("upheld", [True, False])
def test_a_contest_of_what_two_officers_reversed_meanwhile_is_only_answered(desk, upheld):
    row = desk.handed()
    made = desk.said(services.open_contest, 1, "payout", row.id)
    desk.typed(corrections.ask, TREASURER, row.handed_entry_id)
    desk.approve(f"entry:{row.handed_entry_id}", PRESIDENT)
    desk.typed(answers.answer, SECRETARY, made.id, upheld=upheld, note="vu")
    assert (desk.state(row), desk.balances().savings, desk.wrong()) == ("cancelled", 12_500, ())


BY_HAND = [
    ("UPDATE instalments SET amount = amount - 1 WHERE number = 1", "instalments sum to 9999 F, not 10000 F"),
    ("DELETE FROM instalments WHERE number = 3", "instalments sum to 6667 F"),
    ("UPDATE approvals SET needed = 3", "approved, but not by its votes"),
    ("UPDATE approvals SET state = 'dead' WHERE kind = 'advance'", "handed without its approval"),
    ("UPDATE payouts SET state = 'paid'", "paid, but its entries say otherwise"),
    ("UPDATE payouts SET state = 'cancelled'", "co-operative 1: handed over and what is on its way differ by -10000 F"),
    ("UPDATE payouts SET amount = 10001", "on its way differ by 1 F"),
    ("UPDATE approvals SET state = 'approved' WHERE kind = 'levy'", "approved, without its entry"),
]


@pytest.mark.parametrize(("statement", "words"), BY_HAND)
def test_verify_finds_what_was_altered_by_hand(desk, statement, words):
    desk.handed("advance", 10_000, instalments=3)
    desk.typed(takings.ask_levy, TREASURER, 1, 100)
    assert desk.wrong() == ()
    with desk.database.engine.begin() as connection:
        connection.execute(text(statement))
    assert any(words in wrong for wrong in desk.wrong()), desk.wrong()


def test_on_both_databases_a_withdrawal_and_its_reversal_leave_the_books_as_they_were(database, clock):
    desk = Till(sample_declarations.staffed(database), clock)
    row = desk.handed()
    desk.said(handover.confirm, 1, PAYOUT, row.id)
    desk.typed(corrections.ask, TREASURER, row.handed_entry_id)
    desk.approve(f"entry:{row.handed_entry_id}", PRESIDENT)
    assert (desk.balances(), desk.control("cash"), desk.wrong()) == (Balances(10_000, 12_500), 1_022_500, ())
