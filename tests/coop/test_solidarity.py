"""The solidarity fund: asked under the PIN, decided by several, promised once, told by the month; why is for who decides."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.coop.approvals import sweep
from app.coop.closing.handover import PAYOUT
from app.coop.contests import answers
from app.coop.contests import services as contests
from app.coop.handover import services as handover
from app.coop.handover.services import HandoverNotOpen
from app.coop.kpi import economy
from app.coop.kpi.cells import Month
from app.coop.members.models import Member
from app.coop.offices.models import OfficerAct, Role
from app.coop.solidarity import aids, fund
from app.coop.solidarity.models import Aid
from app.coop.subjects import approvals
from app.coop.till import corrections, payouts, takings
from app.coop.till.models import Payout
from app.coop.till.solidarity_fund import Fund, fund_of
from app.coop.verify import verify
from app.sms.models import Message
from tests.acts import by, own
from tests.fund_acts import NOW, PRESIDENT, SECRETARY, TREASURER, ask, decide, hand, quay

__all__ = ["quay"]


def held(database):
    with database.read() as reader:
        assert verify(reader).wrong == ()
        return fund_of(reader, 1)


def state(database, payout):
    with database.read() as reader:
        return reader.scalar(select(Payout.state).where(Payout.id == payout))


def test_an_urgent_aid_is_promised_by_two_handed_over_and_received(quay):
    payout = ask(quay)
    assert decide(quay, SECRETARY).missing == 1
    assert decide(quay, PRESIDENT).state == "approved"
    assert held(quay) == Fund(100_000, 20_000)
    hand(quay, payout)
    assert held(quay) == Fund(80_000, 0)
    with quay.transaction() as session:
        handover.confirm(session, own(201, "got it", NOW), PAYOUT, payout)
    assert held(quay) == Fund(80_000, 0)
    assert state(quay, payout) == "paid"


def test_after_an_urgent_aid_another_officer_is_asked(quay):
    ask(quay)
    decide(quay, SECRETARY)
    decide(quay, PRESIDENT)
    with quay.transaction() as session:
        waiting = [one.kind for one in approvals.waiting_for(session, TREASURER, NOW)]
        assert waiting == ["aid_after"]
        assert [one.kind for one in approvals.waiting_for(session, PRESIDENT, NOW)] == []


@pytest.mark.parametrize("swept", [True, False])
def test_an_urgent_aid_that_its_member_takes_back_asks_nobody_any_more_and_officers_are_told_once(quay, swept):
    payout = ask(quay)
    decide(quay, SECRETARY)
    decide(quay, PRESIDENT)
    if swept:
        with quay.transaction() as session:
            sweep.sweep(session, NOW)
    with quay.transaction() as session:
        payouts.cancel(session, own(201, "back", NOW), payout)
        assert approvals.waiting_for(session, TREASURER, NOW) == []
    for later in (timedelta(minutes=1), timedelta(hours=73)):
        with quay.transaction() as session:
            sweep.sweep(session, NOW + later)
    with quay.read() as reader:
        said = reader.execute(select(Message.person_id, Message.text)).all()
    told = sorted(person for person, words in said if "reprise" in words)
    assert told == ([101, 102, 104] if swept else [101, 102])
    assert not any("tombe" in words for _, words in said)
    assert held(quay) == Fund(100_000, 0)
    assert state(quay, payout) == "cancelled"
    with quay.transaction() as session, pytest.raises(HandoverNotOpen):
        payouts.cancel(session, own(201, "again", NOW), payout)


@pytest.mark.parametrize(("reason", "amount"), [("death", 25_001), ("catch", 1_000), ("other", 1_000)])
def test_what_is_not_urgent_needs_three(quay, reason, amount):
    ask(quay, reason=reason, amount=amount)
    assert [decide(quay, office).missing for office in (SECRETARY, PRESIDENT)] == [2, 1]
    assert decide(quay, TREASURER).state == "approved"


def test_neither_who_asks_nor_a_relative_decides(quay):
    ask(quay, relative_id=102)
    with pytest.raises(approvals.ApprovalClosed):
        decide(quay, PRESIDENT)
    with quay.transaction() as session:
        assert approvals.waiting_for(session, PRESIDENT, NOW) == []
        assert len(aids.to_decide(session, SECRETARY, NOW)) == 1
        with pytest.raises(aids.RelativeNoOfficer):
            aids.relative_of(session, own(201, "x", NOW), 1, 202)
        assert aids.relative_of(session, own(201, "x", NOW), 1, 102) == 102
    ask(quay, member=101)
    with pytest.raises(approvals.ApprovalClosed):
        decide(quay, SECRETARY)


def test_a_decider_who_leaves_office_between_two_words_does_not_count(quay):
    payout = ask(quay)
    decide(quay, SECRETARY)
    with quay.transaction() as session:
        session.execute(update(Role).where(Role.person_id == 101).values(until_on=NOW.date() - timedelta(days=1)))
    assert decide(quay, PRESIDENT).missing == 1
    assert state(quay, payout) == "asked"
    assert decide(quay, TREASURER).state == "approved"


def test_the_fund_never_promises_more_than_it_has(quay):
    first, second = ask(quay, amount=25_000), ask(quay, member=202, amount=25_000)
    with quay.transaction() as session:
        fund.set_rules(session, 1, most=90_000, urgent=90_000)
    third = ask(quay, member=203, amount=60_000)
    for payout in (first, second):
        decide(quay, SECRETARY, payout=payout)
        decide(quay, PRESIDENT, payout=payout)
    decide(quay, SECRETARY, payout=third)
    with pytest.raises(approvals.Impossible, match="pas assez"):
        decide(quay, PRESIDENT, payout=third)
    assert held(quay) == Fund(100_000, 50_000)
    assert state(quay, third) == "asked"


@pytest.mark.parametrize("handed", [False, True], ids=["promised", "given"])
def test_what_the_fund_has_promised_or_given_is_not_reversed_away(quay, handed):
    with quay.transaction() as session:
        fund.set_rules(session, 1, most=130_000, urgent=130_000)
        levy = takings.take_in(session, by(TREASURER, "levy", NOW), 202, "levy", 30_000)
    payout = ask(quay, amount=125_000)
    decide(quay, SECRETARY)
    decide(quay, PRESIDENT)
    if handed:
        hand(quay, payout)
    with pytest.raises(corrections.NotReversible, match="caisse de solidarité"), quay.transaction() as session:
        corrections.ask(session, by(SECRETARY, "slip", NOW), levy)
    assert held(quay).free == 5_000


def test_an_aid_that_never_came_is_told_neither_as_given_nor_as_a_gift(quay, monkeypatch):
    monkeypatch.setattr(fund, "LEAST_TOLD", 1)
    came, never = (ask(quay, member=member, amount=member * 50) for member in (201, 202))
    for payout in (came, never):
        decide(quay, SECRETARY, payout=payout)
        decide(quay, PRESIDENT, payout=payout)
        hand(quay, payout)
    with quay.transaction() as session:
        contest = contests.open_contest(session, own(202, "never came", NOW), "payout", never)
        answers.answer(session, by(PRESIDENT, "right", NOW), contest.id, upheld=True, note="pas remis")
        fund.report(session, datetime(2026, 12, 1, tzinfo=UTC))
        told = fund.last_report(session, 1)
        figures = economy.fund(session, [1], Month(date(2026, 11, 1)))
    assert (told.came_in, told.went_out, told.aids, told.left) == (100_000, 10_050, 1, 89_950)
    assert [(cell.figure, cell.numerator) for cell in figures] == [("fund_in", 100_000), ("fund_out", 10_050)]


def test_a_refusal_is_told_once_with_its_reason_and_never_why_it_was_asked(quay):
    payout = ask(quay, reason="illness")
    with quay.transaction() as session:
        [one] = aids.to_decide(session, SECRETARY, NOW)
        assert (one.reason, one.amount, one.urgent, one.name) == ("illness", 20_000, True, "Femme 201")
        aids.refuse(session, by(SECRETARY, "no", NOW), one.approval_id, "rules")
        with pytest.raises(approvals.ApprovalClosed):
            aids.refuse(session, by(PRESIDENT, "late", NOW), one.approval_id, "fund")
    assert state(quay, payout) == "refused"
    with quay.transaction() as session:
        sweep.sweep(session, NOW)
        said = session.scalars(select(Message.text).where(Message.to_number == "+221770000201")).all()
        assert [("hors des règles" in text, "puis 6, 1" in text) for text in said] == [(True, True)]
        acts = session.scalars(select(OfficerAct.act)).all()
        assert not any(word in f"{acts}{said}" for word in ("illness", "maladie"))
    assert ask(quay, now=NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    ("member", "reason", "amount", "error"),
    [
        (201, "death", 50_001, aids.AidTooMuch),
        (201, "death", 0, aids.AidTooMuch),
        (201, "death", -5, aids.AidTooMuch),
        (201, "wedding", 500, aids.AidNotGiven),
        (5, "death", 500, payouts.NotHers),
        (6, "death", 500, payouts.NotHers),
    ],
)
def test_what_is_outside_the_rules_is_refused(quay, member, reason, amount, error):
    with pytest.raises(error):
        ask(quay, member=member, reason=reason, amount=amount)


def test_one_at_a_time_and_so_often_a_year(quay):
    ask(quay)
    with pytest.raises(payouts.AlreadyOpen):
        ask(quay, now=NOW + timedelta(minutes=1))
    with quay.transaction() as session:
        fund.set_rules(session, 1, a_year=1)
    decide(quay, SECRETARY)
    decide(quay, PRESIDENT)
    hand(quay, 1)
    with quay.transaction() as session:
        handover.confirm(session, own(201, "got it", NOW), PAYOUT, 1)
    with pytest.raises(aids.AidTooOften):
        ask(quay, now=NOW + timedelta(days=364))
    assert ask(quay, now=NOW + timedelta(days=366))


@pytest.mark.parametrize(
    "rules", [{"most": 0}, {"a_year": 0}, {"urgent": -1}, {"urgent": 50_001}, {"reasons": ""}, {"reasons": "death,party"}]
)
def test_rules_that_cannot_be_are_refused(quay, rules):
    with quay.transaction() as session, pytest.raises(fund.BadFundRules):
        fund.set_rules(session, 1, **rules)


def test_why_it_was_asked_is_gone_after_a_year_and_with_the_name(quay):
    ask(quay, relative_id=102)

    def reasons():
        with quay.read() as reader:
            return reader.execute(select(Aid.reason, Aid.relative_id)).all()

    for days, left in ((364, [("death", 102)]), (365, [(None, None)])):
        with quay.transaction() as session:
            aids.forget(session, NOW + timedelta(days=days))
        assert reasons() == left
    with quay.read() as reader:
        assert reader.scalar(select(Member.id).where(Member.id == 201)) == 201
