"""What members read of their solidarity fund: the month's sums, and nothing by which one of them is known."""

from datetime import UTC, datetime

import msgspec
from sqlalchemy import select

from app.coop.members import consent
from app.coop.members.models import Member, Number
from app.coop.solidarity import fund, notices
from app.coop.solidarity.models import FundReport
from app.service import KEY, service_of
from app.sms.models import Message
from tests.acts import by, own
from tests.fund_acts import NOW, PRESIDENT, SECRETARY, TREASURER, ask, decide, hand, quay

__all__ = ["quay"]


def select_numbers(reader):
    here = (Member.cooperative_id == 1) & (Member.state == "active")
    found = select(Number.phone).join(Member, Member.person_id == Number.person_id).where(here, ~Number.proof_wanted)
    return sorted(set(reader.scalars(found)))


def give_aid(database, members, now):
    for member in members:
        payout = ask(database, member=member, amount=1_000, now=now)
        for office in (SECRETARY, PRESIDENT):
            decide(database, office, now, payout=payout)
        hand(database, payout, now)


def test_members_are_told_by_the_month_and_never_of_fewer_than_five(quay):
    give_aid(quay, (201, 202, 203), NOW)
    december = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
    with quay.transaction() as session:
        fund.report(session, december)
        assert fund.last_report(session, 1) is None
    give_aid(quay, (204, 205), datetime(2026, 12, 10, 10, 0, tzinfo=UTC))
    for day in (15, 31):
        with quay.transaction() as session:
            fund.report(session, december.replace(day=day))
            assert fund.last_report(session, 1) is None
    give_aid(quay, (206,), datetime(2027, 1, 1, 0, 0, tzinfo=UTC))
    for _ in range(2):
        with quay.transaction() as session:
            fund.report(session, datetime(2027, 1, 2, tzinfo=UTC))
    with quay.read() as reader:
        told = fund.last_report(reader, 1)
    assert (told.came_in, told.went_out, told.aids, told.left) == (100_000, 5_000, 5, 95_000)


def reported(database):
    give_aid(database, (201, 202, 203, 204, 205), NOW)
    with database.transaction() as session:
        fund.report(session, datetime(2026, 12, 1, 3, 0, tzinfo=UTC))


def told_of_the_fund(database):
    with database.read() as reader:
        rows = reader.execute(
            select(Message.to_number, Message.text, Message.lane, Message.state).where(Message.purpose == "report")
        )
        return sorted(tuple(row) for row in rows)


def test_each_member_reads_the_months_sums_once_by_day_and_never_what_the_fund_holds_now(quay, monkeypatch):
    monkeypatch.setattr(notices, "MOST_MEMBERS", 4)
    reported(quay)
    with quay.transaction() as session:
        fund.give(session, by(TREASURER, "later", datetime(2026, 12, 1, 4, 0, tzinfo=UTC)), 1, 7_000)
        for number in select_numbers(session)[:1]:
            consent.note(session, own(201, "stop", NOW, phone=number), ("notices",), given=False, notice="")
    for hour in (3, 23):
        with quay.transaction() as session:
            notices.tell_members(session, datetime(2026, 12, 1, hour, 0, tzinfo=UTC))
        assert told_of_the_fund(quay) == []
    for minute in range(6):
        with quay.transaction() as session:
            notices.tell_members(session, datetime(2026, 12, 1, 8, minute, tzinfo=UTC))
    told = told_of_the_fund(quay)
    with quay.read() as reader:
        assert [one[0] for one in told] == sorted(select_numbers(reader))
        assert reader.scalar(select(FundReport.told_at)) is not None
    assert {one[2] for one in told} == {"bulk"}
    assert sum(one[3] == "refused" for one in told) == 1
    assert all("entré 100 000 F, 5 aides pour 5 000 F, reste 95 000 F" in one[1] for one in told)


def test_a_report_waits_for_a_days_budget_and_not_for_ever(quay):
    reported(quay)
    for day, budget, any_told in ((1, 0, False), (2, None, True)):
        with quay.transaction() as session:
            session.info[KEY] = msgspec.structs.replace(service_of(session), budget=budget)
            notices.tell_members(session, datetime(2026, 12, day, 8, 0, tzinfo=UTC))
        assert bool(told_of_the_fund(quay)) is any_told


def test_a_report_that_is_a_week_old_is_told_no_more(quay):
    reported(quay)
    with quay.transaction() as session:
        notices.tell_members(session, datetime(2026, 12, 8, 9, 0, tzinfo=UTC))
    assert told_of_the_fund(quay) == []
