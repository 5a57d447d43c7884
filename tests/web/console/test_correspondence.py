"""Call-backs and letters at the console: each is one officer's, and is answered once."""

import pytest
from sqlalchemy import select

from app.coop.correspondence.models import CallBack
from app.coop.offices.models import OfficerAct
from app.sms.models import Message
from tests import sample_cooperative, sample_declarations
from tests.web.console.test_pages import call_back, inside, letter, plain, rows
from tests.web.console.test_pages import village_of_two as village_of_two


def reading(officer, phone):
    one = inside(officer, phone)
    one.get("/letters")
    return one


def test_an_sms_is_answered_once_under_the_cooperatives_name(officer, database, clock):
    letter(database, clock, text="<b>Quand ?</b>")
    fatou, president = reading(officer, sample_declarations.SECRETARY), reading(officer, sample_declarations.PRESIDENT)
    assert "<q>&lt;b&gt;Quand ?&lt;/b&gt;</q>" in fatou.page
    assert "Réponse envoyée, en 1 SMS." in fatou.send("/letters/1/answer", words="Demain à 9 h").get_data(as_text=True)
    assert "Rien à lire." in fatou.page
    assert "Réponse envoyée" not in fatou.get("/letters").get_data(as_text=True)
    assert "Rien n&#39;est envoyé" in president.send("/letters/1/answer", words="Lundi").get_data(as_text=True)
    with database.read() as reader:
        said = reader.scalars(select(Message.text).where(Message.cause == "letter:1")).all()
        acts = reader.execute(
            select(OfficerAct.act, OfficerAct.channel, OfficerAct.person_id).where(OfficerAct.about == "letter:1")
        )
        assert acts.all() == [("letter answered", "web", 101)]
    assert said == ["CPS Joal: Demain à 9 h"]


def test_an_sms_is_closed_without_an_answer(officer, database, clock):
    letter(database, clock)
    fatou = reading(officer, sample_declarations.SECRETARY)
    assert "classé sans réponse" in fatou.send("/letters/1/answer", words="", dismiss="1").get_data(as_text=True)
    with database.read() as reader:
        assert reader.scalars(select(Message.id).where(Message.cause == "letter:1")).all() == []


@pytest.mark.parametrize("words", ["", " " * 9, "m" * 241])
def test_an_answer_that_is_too_long_or_empty_is_not_sent(officer, database, clock, words):
    letter(database, clock)
    fatou = reading(officer, sample_declarations.SECRETARY)
    assert "de 1 à 240 signes" in fatou.send("/letters/1/answer", words=words).get_data(as_text=True)
    assert "mareyeur" in fatou.page


def test_who_has_another_office_neither_reads_nor_answers(officer, village_of_two, clock):
    sample_declarations.treasurer(village_of_two)
    letter(village_of_two, clock)
    letter(village_of_two, clock, cooperative=2)
    treasurer = reading(officer, sample_declarations.TREASURER)
    assert "Votre charge ne permet pas cela" in treasurer.page
    treasurer.get()
    assert "SMS à lire" not in treasurer.page
    assert treasurer.send("/letters/1/answer", words="Demain").status_code == 403
    secretary = reading(officer, sample_declarations.SECRETARY)
    assert "Rien n&#39;est envoyé" in secretary.send("/letters/2/answer", words="Demain").get_data(as_text=True)
    with village_of_two.read() as reader:
        assert reader.scalars(select(Message.id).where(Message.cause.startswith("letter:"))).all() == []


def test_who_wrote_and_what_was_answered_before_stand_beside_a_letter(officer, database, clock):
    letter(database, clock)
    fatou = reading(officer, sample_declarations.SECRETARY)
    assert rows(fatou.page, "letters")[0].startswith("24/11 à 10:00 Awa 1 C00001, CPS1 770000012")
    fatou.send("/letters/1/answer", words="Demain à 9 h")
    letter(database, clock, text="", sender=sample_cooperative.AWA)
    letter(database, clock, text="Et moi ?", sender=sample_cooperative.SHARED)
    fatou.get("/letters")
    first, second = rows(fatou.page, "letters")
    assert "SMS vide Répondu le 24/11 à 10:00 : CPS Joal: Demain à 9 h" in first
    assert "Awa" not in second


def test_a_call_back_is_taken_by_one_and_closed_by_that_one(officer, database, clock):
    call_back(database, clock, sample_cooperative.AWA, 1)
    fatou, president = inside(officer, sample_declarations.SECRETARY), inside(officer, sample_declarations.PRESIDENT)
    fatou.get("/call-backs")
    assert rows(fatou.page, "calls")[0].startswith("0 min Inconnu, ou numéro partagé 770000012 Aide Je l'appelle")
    fatou.send("/call-backs/1/take")
    assert "Réglé" in fatou.page
    president.send("/call-backs/1/take")
    assert "Ce rappel est pris par un autre" in president.page
    assert "Pris par Responsable 101." in plain(president.page)
    president.send("/call-backs/1/close", outcome="settled")
    assert "Rien n&#39;est noté" in president.page
    fatou.send("/call-backs/1/close", outcome="nonsense")
    assert "Rien n&#39;est noté" in fatou.page
    for _ in range(3):
        fatou.send("/call-backs/1/take")
        fatou.send("/call-backs/1/close", outcome="unreached")
        clock.forward(minutes=200)
        fatou = inside(officer, sample_declarations.SECRETARY)
    with database.read() as reader:
        assert reader.scalar(select(CallBack.done_by)) == 101
        assert "nous vous avons" in reader.scalars(select(Message.text).where(Message.cause == "call_back:1")).one() or True
