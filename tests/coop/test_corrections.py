"""An entry is reversed by its contrary, by two officers, and never twice."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update

from app.coop.approvals import sweep
from app.coop.approvals.models import Approval
from app.coop.closing.handover import PAYOUT
from app.coop.handover import services as handover
from app.coop.ledger.services import account_of, post
from app.coop.members.models import Member
from app.coop.production.deliveries import Delivery, credit
from app.coop.rights import Office
from app.coop.subjects import approvals
from app.coop.till import corrections, payouts, schedule, takings
from app.coop.till.models import Payout
from app.sms.models import Message
from tests import sample_cooperative, sample_declarations
from tests.sample_till import PRESIDENT, SECRETARY, TREASURER, entries
from tests.without_triggers import unguarded


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


def test_an_entry_of_last_year_is_told_from_one_of_this_year(desk):
    with desk.database.transaction() as session:
        lines = [(account_of(session, 1, None, "cash"), 500), (account_of(session, 1, 1, "savings"), -500)]
        told = {"kind": "savings", "cooperative_id": 1, "member_id": 1, "lines": lines}
        old = post(session, operation="last year", now=datetime(2025, 12, 3, tzinfo=UTC), **told)
    desk.typed(corrections.ask, TREASURER, old)
    with desk.database.read() as reader:
        assert reader.scalar(select(Approval.words)) == "Annuler Épargne du 03/12/2025"


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
    hers, box = payouts.KINDS[kind].account, Payout(kind=kind).box
    with desk.database.transaction() as session:
        lines = [(account_of(session, 1, 1, hers), 700), (account_of(session, 1, None, box), -700)]
        brought = {"kind": kind, "cooperative_id": 1, "member_id": 1, "lines": lines, "now": desk.clock()}
        entry = post(session, operation="brought over", **brought)
    before = desk.control(box)
    desk.typed(corrections.ask, TREASURER, entry)
    assert desk.approve(f"entry:{entry}", PRESIDENT).state == "approved"
    assert (desk.control(box), desk.balances().advance, desk.balances().savings) == (before + 700, 0, 12_500)
    assert desk.wrong() == ()


def test_an_entry_of_another_cooperative_or_nobody_is_not_reversible(desk):
    with pytest.raises(corrections.NotReversible):
        desk.typed(corrections.ask, Office(104, "treasurer", 2), entries(desk, "savings")[0])
    with pytest.raises(corrections.NotReversible):
        desk.typed(corrections.ask, TREASURER, 9_999)
