"""Advances and leases: their schedule to the franc, what repays them, and what is late."""

from datetime import date

import pytest
from sqlalchemy import select

from app.coop.closing.handover import PAYOUT
from app.coop.contests import answers, services
from app.coop.handover import services as handover
from app.coop.ledger.queries import Balances
from app.coop.ledger.services import account_of, post
from app.coop.production.deliveries import Delivery, credit
from app.coop.scope import Scope
from app.coop.till import corrections, payouts, schedule, takings
from app.coop.till.models import Instalment
from tests.sample_till import PRESIDENT, TREASURER


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


def test_fewer_francs_than_instalments_are_no_advance(desk):
    with pytest.raises(payouts.BadAmount):
        desk.ask("advance", 5, instalments=6)


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
