"""An SMS acts once, its answer is in the same transaction, and machines are not answered."""

import threading

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from app.commands import handlers, production
from app.coop.production.models import Declaration
from tests import village


def test_the_same_id_again_changes_nothing(desk):
    first = desk.say("PROD thiof 25", sms_id="twice")
    assert "réf" in first
    assert desk.say("PROD thiof 25", sms_id="twice") is None
    assert desk.say("STOP", sms_id="twice") is None
    assert [len(desk.rows(Declaration)), len(desk.inbox()), len(desk.answers())] == [1, 1, 1]


def test_the_same_id_four_times_at_once_acts_once(desk):
    threads = [threading.Thread(target=desk.say, args=("PROD thiof 25", village.AWA, "same")) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(desk.rows(Declaration)), len(desk.inbox()), len(desk.answers())] == [1, 1, 1]


def test_an_answer_goes_to_its_asker_by_the_answers_lane(desk):
    desk.say("AIDE")
    [answer] = desk.answers()
    assert (answer.to_number, answer.lane, answer.cause, answer.person_id) == (village.AWA, "answer", "sms:africastalking:id1", 1)


@pytest.mark.parametrize("sender", ["21512", "CARE", "Orange Info", "", "*384#", "+22121512x", "+1"])
def test_machines_are_kept_and_not_answered(desk, sender):
    assert desk.say("AIDE", sender=sender) is None
    assert [row.state for row in desk.inbox()] == ["ignored"]


def test_the_same_words_that_mean_nothing_are_answered_twice_in_ten_minutes(desk):
    answers = [desk.say("Merci de votre message, je suis absent") for _ in range(4)]
    assert [answer is not None for answer in answers] == [True, True, False, False]
    assert desk.say("autre chose")
    desk.clock.forward(minutes=11)
    assert desk.say("Merci de votre message, je suis absent")
    assert [row.state for row in desk.inbox()] == ["unparsed"] * 2 + ["ignored"] * 2 + ["unparsed"] * 2


def test_a_fault_of_ours_is_said_and_kept_and_nothing_of_it_stays(desk, monkeypatch):
    def broken(word, ask):
        production.declare(ask)
        raise KeyError(word)

    monkeypatch.setattr(handlers, "answer", broken)
    assert "Rien n'est enregistré" in desk.say("PROD thiof 25")
    assert desk.rows(Declaration) == []
    assert [(row.state, row.word) for row in desk.inbox()] == [("failed", "PROD")]


def test_two_at_once_are_tried_again(desk, monkeypatch):
    real, tries = handlers.answer, []

    def colliding(word, ask):
        tries.append(word)
        if len(tries) == 1:
            raise IntegrityError("x", {}, Exception())
        return real(word, ask)

    monkeypatch.setattr(handlers, "answer", colliding)
    assert "réf" in desk.say("PROD thiof 25")
    assert tries == ["PROD", "PROD"]


def test_an_outage_is_left_to_the_gateway_to_repeat(desk, monkeypatch):
    def out(*_):
        raise OperationalError("x", {}, Exception())

    monkeypatch.setattr(handlers, "answer", out)
    with pytest.raises(OperationalError):
        desk.say("AIDE")
    assert desk.inbox() == []


def test_odd_ids_and_bytes_are_borne(desk):
    assert desk.say("PROD thiof 25\0", sms_id="i\0" * 60) is not None
    assert desk.say("\0\ud7ff" * 3000, sms_id="x" * 80) is not None
