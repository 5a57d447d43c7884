"""Who asked to be called waits until an officer has called: one officer for each, and nobody is forgotten."""

import contextlib
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from app.coop.correspondence import call_backs
from app.coop.correspondence.models import CallBack
from app.coop.offices.models import OfficerAct
from app.coop.rights import Office
from tests import sample_cooperative, sample_declarations
from tests.acts import by

PRESIDENT = Office(102, "president", 1)


@pytest.fixture
def place(sqlite_database):
    sample_cooperative.build(sqlite_database)
    sample_declarations.appoint(sqlite_database)
    return sqlite_database


def ask(database, clock, phone=sample_cooperative.AWA, topic="Aide"):
    with database.transaction() as session:
        return call_backs.ask(session, phone, topic, person_id=1, cooperative_id=1, now=clock())[0]


def waiting(database, clock, cooperative=1):
    with database.read() as reader:
        return [(one.phone, one.topic, one.taken_by) for one in call_backs.waiting_for(reader, cooperative, clock())]


def take(database, clock, row, office=sample_declarations.CLERK):
    with database.transaction() as session:
        call_backs.take(session, by(office, f"take:{clock()}", clock(), "bureau"), row)


def close(database, clock, row, outcome, office=sample_declarations.CLERK):
    with database.transaction() as session:
        return call_backs.close(session, by(office, f"close:{clock()}", clock(), "bureau"), row, outcome)


def test_one_officer_takes_it_and_the_others_see_so(place, clock):
    row = ask(place, clock)
    take(place, clock, row)
    take(place, clock, row)
    with pytest.raises(call_backs.CallBackTaken):
        take(place, clock, row, PRESIDENT)
    assert waiting(place, clock) == [(sample_cooperative.AWA, "Aide", 101)]
    clock.forward(hours=2)
    assert waiting(place, clock) == [(sample_cooperative.AWA, "Aide", None)]
    take(place, clock, row, PRESIDENT)
    with pytest.raises(call_backs.CallBackTaken):
        close(place, clock, row, "settled")


def test_an_officer_of_elsewhere_takes_none(place, clock):
    row = ask(place, clock)
    for office in (Office(103, "administrator", None), Office(104, "secretary", 9)):
        with pytest.raises(call_backs.CallBackTaken):
            take(place, clock, row, office)


def test_who_isnt_reached_comes_back_and_is_given_up_after_three_times(place, clock):
    row = ask(place, clock)
    for tried in (1, 2, 3):
        take(place, clock, row)
        assert close(place, clock, row, "unreached") == (sample_cooperative.AWA if tried == 3 else None)
        assert waiting(place, clock) == []
        clock.forward(hours=3)
        assert len(waiting(place, clock)) == (tried < 3)
    assert ask(place, clock) != row


def test_asking_again_brings_it_forward_with_the_new_topic_beside_the_first(place, clock):
    row = ask(place, clock)
    take(place, clock, row)
    close(place, clock, row, "later")
    assert waiting(place, clock) == []
    assert ask(place, clock, topic="Boutique: Keccax en sachet de 2 kg") == row
    assert waiting(place, clock) == [(sample_cooperative.AWA, "Aide; Boutique: Keccax en sach", None)]
    for topic in (
        "Formation: Hygiène du poisson",
        "Aide",
        "Contesté 482913",
        "Responsable de la pesée",
        "Formation: Couture",
        "Formation: Tri",
    ):
        ask(place, clock, topic=topic)
    [(_, topics, _)] = waiting(place, clock)
    assert topics == "Boutique; Formation; Aide; Contesté 482913; Responsable de la pesée"
    assert call_backs.subjects(topics)[0] == "Boutique"


@pytest.mark.parametrize(("outcome", "done"), [("settled", True), ("wrong", True), ("later", False), ("left", False)])
def test_each_outcome_is_noted_with_who_and_through_what(place, clock, outcome, done):
    row = ask(place, clock)
    take(place, clock, row)
    close(place, clock, row, outcome)
    with place.read() as reader:
        kept = reader.execute(select(CallBack.outcome, CallBack.done_at, CallBack.done_by).where(CallBack.id == row)).one()
        acts = reader.execute(select(OfficerAct.act, OfficerAct.about, OfficerAct.person_id, OfficerAct.channel)).all()
    assert kept == (outcome, clock() if done else None, 101 if done else None)
    about = (f"call_back:{row}", 101, "bureau")
    assert acts == [("call back taken", *about), (f"call back {outcome}", *about)]


def test_the_oldest_is_first(place, clock):
    for phone in (sample_cooperative.AWA, sample_cooperative.SHARED, sample_cooperative.NEW):
        ask(place, clock, phone)
        clock.forward(minutes=5)
    assert [phone for phone, _, _ in waiting(place, clock)] == [
        sample_cooperative.AWA,
        sample_cooperative.SHARED,
        sample_cooperative.NEW,
    ]
    with place.read() as reader:
        assert call_backs.how_many(reader, 1, clock())[0] == 3
        assert (clock() - call_backs.how_many(reader, 1, clock())[1]).seconds == 15 * 60


def test_of_four_who_take_it_at_once_one_has_it(postgres_database, clock):
    sample_cooperative.build(postgres_database)
    sample_declarations.appoint(postgres_database)
    row, barrier, taken = ask(postgres_database, clock), Barrier(4), []

    def run(person):
        barrier.wait(60)
        with contextlib.suppress(call_backs.CallBackTaken):
            take(postgres_database, clock, row, Office(person, "secretary", 1))
            taken.append(person)

    threads = [Thread(target=run, args=(person,)) for person in (1, 2, 101, 102)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one[2] for one in waiting(postgres_database, clock)] == taken
    assert len(taken) == 1
