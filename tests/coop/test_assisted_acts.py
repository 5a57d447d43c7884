"""What an officer types for a member is told, contestable, and never worth more than her own word."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, func, select

from app.coop.contests import answers, assisted_answers
from app.coop.correspondence.models import CallBack
from app.coop.ledger.queries import balances_of
from app.coop.members.models import Number
from app.coop.offices.models import OfficerAct
from app.coop.production import assisted_acts, declarations, weighing_lookup, weighings
from app.coop.production.models import AssistedAct, Declaration
from app.coop.rights import Office
from app.coop.scope import FEDERATION, Scope
from app.sms.models import Message
from tests import sample_cooperative, sample_declarations
from tests.acts import by, own

CPS1 = Scope(1)
AWA = 1
PRESIDENT = Office(102, "president", 1)


@pytest.fixture
def place(database):
    sample_cooperative.build(database)
    sample_declarations.appoint(database)
    return database


def declare(database, clock, member=AWA, office=sample_declarations.CLERK, again=False):
    with database.transaction() as session:
        return assisted_acts.declare(
            session, by(office, f"assist:{member}:{clock()}", clock(), channel="bureau"), member, 1, Decimal(25), again=again
        )


def cancel(database, clock, declaration):
    with database.transaction() as session:
        return assisted_acts.cancel(
            session, by(sample_declarations.CLERK, f"cancel:{clock()}", clock(), channel="bureau"), AWA, declaration
        )


def contest(database, clock, act, member=AWA):
    with database.transaction() as session:
        return assisted_answers.contest(session, own(member, f"contest:{clock()}", clock(), phone=sample_cooperative.AWA), act)


def warned(database):
    with database.read() as reader:
        return reader.scalars(select(Message.to_number).where(Message.purpose == "security")).all()


def asked(database, clock, member=AWA):
    with database.read() as reader:
        return assisted_answers.asked(reader, member, clock())


def state(database, declaration):
    with database.read() as reader:
        return reader.scalar(select(Declaration.state).where(Declaration.id == declaration))


def weigh(database, clock, reference):
    with database.transaction() as session:
        what = weighing_lookup.by_reference(session, 1, reference, clock().year)
        weighings.note(
            session, by(sample_declarations.CLERK, "weigh", clock()), what, weight=Decimal(25), grade="A", weighed_at=clock()
        )


def test_a_declaration_for_a_member_says_who_typed_it_and_asks_her(place, clock):
    done = declare(place, clock)
    assert done.phone == sample_cooperative.AWA
    found = asked(place, clock)
    assert (found.act, found.role, found.reference) == ("declared", "secretary", done.declaration.reference)
    with place.read() as reader:
        assert reader.scalar(select(Declaration.channel)) == "bureau"
        assert assisted_acts.typed_by(reader, [done.declaration.id]) == {done.declaration.id: "secretary"}
        acts = reader.execute(select(OfficerAct.act, OfficerAct.person_id, OfficerAct.member_id, OfficerAct.channel)).all()
    assert acts == [("declared for a member", 101, AWA, "bureau")]


def test_the_same_again_writes_nothing_unless_meant(place, clock):
    first = declare(place, clock)
    clock.forward(minutes=2)
    assert declare(place, clock).declaration.reference == first.declaration.reference
    assert declare(place, clock, again=True).declaration.reference != first.declaration.reference
    with place.read() as reader:
        assert reader.scalar(select(func.count()).select_from(AssistedAct)) == 2


def test_what_she_contests_is_cancelled_once_and_the_president_told(place, clock):
    done = declare(place, clock)
    for _ in range(2):
        told = contest(place, clock, done.id)
        assert (told.became, warned(place)) == ("cancelled", [sample_declarations.PRESIDENT])
    assert state(place, done.declaration.id) == "cancelled"
    assert asked(place, clock) is None
    with place.read() as reader:
        assert reader.scalar(select(func.count()).select_from(CallBack)) == 0


def test_what_a_president_typed_is_told_to_another(place, clock):
    contest(place, clock, declare(place, clock, office=PRESIDENT).id)
    assert warned(place) == [sample_declarations.SECRETARY]


def test_what_was_weighed_stays_and_somebody_calls(place, clock):
    done = declare(place, clock)
    weigh(place, clock, done.declaration.reference)
    assert contest(place, clock, done.id).became == "weighed"
    contest(place, clock, done.id)
    assert state(place, done.declaration.id) == "weighed"
    with place.read() as reader:
        rows = reader.execute(select(CallBack.phone, CallBack.topic, CallBack.cooperative_id)).all()
    assert rows == [(sample_cooperative.AWA, f"Contesté {done.declaration.reference}", 1)]


def test_what_was_credited_becomes_a_contest_that_who_typed_it_doesnt_answer(place, clock):
    done = declare(place, clock)
    with place.transaction() as session:
        what = weighing_lookup.by_reference(session, 1, done.declaration.reference, clock().year)
        weighings.note(session, by(PRESIDENT, "w", clock()), what, weight=Decimal(25), grade="A", weighed_at=clock())
        weighings.confirm(session, by(PRESIDENT, "c", clock()), upto=1 << 31, francs=25_000)
    first, again = contest(place, clock, done.id), contest(place, clock, done.id)
    assert first.ticket.number == again.ticket.number
    with place.read() as reader:
        assert reader.scalar(select(func.count()).select_from(CallBack)) == 0
        assert answers.waiting(reader, sample_declarations.CLERK, clock()) == []
        assert answers.waiting(reader, PRESIDENT, clock()) == []
        [waits] = answers.waiting(reader, Office(104, "treasurer", 1), clock())
    assert waits.number == first.ticket.number


def test_a_cancelling_that_she_contests_is_undone(place, clock):
    own = sample_declarations.declared(place, [AWA], clock())[0]
    with place.read() as reader:
        declaration = reader.scalar(select(Declaration.id).where(Declaration.reference == own))
    done = cancel(place, clock, declaration)
    assert asked(place, clock).act == "cancelled"
    with pytest.raises(declarations.DeclarationClosed):
        cancel(place, clock, declaration)
    assert contest(place, clock, done.id).became == "reopened"
    assert state(place, declaration) == "declared"


def test_nobody_answers_for_another_nor_twice(place, clock):
    done = declare(place, clock)
    with pytest.raises(assisted_answers.UnknownAct):
        contest(place, clock, done.id, member=2)
    with place.transaction() as session:
        assert assisted_answers.accept(session, own(AWA, "right", clock()), done.id) == done.declaration.reference
    assert asked(place, clock) is None
    assert contest(place, clock, done.id).became == "cancelled"
    with place.transaction() as session, pytest.raises(assisted_answers.UnknownAct):
        assisted_answers.accept(session, own(AWA, "right", clock()), done.id)


def test_after_a_week_her_phone_asks_no_more(place, clock):
    done = declare(place, clock)
    clock.now += assisted_answers.CONTEST_WITHIN - timedelta(seconds=1)
    assert asked(place, clock).id == done.id
    clock.forward(seconds=1)
    assert asked(place, clock) is None
    with place.read() as reader, pytest.raises(assisted_answers.UnknownAct):
        assisted_answers.asked_by_reference(reader, [AWA], done.declaration.reference, clock())


def test_a_member_is_found_by_card_and_by_number(place):
    with place.read() as reader:
        assert [one.member_id for one in assisted_acts.by_card(reader, CPS1, "00001")] == [AWA]
        assert [one.member_id for one in assisted_acts.by_card(reader, CPS1, "c00001")] == [AWA]
        assert [one.member_id for one in assisted_acts.by_number(reader, CPS1, sample_cooperative.SHARED)] == [2, 3]
        assert [one.place for one in assisted_acts.by_number(reader, FEDERATION, sample_cooperative.SHARED)] == [1, 2]
        for cooperative, card in ((9, "00001"), (1, "1"), (1, "00005"), (1, "' OR 1"), (1, "999999999999")):
            assert assisted_acts.by_card(reader, Scope(cooperative), card) == ()
        assert assisted_acts.by_number(reader, CPS1, sample_cooperative.BLOCKED) == ()


def test_her_declarations_are_told_without_amounts(place, clock):
    reference = declare(place, clock).declaration.reference
    weigh(place, clock, reference)
    with place.read() as reader:
        [seen] = assisted_acts.history(reader, AWA)
    assert (seen.reference, seen.state, seen.weighed) == (reference, "weighed", Decimal(25))


def test_a_member_without_a_telephone_declares_and_is_weighed_by_an_officers_hand(place, clock):
    with place.transaction() as session:
        session.execute(delete(Number).where(Number.person_id == 4))
    with place.read() as reader:
        assert [one.member_id for one in assisted_acts.by_card(reader, CPS1, "00004")] == [4]
        assert weighing_lookup.member_of_card(reader, 1, "00004") == 4
    done = declare(place, clock, member=4)
    assert done.phone is None
    weigh(place, clock, done.declaration.reference)
    with place.transaction() as session:
        told = weighings.confirm(session, by(sample_declarations.CLERK, "credit", clock()), upto=1 << 31, francs=25_000)
    assert [one.phone for one in told] == [None]
    with place.read() as reader:
        assert balances_of(reader, 4).payable == 24_500
    with place.transaction() as session, pytest.raises(declarations.NotActive):
        declarations.declare(session, own(4, "hers", clock(), "sms"), 4, 1, Decimal(1))
