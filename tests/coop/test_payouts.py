"""Money that leaves is asked for, approved by several, handed over, and paid by the member's word; held once, and never twice."""

from datetime import date, timedelta

import msgspec
import pytest
from sqlalchemy import select, text, update

from app.coop import references
from app.coop.access.freezes import MoneyFrozen
from app.coop.approvals import sweep
from app.coop.closing.handover import PAYOUT
from app.coop.contests import answers, services
from app.coop.handover import services as handover
from app.coop.handover.queries import handed_by_reference
from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.ledger.queries import Balances, balances_of
from app.coop.ledger.services import Overdrawn, account_of, post
from app.coop.members.models import Member
from app.coop.offices.models import OfficerAct
from app.coop.payments.handover import PAYMENT
from app.coop.payments.models import Payment
from app.coop.production.deliveries import Delivery, credit
from app.coop.rights import Office
from app.coop.scope import Scope
from app.coop.subjects import approvals
from app.coop.till import corrections, expiry, payouts, schedule, takings
from app.coop.till.models import Instalment, Payout
from app.coop.verify import verify
from app.sms import outbox
from app.sms.models import Message
from tests import sample_cooperative, sample_declarations, sample_deliveries
from tests.acts import by, own
from tests.without_triggers import unguarded

SECRETARY, PRESIDENT = Office(101, "secretary", 1), Office(102, "president", 1)
TREASURER = Office(104, "treasurer", 1)


@pytest.fixture
def house(sqlite_database):
    return sample_declarations.staffed(sqlite_database)


class Till:
    """The officers and Awa, whose savings are 12 500 F."""

    def __init__(self, database, clock) -> None:
        self.database, self.clock, self.count = database, clock, 0

    def do(self, act, *args, **more):
        self.count += 1
        with self.database.transaction() as session:
            return act(session, *args, now=self.clock(), **more)

    def acted(self, do, act, *args, **more):
        self.count += 1
        with self.database.transaction() as session:
            return do(session, act, *args, **more)

    def typed(self, do, office, *args, **more):
        return self.acted(do, by(office, f"op {self.count}", self.clock()), *args, **more)

    def said(self, do, member, *args, **more):
        return self.acted(do, own(member, f"op {self.count}", self.clock()), *args, **more)

    def ask(self, kind="withdrawal", amount=5_000, member=1, operation=None, office=None, **more):
        whose = (operation or f"ask {self.count}", self.clock())
        return self.acted(payouts.ask, by(office, *whose) if office else own(member, *whose), kind, member, amount, **more)

    def approve(self, about, *offices, approved=True):
        subject, row = about.split(":")
        asked = (approvals.Approval.subject == subject) & (approvals.Approval.subject_id == int(row))
        with self.database.read() as reader:
            wish = reader.scalar(select(approvals.Approval.id).where(asked).order_by(approvals.Approval.id.desc()))
        return [self.typed(approvals.decide, office, wish, approved=approved) for office in offices or (SECRETARY, PRESIDENT)][-1]

    def approved(self, *args, **more):
        row = self.ask(*args, **more)
        self.approve(f"payout:{row.id}")
        return row

    def handed(self, *args, **more):
        row = self.approved(*args, **more)
        return self.typed(handover.hand_over, TREASURER, PAYOUT, row.id)

    def balances(self, member=1):
        with self.database.read() as reader:
            return balances_of(reader, member)

    def state(self, payout):
        with self.database.read() as reader:
            return reader.scalar(select(Payout.state).where(Payout.id == payout.id))

    def control(self, kind):
        with self.database.read() as reader:
            posted = select(Posting.amount).join(Account, Account.id == Posting.account_id)
            return sum(reader.scalars(posted.where(Account.kind == kind, Account.member_id.is_(None))))

    def wrong(self):
        with self.database.read() as reader:
            return verify(reader).wrong


@pytest.fixture
def desk(house, clock):
    return Till(house, clock)


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
    with pytest.raises(payouts.NotEnough) as short:
        desk.ask(amount=12_501)
    assert short.value.free == 12_500
    row = desk.ask(amount=12_500)
    with desk.database.read() as reader:
        assert payouts.free_savings(reader, 1) == 0
    with pytest.raises(payouts.AlreadyOpen):
        desk.ask(amount=1)
    desk.approve(f"payout:{row.id}", SECRETARY, approved=False)
    assert desk.state(row) == "refused"
    again = desk.ask(amount=12_500)
    desk.said(payouts.cancel, 1, again.id)
    assert desk.state(again) == "cancelled"
    with desk.database.read() as reader:
        assert payouts.free_savings(reader, 1) == 12_500
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
        assert payouts.free_savings(reader, 1) == 12_500
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


def test_an_advance_contested_after_it_was_repaid_in_part_waits_for_those_corrections(desk):
    row = desk.handed("advance", 9_000, instalments=3)
    made = desk.said(services.open_contest, 1, "payout", row.id)
    repaid = desk.typed(takings.take_in, TREASURER, 1, "repayment", 1)
    with pytest.raises(answers.Repaid):
        desk.typed(answers.answer, PRESIDENT, made.id, upheld=True, note="vu")
    desk.typed(corrections.ask, TREASURER, repaid)
    desk.approve(f"entry:{repaid}", PRESIDENT)
    desk.typed(answers.answer, PRESIDENT, made.id, upheld=True, note="vu")
    assert (desk.state(row), desk.balances().advance, desk.wrong()) == ("cancelled", 0, ())


@pytest.mark.parametrize("upheld", [True, False])
def test_a_contest_of_what_two_officers_reversed_meanwhile_is_only_answered(desk, upheld):
    row = desk.handed()
    made = desk.said(services.open_contest, 1, "payout", row.id)
    desk.typed(corrections.ask, TREASURER, row.handed_entry_id)
    desk.approve(f"entry:{row.handed_entry_id}", PRESIDENT)
    desk.typed(answers.answer, SECRETARY, made.id, upheld=upheld, note="vu")
    assert (desk.state(row), desk.balances().savings, desk.wrong()) == ("cancelled", 12_500, ())


def test_an_advance_has_a_schedule_to_the_franc_and_deliveries_repay_it(desk):
    row = desk.handed("advance", 10_000, instalments=3)
    with desk.database.read() as reader:
        plan = reader.execute(select(Instalment.due_on, Instalment.amount).order_by(Instalment.number)).all()
    assert plan == [(date(2026, 12, 24), 3_334), (date(2027, 1, 24), 3_333), (date(2027, 2, 24), 3_333)]
    standing = lambda day: schedule.standings(*day, 1)  # noqa: E731
    with desk.database.read() as reader:
        assert standing((reader, date(2026, 12, 24))) == [schedule.LoanStanding(1, "advance", 10_000, 0, date(2026, 12, 24), 3_334)]
        assert standing((reader, date(2026, 12, 25)))[0].late == 3_334
    desk.do(credit, 1, [Delivery("fish", 1, 25_000)])
    assert desk.balances() == Balances(10_000, 12_500, 25_000 - 500 - 4_900, 10_000 - 4_900)
    with desk.database.read() as reader:
        assert standing((reader, date(2027, 1, 30))) == [
            schedule.LoanStanding(1, "advance", 5_100, 6_667 - 4_900, date(2027, 2, 24), 3_333)
        ]
        assert schedule.standings(reader, date(2027, 3, 1), Scope(1))[0].late == 5_100
    desk.typed(takings.take_in, TREASURER, 1, "repayment", 5_100)
    with desk.database.read() as reader:
        assert schedule.standings(reader, date(2027, 3, 1), Scope(1)) == []
    assert (desk.state(row), desk.wrong()) == ("handed", ())


def test_what_is_owed_from_before_makes_nothing_late(desk):
    with desk.database.transaction() as session:
        lines = [(account_of(session, 1, 1, "advance"), 10_000), (account_of(session, 1, None, "opening"), -10_000)]
        post(session, operation="before", kind="advance", cooperative_id=1, member_id=1, lines=lines, now=desk.clock())
    desk.handed("advance", 9_000, instalments=3)
    desk.typed(takings.take_in, TREASURER, 1, "repayment", 3_000)
    with desk.database.read() as reader:
        known = schedule.LoanStanding(1, "advance", 16_000, 0, date(2027, 1, 24), 3_000)
        assert schedule.standings(reader, date(2026, 12, 25), 1) == [known]
        assert schedule.standings(reader, date(2027, 1, 25), 1)[0].late == 3_000


def test_a_lease_is_equipment_owed_and_repaid_after_the_advance(desk):
    desk.handed("advance", 1_000, instalments=1)
    row = desk.handed("leasing", 60_000, asset="Moteur 15 CV", instalments=12)
    assert desk.balances().leasing == 60_000
    desk.said(handover.confirm, 1, PAYOUT, row.id)
    assert desk.control("equipment") == -60_000
    desk.do(credit, 1, [Delivery("fish", 1, 25_000)])
    assert (desk.balances().advance, desk.balances().leasing) == (0, 60_000 - 3_900)
    desk.typed(takings.take_in, TREASURER, 1, "leasing_repayment", 1_100)
    assert (desk.balances().leasing, desk.wrong()) == (55_000, ())


@pytest.mark.parametrize(
    ("kind", "box", "after"),
    [
        ("savings", "cash", Balances(10_000, 13_000)),
        ("savings", "mobile", Balances(10_000, 13_000)),
        ("shares", "bank", Balances(10_500, 12_500)),
        ("levy", "cash", Balances(10_000, 12_500)),
    ],
)
def test_money_comes_in_once(desk, kind, box, after):
    act = by(TREASURER, "in", desk.clock())
    before = desk.control(box)
    entry = desk.acted(takings.take_in, act, 1, kind, 500, box=box)
    assert desk.acted(takings.take_in, act, 1, kind, 500, box=box) == entry
    assert (desk.balances(), desk.control(box) - before) == (after, 500)
    assert desk.wrong() == ()


def test_accounts_are_opened_one_by_one_or_together_in_any_order(desk):
    desk.typed(takings.take_in, PRESIDENT, 104, "savings", 500)
    desk.do(credit, 1, [Delivery("fish", 104, 1_000)])
    assert desk.balances(104) == Balances(savings=500, payable=980)
    desk.do(credit, 1, [Delivery("more fish", 101, 1_000)])
    desk.typed(takings.take_in, TREASURER, 101, "shares", 500)
    assert (desk.balances(101), desk.wrong()) == (Balances(shares=500, payable=980), ())


@pytest.mark.parametrize("kind", ["payable", "advance", "leasing"])
def test_a_catch_is_credited_whichever_account_came_first(desk, kind):
    with desk.database.transaction() as session:
        account_of(session, 1, 4, kind)
    [done] = desk.do(credit, 1, [Delivery("fish", 4, 1_000)])
    assert (done.net, desk.balances(4).payable, desk.wrong()) == (980, 980, ())


def test_what_the_till_refuses(desk):
    for member, amount, kind, why in (
        (1, 0, "savings", ValueError),
        (1, -5, "savings", ValueError),
        (1, 1, "repayment", Overdrawn),
        (5, 500, "savings", payouts.NotHers),
    ):
        with pytest.raises(why):
            desk.typed(takings.take_in, TREASURER, member, kind, amount)
    with pytest.raises(handover.NotForYourself):
        desk.typed(takings.take_in, SECRETARY, 101, "savings", 500)


def test_a_levy_on_what_is_owed_wants_another_officer_and_enough_owed(desk):
    desk.do(credit, 1, [Delivery("fish", 1, 1_000)])
    desk.typed(takings.ask_levy, TREASURER, 1, 981)
    with pytest.raises(approvals.Impossible, match="ne lui doit pas autant"):
        desk.approve("member:1", PRESIDENT)
    desk.approve("member:1", PRESIDENT, approved=False)
    desk.typed(takings.ask_levy, TREASURER, 1, 980)
    desk.approve("member:1", PRESIDENT)
    assert (desk.balances().payable, desk.control("solidarity"), desk.wrong()) == (0, -1_000, ())


def entries(desk, kind):
    with desk.database.read() as reader:
        return reader.scalars(select(JournalEntry.id).where(JournalEntry.kind == kind).order_by(JournalEntry.id)).all()


def test_an_entry_is_reversed_by_two_and_once(desk):
    entry = desk.typed(takings.take_in, TREASURER, 1, "savings", 500)
    desk.typed(corrections.ask, TREASURER, entry)
    with pytest.raises(corrections.NotReversible):
        desk.typed(corrections.ask, SECRETARY, entry)
    assert desk.balances().savings == 13_000
    desk.approve(f"entry:{entry}", PRESIDENT)
    assert desk.balances().savings == 12_500
    with pytest.raises(corrections.NotReversible):
        desk.typed(corrections.ask, TREASURER, entry)
    assert (len(entries(desk, "reversal")), desk.wrong()) == (1, ())


def test_nothing_is_reversed_on_an_account_closed_meanwhile(desk):
    row = desk.handed()
    desk.said(handover.confirm, 1, PAYOUT, row.id)
    desk.typed(corrections.ask, TREASURER, row.handed_entry_id)
    with unguarded(desk.database) as session:
        session.execute(update(Member).where(Member.id == 1).values(state="departed"))
    assert desk.approve(f"entry:{row.handed_entry_id}", PRESIDENT) == approvals.ApprovalDecided("dead", 0, "le compte est clos")
    assert desk.state(row) == "paid"


def test_a_slip_found_after_many_more_entries_is_still_reversed(desk):
    entry = desk.typed(takings.take_in, TREASURER, 1, "savings", 500)
    desk.do(credit, 1, [Delivery(f"fish:{at}", 1, 100) for at in range(20)])
    with desk.database.read() as reader:
        assert entry in [one.id for one in corrections.reversible(reader, 1, 1)]
    desk.typed(corrections.ask, TREASURER, entry)


def test_savings_that_a_withdrawal_holds_are_not_reversed_away(desk):
    entry = desk.typed(takings.take_in, TREASURER, 1, "savings", 500)
    desk.ask(amount=13_000)
    with pytest.raises(corrections.NotReversible, match="un retrait attend"):
        desk.typed(corrections.ask, TREASURER, entry)
    assert (desk.balances().savings, desk.wrong()) == (13_000, ())


@pytest.mark.parametrize("paid", [False, True])
def test_a_payout_that_was_none_is_reversed_whole(desk, paid):
    row = desk.handed("advance", 9_000, instalments=3)
    if paid:
        desk.said(handover.confirm, 1, PAYOUT, row.id)
    desk.typed(corrections.ask, TREASURER, row.handed_entry_id)
    desk.approve(f"entry:{row.handed_entry_id}", PRESIDENT)
    assert (desk.state(row), desk.balances().advance, desk.control("cash"), desk.control("handed_over")) == (
        "cancelled",
        0,
        1_022_500,
        0,
    )
    with desk.database.read() as reader:
        assert schedule.standings(reader, date(2027, 3, 1), 1) == []
    assert desk.wrong() == ()


def test_what_was_repaid_since_is_not_reversed(desk):
    row = desk.handed("advance", 9_000, instalments=3)
    desk.typed(takings.take_in, TREASURER, 1, "repayment", 1)
    with pytest.raises(corrections.NotReversible, match="remboursé"):
        desk.typed(corrections.ask, TREASURER, row.handed_entry_id)
    assert (desk.state(row), desk.balances().advance) == ("handed", 8_999)


def test_a_reversal_overtaken_by_a_repayment_ends_and_all_who_spoke_are_told_why(desk):
    row = desk.handed("advance", 9_000, instalments=3)
    desk.typed(corrections.ask, TREASURER, row.handed_entry_id)
    desk.typed(takings.take_in, TREASURER, 1, "repayment", 1)
    done = desk.approve(f"entry:{row.handed_entry_id}", PRESIDENT)
    assert (done.state, done.why) == ("dead", "dépensé ou remboursé depuis")
    for _ in range(2):
        desk.do(sweep.sweep)
    with desk.database.read() as reader:
        told = reader.execute(select(Message.to_number, Message.text, Message.parts).where(Message.text.contains(done.why))).all()
    assert sorted(to for to, *_ in told) == sorted(
        (sample_declarations.TREASURER, sample_declarations.PRESIDENT, sample_cooperative.AWA)
    )
    assert {parts for *_, parts in told} == {1}
    assert (desk.state(row), desk.balances().advance, desk.wrong()) == ("handed", 8_999, ())
    with pytest.raises(corrections.NotReversible, match="remboursé"):
        desk.typed(corrections.ask, TREASURER, row.handed_entry_id)


@pytest.mark.parametrize("kind", ["withdrawal", "advance", "leasing"])
def test_an_entry_that_no_payout_made_is_reversed_plainly(desk, kind):
    hers, box = payouts.SIDES[kind]
    with desk.database.transaction() as session:
        lines = [(account_of(session, 1, 1, hers), 700), (account_of(session, 1, None, box), -700)]
        brought = {"kind": kind, "cooperative_id": 1, "member_id": 1, "lines": lines, "now": desk.clock()}
        entry = post(session, operation="brought over", **brought)
    before = desk.control(box)
    desk.typed(corrections.ask, TREASURER, entry)
    assert desk.approve(f"entry:{entry}", PRESIDENT).state == "approved"
    assert (desk.control(box), desk.balances().advance, desk.balances().savings) == (before + 700, 0, 12_500)
    assert desk.wrong() == ()


def test_fewer_francs_than_instalments_are_no_advance(desk):
    with pytest.raises(payouts.BadAmount):
        desk.ask("advance", 5, instalments=6)


def test_an_entry_of_another_cooperative_or_nobody_is_not_reversible(desk):
    with pytest.raises(corrections.NotReversible):
        desk.typed(corrections.ask, Office(104, "treasurer", 2), entries(desk, "savings")[0])
    with pytest.raises(corrections.NotReversible):
        desk.typed(corrections.ask, TREASURER, 9_999)


BY_HAND = [
    ("UPDATE instalments SET amount = amount - 1 WHERE number = 1", "instalments sum to 9999 F, not 10000 F"),
    ("DELETE FROM instalments WHERE number = 3", "instalments sum to 6667 F"),
    ("UPDATE approvals SET needed = 3", "approved, but not by its votes"),
    ("UPDATE approvals SET state = 'dead' WHERE kind = 'advance'", "handed without its approval"),
    ("UPDATE payouts SET state = 'paid'", "paid without its approval or its entry"),
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


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 11, 24), 1, date(2026, 12, 24)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 1, 31), 23, date(2027, 12, 31)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last(day, months, then):
    assert schedule.months_after(day, months) == then
