"""An SMS acts once, its answer is in the same transaction, and machines are not answered."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from app.commands import handlers, inbound, production
from app.coop.members.models import Consent
from app.coop.production.models import Declaration
from app.gateways.callbacks import IncomingSms
from app.sms import inbox
from tests import incoming_sms, sample_cooperative
from tests.commands.conftest import Desk


def test_the_same_id_again_changes_nothing(desk):
    first = desk.say("PROD thiof 25", sms_id="twice")
    assert "réf" in first
    assert desk.say("PROD thiof 25", sms_id="twice") is None
    assert [len(desk.rows(Declaration)), len(desk.inbox()), len(desk.answers())] == [1, 1, 1]


def test_the_same_id_four_times_at_once_acts_once(desk):
    threads = [threading.Thread(target=desk.say, args=("PROD thiof 25", sample_cooperative.AWA, "same")) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(desk.rows(Declaration)), len(desk.inbox()), len(desk.answers())] == [1, 1, 1]


def test_an_answer_goes_to_its_asker_by_the_answers_lane(desk):
    desk.say("AIDE")
    [answer] = desk.answers()
    assert (answer.to_number, answer.lane, answer.cause, answer.person_id) == (
        sample_cooperative.AWA,
        "answer",
        "sms:africastalking:id1",
        1,
    )


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


def out(*_):
    raise OperationalError("x", {}, Exception())


def test_a_webhook_only_writes_what_came(desk):
    inbound.take(desk.database, IncomingSms("id", sample_cooperative.AWA, "21512", "PROD thiof 25", None), desk.clock())
    [row] = desk.inbox()
    assert (row.state, row.word, row.text, desk.rows(Declaration), desk.answers()) == ("new", "PROD", "PROD thiof 25", [], [])


@pytest.mark.parametrize("text", ["mon code est 2468", "SOLDE 2468", "stop pin 2 4 6 8", "aide code secret 2468", "PRIX code 2468"])
def test_what_looks_like_a_code_is_not_kept(desk, text):
    inbound.take(desk.database, IncomingSms("id", sample_cooperative.AWA, "21512", text, None), desk.clock())
    if "PRIX" not in text:  # a word that needs what follows keeps it until it is worked on
        assert "2" not in desk.inbox()[0].text
    incoming_sms.work_on_all(desk.clerk, desk.clock())
    [row] = desk.inbox()
    assert "2" not in row.text
    assert row.state != "new"


def test_an_outage_leaves_an_sms_to_be_worked_on_again(desk, monkeypatch):
    real = handlers.answer
    monkeypatch.setattr(handlers, "answer", out)
    with pytest.raises(OperationalError):
        desk.say("PROD thiof 25")
    assert [(row.state, row.tries) for row in desk.inbox()] == [("new", 1)]
    desk.clock.forward(hours=2)
    monkeypatch.setattr(handlers, "answer", real)
    incoming_sms.work_on_all(desk.clerk, desk.clock())
    [made] = desk.rows(Declaration)
    assert made.declared_at == desk.clock() - timedelta(hours=2)
    assert [row.state for row in desk.inbox()] == ["handled"]


def test_one_that_is_cut_again_and_again_lets_the_others_pass_and_is_given_up(desk, monkeypatch):
    real = handlers.answer
    monkeypatch.setattr(handlers, "answer", lambda word, ask: out() if word == "PROD" else real(word, ask))
    with pytest.raises(OperationalError):
        desk.say("PROD thiof 25")
    with pytest.raises(OperationalError):
        desk.hear("AIDE", sample_cooperative.SHARED, "id2")
    assert [row.state for row in desk.inbox()] == ["new", "handled"]
    with pytest.raises(OperationalError):
        inbound.work(desk.clerk, desk.clock())
    assert inbound.work(desk.clerk, desk.clock())
    assert [row.state for row in desk.inbox()] == ["failed", "handled"]
    assert "Rien n'est enregistré" in desk.answers()[-1].text
    assert not inbound.work(desk.clerk, desk.clock())


def test_one_that_cant_even_be_answered_is_kept_and_nobody_waits_for_it(desk, monkeypatch):
    real = inbound.who_holds

    def broken(reader, phone):
        if phone == sample_cooperative.AWA:
            raise KeyError(phone)
        return real(reader, phone)

    monkeypatch.setattr(inbound, "who_holds", broken)
    assert desk.say("PROD thiof 25") is None
    assert desk.say("AIDE", sample_cooperative.SHARED)
    assert [(row.state, row.reason) for row in desk.inbox()] == [("failed", "it can't be handled"), ("handled", None)]


def test_sms_are_worked_on_in_the_order_they_came_by_one_worker_at_a_time(postgres_database, clock):
    """A second worker doesn't pass the first: STOP and START of one number must not change places."""
    sample_cooperative.build(postgres_database)
    desk = Desk(postgres_database, clock)
    for number, text in enumerate(("STOP", "START")):
        inbound.take(postgres_database, IncomingSms(f"id{number}", sample_cooperative.AWA, "21512", text, None), clock())
    with postgres_database.read() as reader, postgres_database.transaction() as session:
        first = inbox.oldest(reader)
        assert inbox.claim(session, first.id).text == "STOP"
        assert not inbound.work(desk.clerk, clock())
    incoming_sms.work_on_all(desk.clerk, clock())
    assert [row.given for row in sorted(desk.rows(Consent), key=lambda row: row.id)][-1] is True


def test_odd_ids_and_bytes_are_borne(desk):
    assert desk.say("PROD thiof 25\0", sms_id="i\0" * 60) is not None
    assert desk.say("\0\ud7ff" * 3000, sms_id="x" * 80) is not None
