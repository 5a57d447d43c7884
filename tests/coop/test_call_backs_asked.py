"""A number that asks to be called back waits once."""

from threading import Barrier, Thread

from sqlalchemy import update

from app.coop.correspondence import call_backs
from app.coop.correspondence.models import CallBack
from tests.sample_cooperative import AWA, LONG_AGO, NEW, NOBODY


def call(database, phone=AWA, cooperative=1, topic="help"):
    with database.transaction() as session:
        return call_backs.ask(session, phone, topic, person_id=None, cooperative_id=cooperative, now=LONG_AGO)


def test_a_number_waits_once_however_often_it_asks(village):
    first, new = call(village)
    assert new
    assert call(village) == (first, False)
    assert call(village, topic="other") == (first, False)
    assert call(village, NEW)[1]
    with village.transaction() as session:
        session.execute(update(CallBack).where(CallBack.id == first).values(done_at=LONG_AGO))
    assert call(village)[1]


def test_the_list_is_of_one_cooperative_or_of_none(village):
    call(village), call(village, NEW), call(village, NOBODY, None)
    with village.read() as reader:
        assert [row.phone for row in call_backs.waiting_for(reader, 1, LONG_AGO)] == [AWA, NEW]
        assert [row.phone for row in call_backs.waiting_for(reader, None, LONG_AGO)] == [NOBODY]
        assert call_backs.waiting_for(reader, 9, LONG_AGO) == ()


def test_asking_at_once_leaves_one_row(postgres_village):
    barrier, answers = Barrier(4), []

    def run():
        barrier.wait(60)
        answers.append(call(postgres_village))

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len({row for row, _ in answers}), sum(new for _, new in answers)) == (1, 1)


def test_one_who_asks_while_another_does_is_given_the_others_row(postgres_village):
    answers = []
    with postgres_village.transaction() as session:
        first, _ = call_backs.ask(session, AWA, "help", person_id=None, cooperative_id=1, now=LONG_AGO)
        waiting = Thread(target=lambda: answers.append(call(postgres_village)))
        waiting.start()
        waiting.join(0.3)
    waiting.join()
    assert answers == [(first, False)]
