"""What `DIFF` and `URGENT` answer: to whom, what it costs, when; and what is asked about or refused."""

import msgspec
import pytest
from sqlalchemy import update

from app.coop.cooperatives.models import Commune, Cooperative
from app.coop.members.models import Member
from app.sms.broadcasts.models import Broadcast
from tests import sample_cooperative, sample_declarations
from tests.commands.broadcast_office import ALL, TEXT, code_in, office
from tests.commands.conftest import TERMS

__all__ = ["office"]


def test_an_estimate_says_everything_in_one_part_and_sends_nothing(office):
    said = office.ask(f"diff  tous {TEXT}")
    for what in (
        "tous, CPS1",
        f"{ALL} numéros",
        "1 SMS chacun",
        "480 F",
        "Dès OUI, fin 10:00",
        '"CPS Joal: Réunion demain',
        "Gratuit",
    ):
        assert what in said
    assert office.answers()[-1].parts <= 2
    assert office.sent() == []
    assert [row.state for row in office.broadcasts()] == ["estimated"]


def test_the_same_text_within_ten_minutes_is_asked_again(office, clock):
    office.ordered()
    clock.forward(minutes=9)
    said = office.ask("DIFF tous réunion DEMAIN à 9h  au quai, venez")
    assert said.startswith("Meme texte déjà envoyé à 10:00 (1). Encore ?")
    assert "envoi 2:" in office.ask(f"OUI {code_in(said)}")
    clock.forward(minutes=11)
    assert "Encore" not in office.ask(f"DIFF TOUS {TEXT}")


@pytest.mark.parametrize(
    ("sender", "audience", "again"),
    [
        (sample_declarations.SECRETARY, "CPS1", True),
        (sample_declarations.SECRETARY, "toutes + joal", True),
        (sample_declarations.ADMINISTRATOR, "TOUS", True),
        (sample_declarations.ADMINISTRATOR, "CPS1", True),
        (sample_declarations.ADMINISTRATOR, "CPS2", False),
    ],
)
def test_the_same_text_to_the_same_people_is_asked_again_by_whatever_word(office, sender, audience, again):
    with office.database.transaction() as session:
        session.add(Commune(id=2, name="Mbour"))
        session.flush()
        session.add(
            Cooperative(
                id=2,
                code="CPS2",
                name="CPS Mbour",
                commune_id=2,
                filiere_id=1,
                legal_form="AER",
                created_at=sample_cooperative.LONG_AGO,
            )
        )
        session.execute(update(Member).where(Member.id == 1).values(cooperative_id=2))
    office.ordered()
    assert ("Encore ?" in office.ask(f"DIFF {audience} {TEXT}", sender)) is again


def test_two_officers_with_one_text_are_asked_again(office, clock):
    mine, theirs = (
        code_in(office.ask(f"DIFF TOUS {TEXT}", who)) for who in (sample_declarations.SECRETARY, sample_declarations.PRESIDENT)
    )
    clock.forward(minutes=1)
    office.ask(f"OUI {mine}")
    assert "Encore ?" in office.ask(f"OUI {theirs}", sample_declarations.PRESIDENT)
    assert office.sent(2) == []


def test_the_text_leaves_as_typed_and_dear_letters_are_named(office):
    office.ordered("DIFF TOUS Ça: l'été,  À 9h! Noël?")
    assert office.sent()[0].text == "CPS Joal: Ça: l'été, À 9h! Noël?"
    long = "Réunion à la forêt: apportez vos reçus et vos carnets, soyez sûrs de venir à 9h précises"
    said = office.ask(f"DIFF TOUS {long}")
    assert "1 SMS chacun, 480 F. Tel que tapé: 2 SMS, 960 F, à cause de: e circonflexe" in said


def test_what_cant_be_sent_is_said_and_kept_as_it_was(office):
    cases = {
        "DIFF TOUS": "par exemple DIFF",
        "URGENT": "par exemple URGENT",
        "DIFF PECH Bonjour": "Vouliez-vous PECHE",
        "DIFF TOUS @midi Bonjour": "heure pas comprise",
        "DIFF TOUS @24/12 9h Noël": "plus de 7 jours",
        "URGENT TOUS @18:30 Vent": "tout de suite",
        "DIFF TOUS " + "long " * 200: "trop long",
        "DIFF TRESORIERS Bonjour": "personne à joindre",
        "OUI": "par exemple OUI",
        "ETAT": "aucun envoi",
        "ETAT 7": "aucun envoi 7",
        "ANNULER": "aucun envoi",
        "MEMBRE": "par exemple MEMBRE",
    }
    for text, words in cases.items():
        assert words in office.ask(text), text
        assert office.answers()[-1].parts == 1
    assert office.broadcasts() == []


def test_a_number_gets_only_so_many_a_day(office, clock):
    office.clerk = msgspec.structs.replace(office.clerk, terms=msgspec.structs.replace(TERMS, a_day=2))
    office.ordered("DIFF SECRETAIRES Un")
    office.ordered("DIFF TOUS Deux")
    assert f"{ALL - 1} numéros (1 en a déjà eu 2)" in office.ask("DIFF TOUS Trois")
    assert f"{ALL} numéros" in office.ask("URGENT TOUS Trois")
    clock.forward(hours=24, minutes=1)
    assert f"{ALL} numéros. " in office.ask("DIFF TOUS Trois")


def test_an_alert_that_the_rate_cant_bring_in_time_is_refused(office):
    slow = msgspec.structs.replace(TERMS, rate=1)
    office.clerk = msgspec.structs.replace(office.clerk, terms=slow)
    office.ordered("URGENT TOUS " + "Vent violent. " * 12)
    office.change(update(Broadcast).values(recipients=10_790, parts=1))
    assert "3 h 01 d'envoi" in office.ask("URGENT TOUS Tempête")
    assert "12 h" not in office.ask("DIFF TOUS Tempête")


def test_an_alert_waits_for_those_that_should_have_left_by_now(office, clock):
    office.ordered("URGENT TOUS Vent violent")
    office.change(update(Broadcast).values(recipients=60 * 60 * 50 * 3))
    clock.forward(minutes=5)
    assert office.broadcasts()[0].ends_at < clock()
    assert "3 h 01 d'envoi avec ce qui attend déjà" in office.ask("URGENT TOUS Tempête")
    assert office.answers()[-1].parts == 1


def test_a_broadcast_says_who_writes_and_is_counted_so(office):
    said = office.ask(f"DIFF TOUS {'Venez tous ' * 14}")
    assert '"CPS Joal: Venez tous' in said
    assert "2 SMS chacun" in said
    office.ordered("DIFF TOUS Pesée à 7h")
    office.ordered("URGENT TOUS Tempête, restez à terre")
    office.ordered("DIFF SECRETAIRES Bonjour", sample_declarations.ADMINISTRATOR)
    texts = {message.text for number in (2, 3, 4) for message in office.sent(number)}
    assert texts == {"CPS Joal: Pesée à 7h", "ALERTE CPS Joal: Tempête, restez à terre", "La fédération: Bonjour"}


def test_an_estimate_fills_in_nothing_of_the_officers_words(office):
    text = "Prix {cost} {code} {balance}"
    said = office.ask(f"DIFF TOUS {text}")
    assert f'"CPS Joal: {text}"' in said
    assert "Gratuit." in said
    office.ask(f"OUI {code_in(said)}")
    assert {message.text for message in office.sent()} == {f"CPS Joal: {text}"}


@pytest.mark.parametrize(("signs", "named"), [("🐟🎉", "🐟 🎉"), ("鱼", "鱼"), ("🐟🎉🌊🦐🐠🦀🐚🚤⛵", "🐟 🎉 🌊")])
def test_what_would_leave_as_question_marks_is_refused_by_name(office, signs, named):
    said = office.ask(f"DIFF TOUS Grand marché au poisson samedi matin au quai, venez nombreux avec vos familles {signs}")
    assert named in said
    assert "Rien n'est envoyé" in said
    assert (office.answers()[-1].parts, office.broadcasts()) == (1, [])
    assert "OUI" in office.ask("DIFF TOUS Marché samedi 🐟 ?")
    assert "OUI" in office.ask(f"DIFF TOUS Ëst-ce clair ? {'Très bien. ' * 9}")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Pesée demain 8h au quai", 'Lu mer 25/11, "demain" sera jeu 26/11: exact ?'),
        ("Réunion ce soir", 'Lu mer 25/11, "ce soir" sera mer 25/11: exact ?'),
        ("Ëllëg suba pesée", "sera jeu 26/11"),
        ("Pesée aujourd’hui", "sera mer 25/11"),
        ("Pesée jeudi 26 à 8h", None),
        ("Les lendemains", None),
    ],
)
def test_a_day_that_will_mean_another_is_asked_about(office, clock, text, asked):
    assert "exact ?" not in office.ask(f"DIFF TOUS {text}")
    clock.forward(hours=12)  # 22:00
    said = office.ask(f"DIFF TOUS {text}")
    assert (asked in said) if asked else ("exact ?" not in said)


def test_the_estimate_says_what_is_left_of_the_day(office):
    assert "Reste 100 000 F." in office.ask(f"DIFF TOUS {TEXT}")
    assert "Reste 1" not in office.ask("URGENT TOUS Vent fort")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("DIFF PECHE JOAL Réunion", "PECHE+JOAL ? Alors"),
        ("DIFF TOUS demain 7h Pesée", "Départ @demain 7h ?"),
        ("DIFF TOUS à 18h30 Pesée", "Départ @à 18h30 ? Alors renvoyez avec @ devant le texte."),
        ("DIFF TOUS @18h demain Pesée", "Départ @demain 18:00 ? Alors renvoyez avec @ devant le texte."),
        ("DIFF TOUS @18h, ven: Pesée", "Départ @ven 18:00 ?"),
        ("DIFF TOUS @18h 27/11 Pesée", "Départ @27/11 18:00 ?"),
        ("DIFF TOUS @9h demain Pesée", ""),
        ("DIFF TOUS @18h aujourd'hui Pesée", ""),
        ("DIFF TOUS @18h Mer agitée, restez à terre", ""),
        ("DIFF TOUS @18h à la pesée", ""),
        ("DIFF PECHE et JOAL Pesée", "PECHE+JOAL ? Alors renvoyez ainsi."),
        ("DIFF PECHE & JOAL Pesée", "PECHE+JOAL ? Alors renvoyez ainsi."),
        ("DIFF TOUS Pesée @18:30", "Départ @18:30 ? Alors renvoyez avec @ devant le texte."),
        ("DIFF TOUS Pesée au quai (@ demain à 7h) venez", "Départ @demain à 7h ?"),
        ("DIFF TOUS @18h Pesée @19h", ""),
        ("URGENT TOUS Tempête @18h", ""),
        ("DIFF TOUS Ecrivez à cps@joal 7h", ""),
        ("DIFF TOUS Pesée à 7h", ""),
        ("DIFF TOUS Réunion à Joal", ""),
        ("DIFF PECHE+JOAL Réunion", ""),
        ("DIFF TOUS Tous au quai", ""),
    ],
)
def test_what_looks_like_an_audience_or_an_hour_in_a_text_is_asked_about(office, text, asked):
    said = office.ask(text)
    assert asked in said
    assert ("Alors renvoyez" in said) is bool(asked)
    assert code_in(said)
