"""Trainings by SMS: the list, a seat or the reason, a seat that is offered, the day's code, whether somebody works."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from app.coop.training import clock as sweeps
from app.coop.training.models import Attendance, PlacementQuestion, Training, TrainingApplication, TrainingDay
from app.gsm7 import septets
from tests import sample_cooperative, sample_declarations


@pytest.fixture
def market(desk):
    sample_declarations.appoint(desk.database)
    sample_declarations.women(desk.database, 3)
    with desk.database.transaction() as session:
        session.execute(
            update(Training).values(starts_on=date(2026, 12, 8), ends_on=date(2026, 12, 8), apply_until=date(2026, 12, 7))
        )
        days = dict.fromkeys(("starts_on", "ends_on", "apply_until"), date(2026, 12, 20))
        session.add(Training(title="Moteur hors-bord", place="Mbour", seats=1, min_age=16, max_age=35, **days))
        session.add(Training(title="Soudure", place="Mbour", seats=9, kind="pf2e", company_chooses=True, max_age=35, **days))
    return desk


WOMAN, OTHER = "+221770000201", "+221770000202"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("FORMATION", "1 Hygiène du poisson 08/12; 2 Moteur hors-bord 20/12; 3 Soudure 20/12"),
        ("formations svp", "Formations: 1"),
        ("Formation 1", "20 places libres, 16 à 60 ans. INSCRIRE 1 avant le 07/12"),
        ("FORMATION n° 3", "l'entreprise choisit"),
        ("FORMATION 9", "pas de formation ouverte sous ce numéro"),
        ("FORMATION x", "pas de formation ouverte sous ce numéro"),
        ("EMPLOI", "emploi"),
        ("INSCRIRE 1", "composez *384*44135# puis 5"),
        ("PRESENT 123456", "pas le code d'aujourd'hui"),
        ("EMPLOI OUI 123456", "pas de question"),
    ],
)
def test_anybody_is_answered(market, text, says):
    answer = market.say(text, sender=sample_cooperative.NOBODY)
    assert says in answer
    assert "CPS" not in answer
    assert septets(answer) <= 160


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("INSCRIRE 1", "une place pour vous: Hygiène du poisson, le 08/12/2026"),
        ("Inscrire 1 2000", "une place pour vous"),
        ("inscription à la formation n° 1 merci", "une place pour vous"),
        ("INSCRIRE 3", "INSCRIRE 3 et l'année"),
        ("INSCRIRE 3 2000", "L'entreprise choisit"),
        ("INSCRIRE 3 1980", "16 à 35 ans"),
        ("INSCRIRE 3 2008", "et l'année ou le jour"),
        ("INSCRIRE 3 01012010", "composez"),
        ("INSCRIRE 1 2090", "Cette année n'est pas possible"),
        ("INSCRIRE 1 29022005", "Ce jour n'existe pas"),
        ("INSCRIRE 9", "pas de formation ouverte"),
        ("INSCRIRE", "envoyez INSCRIRE et le numéro"),
        ("INSCRIRE -1", "envoyez INSCRIRE et le numéro"),
        ("INSCRIRE couture", "envoyez INSCRIRE et le numéro"),
    ],
)
def test_a_member_applies_or_hears_why_not(market, text, says):
    answer = market.say(text, sender=WOMAN)
    assert says in answer
    assert septets(answer) <= 160


@pytest.mark.parametrize("sender", [sample_cooperative.SHARED, sample_cooperative.NEW, sample_cooperative.BLOCKED])
def test_anyone_else_gets_the_string_to_dial(market, sender):
    assert "*384*44135#" in market.say("INSCRIRE 1", sender=sender)
    assert not market.rows(TrainingApplication)


def test_the_same_again_is_one_application(market, clock):
    first = market.say("INSCRIRE 1", sender=WOMAN)
    clock.forward(hours=2)
    assert market.say("INSCRIRE 1", sender=WOMAN) == first
    assert len(market.rows(TrainingApplication)) == 1


def offered(market, clock):
    assert "une place" in market.say("INSCRIRE 2", sender=WOMAN)
    assert "rang 1" in market.say("INSCRIRE 2", sender=OTHER)
    with market.database.transaction() as session:
        session.execute(update(TrainingApplication).where(TrainingApplication.member_id == 201).values(state="given_back"))
        sweeps.offer(session, clock())
    with market.database.read() as reader:
        return reader.scalar(select(TrainingApplication.code).where(TrainingApplication.member_id == 202))


def test_an_offered_seat_is_taken_from_the_number_that_applied(market, clock):
    code = offered(market, clock)
    assert "une place" not in market.say(f"OUI {code}", sender=WOMAN)
    assert "une place pour vous" in market.say(f"oui {code[:3]} {code[3:]}", sender=OTHER)
    assert "une place pour vous" in market.say(f"OUI {code}", sender=OTHER)
    assert "PRIX" in market.say("OUI 123456", sender=OTHER)


def test_an_offered_seat_is_not_taken_too_late(market, clock):
    code = offered(market, clock)
    clock.forward(hours=24, seconds=1)
    assert "trop tard" in market.say(f"OUI {code}", sender=OTHER)


def test_an_officers_code_still_sends(market):
    estimate = market.say("DIFF TOUS Venez samedi", sender=sample_declarations.SECRETARY)
    code = estimate.split("OUI ")[1][:6].split()[0]
    market.hear(f"OUI {code}", sample_declarations.SECRETARY, "yes")
    assert any("envoi 1" in row.text for row in market.answers())


def test_the_days_code_notes_who_is_there(market, clock):
    market.say("INSCRIRE 1", sender=WOMAN)
    clock.now = clock.now.replace(month=12, day=8)
    with market.database.transaction() as session:
        session.add(TrainingDay(training_id=1, on_day=date(2026, 12, 8), code="482137"))
    assert "présence notée" in market.say("PRESENT 482 137", sender=WOMAN)
    assert "présence notée" in market.say("present 482137 merci", sender=WOMAN)
    assert "pas le code" in market.say("PRESENT 482137", sender=OTHER)


def test_an_sms_from_a_familys_telephone_does_not_say_who_is_there(market, clock):
    for number in (1, 2):
        row = {"training_id": 1, "phone": "+221775550009", "name": f"Awa {number}", "state": "seated", "applied_at": clock()}
        with market.database.transaction() as session:
            session.add(TrainingApplication(**row, changed_at=clock(), channel="ussd", operation=f"family {number}"))
    with market.database.transaction() as session:
        session.add(TrainingDay(training_id=1, on_day=clock().date(), code="482137"))
    assert "plusieurs inscrits" in market.say("PRESENT 482137", sender="+221775550009")
    assert market.rows(Attendance) == []


def test_the_question_whether_she_works_is_answered_by_its_code(market, clock):
    market.say("INSCRIRE 1", sender=WOMAN)
    with market.database.transaction() as session:
        session.add(PlacementQuestion(application_id=1, months=3, code="482137", asked_at=clock() - timedelta(days=1)))
    assert "c'est noté" in market.say("EMPLOI NON 482137", sender=WOMAN)
    assert "c'est noté" in market.say("Emploi oui 482137", sender=WOMAN)
    assert "pas de question" in market.say("EMPLOI OUI 482137", sender=OTHER)
    assert [row.works for row in market.rows(PlacementQuestion)] == [True]
