"""An officer reads on a basic phone what members wrote, and answers."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.coop.offices.models import OfficerAct
from app.sms.models import Message
from tests import incoming_sms, sample_cooperative, sample_declarations

TEXT = "La pirogue de Mbissel est cassée, qui peut venir aider demain ?"


@pytest.fixture
def reading(line, database):
    with database.transaction() as session:
        for number in ("1", "2"):
            incoming_sms.letter(session, f"{TEXT} {number}", sample_cooperative.AWA, datetime.now(UTC))

    def open_list(phone=sample_declarations.SECRETARY):
        talk = line(phone)
        talk.dial(["8", "6"])
        talk.type("2468")
        return talk, talk.type("2")

    return open_list


def test_an_answer_is_read_before_it_is_paid_and_sent_once(reading, database):
    talk, said = reading()
    assert "1 0 min 770000012 La pirogue de Mb" in said
    assert f"Message 1: 770000012, {datetime.now(UTC):%d/%m}: {TEXT.split(',')[0]}" in talk.type("1")
    assert "Votre réponse à 770000012" in talk.type("1")
    asked = talk.type("Moussa vient à 8h.")
    assert "Moussa vient à 8h. (1 SMS, 20 F)" in asked
    said = talk.type("1")
    assert said.startswith("Réponse envoyée.\nMessages à lire:")
    assert said.count("770000012") == 1
    with database.read() as reader:
        assert reader.scalars(select(Message.text).where(Message.purpose == "answer")).all() == ["CPS Joal: Moussa vient à 8h."]
        assert reader.execute(select(OfficerAct.act, OfficerAct.about, OfficerAct.channel)).all() == [
            ("letter answered", "letter:1", "ussd")
        ]


def test_a_letter_is_closed_without_an_answer(reading, database):
    talk, _ = reading()
    talk.type("1")
    assert "classer sans réponse" in talk.type("2")
    assert "Classé sans réponse." in talk.type("1")
    with database.read() as reader:
        assert reader.scalars(select(Message.purpose)).all() == []
        assert reader.scalars(select(OfficerAct.act)).all() == ["letter dismissed"]


def test_of_two_officers_one_answers(reading, database):
    first, _ = reading()
    second, _ = reading(sample_declarations.PRESIDENT)
    for talk in (first, second):
        talk.type("1")
        talk.type("1")
        talk.type("oui")
    assert "Réponse envoyée." in first.type("1")
    assert "Rien n'est changé" in second.type("1")
    with database.read() as reader:
        assert len(reader.scalars(select(Message.id).where(Message.purpose == "answer")).all()) == 1


def test_an_empty_list_and_an_answer_too_long(reading):
    talk, said = reading(sample_declarations.ADMINISTRATOR)
    assert "Aucun message à lire" in said
    talk, _ = reading()
    talk.type("1")
    talk.type("1")
    assert "Trop long" in talk.type("a" * 121)


def test_all_that_one_number_wrote_is_closed_at_once(reading, database):
    with database.transaction() as session:
        incoming_sms.letter(session, "Merci", sample_cooperative.SHARED, datetime.now(UTC))
    talk, _ = reading()
    talk.type("1")
    assert "classer tous ses messages" in talk.type("3")
    said = talk.type("1")
    assert said.startswith("Classé: 2 messages.\nMessages à lire:\n1 0 min")
    assert "770000012" not in said
    with database.read() as reader:
        assert reader.scalars(select(OfficerAct.act)).all() == ["letter dismissed"] * 2
