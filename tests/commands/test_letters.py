"""What no command understands is a letter: an officer of the sender's co-operative is told, reads it and answers, once."""

import json
import re

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app import texts
from app.cli.sms import sms
from app.coop.correspondence import inbox
from app.coop.offices.models import OfficerAct
from app.gsm7 import septets
from app.sms.models import Inbound, Message
from tests import sample_cooperative, sample_declarations

QUESTION = "Est-ce que la pesée est à 7h demain ?"


@pytest.fixture
def office(desk):
    """A desk on the quay, with officers."""
    sample_declarations.appoint(desk.database)
    return desk


def told(desk):
    return [(row.to_number, row.text) for row in desk.rows(Message) if row.purpose == "task"]


def waiting(desk, cooperative=1):
    with desk.database.read() as reader:
        return [letter.text for letter in inbox.unread(reader, cooperative)]


def replied(desk, words, sender=sample_declarations.SECRETARY):
    """Write an answer and send it by its code; give the answer to `OUI`."""
    ready = desk.say(words, sender=sender)
    code = re.search(r"OUI (\d{4})", ready)
    return desk.say(f"OUI {code[1]}", sender=sender) if code else ready


def sent(desk, to=sample_cooperative.AWA):
    return [row.text for row in desk.answers() if row.to_number == to][-1]


def test_the_secretary_is_told_once_an_hour_and_not_who_or_what(office):
    for _ in range(3):
        assert "un responsable lira" in office.say(QUESTION, sender=sample_cooperative.AWA)
        office.clock.forward(minutes=25)
    office.say("et la glace ?", sender=sample_cooperative.SHARED)
    assert told(office) == [(sample_declarations.SECRETARY, texts.say("letter_waits", code="*384*44135#"))] * 2
    assert septets(texts.say("letter_waits", code="*384*44135#")) <= 160
    assert septets(texts.say("listed", phone="+221770000012")) <= 160
    assert waiting(office) == [QUESTION] * 3 + ["et la glace ?"]


def test_without_a_secretary_whoever_reads_is_told_and_never_the_writer(office):
    office.say(QUESTION, sender=sample_declarations.SECRETARY)
    assert [number for number, _ in told(office)] == [sample_declarations.PRESIDENT]


def test_who_is_of_no_co_operative_writes_to_the_federation(office):
    office.say(QUESTION, sender=sample_cooperative.NOBODY)
    assert (waiting(office), waiting(office, None)) == ([], [QUESTION])
    assert "déjà traité" in office.say("REPONDRE 1 oui", sender=sample_declarations.SECRETARY)
    assert "envoyée" in replied(office, "REPONDRE 1 oui", sample_declarations.ADMINISTRATOR)
    assert (sent(office, sample_cooperative.NOBODY), told(office)) == ("La fédération: oui", [])


@pytest.mark.parametrize(
    "words",
    [
        "REPONDRE n° 1 Oui à 7h",
        "Répondre au message 1: Oui à 7h",
        "REPONDRE numéro 1, Oui à 7h",
        "Bonjour, REPONDRE 1 Oui à 7h",
        "Re: REPONDRE 1 Oui à 7h",
        "REPONDRE 1 Oui à 7h\n\nEnvoyé depuis mon Samsung",
        "REPONDRE 1 Oui à 7h\n-- \nAwa Diop",
    ],
)
def test_what_stands_around_an_answer_is_none_of_it(office, words):
    office.say(QUESTION)
    assert 'lira: "CPS Joal: Oui à 7h" (1 SMS)' in office.say(words, sender=sample_declarations.SECRETARY)


@pytest.mark.parametrize("words", ["Oui - venez", "Argent envoyé par Wave"])
def test_an_answers_own_words_stay(office, words):
    office.say(QUESTION)
    assert f'lira: "CPS Joal: {words}"' in office.say(f"REPONDRE 1 {words}", sender=sample_declarations.SECRETARY)


@pytest.mark.parametrize(
    "words", [f"{command} Oui, à 7h. Apportez la carte." for command in ("REPONDRE 1", "répondre: 1,", "Re\u0301pondre1:")]
)
def test_an_officer_answers_by_sms_in_the_co_operatives_name(office, words):
    office.say(QUESTION)
    assert replied(office, words, sample_declarations.PRESIDENT) == "Jappoo: réponse au message 1 envoyée, 1 SMS. Reste à lire: 0."
    assert sent(office) == "CPS Joal: Oui, à 7h. Apportez la carte."
    assert waiting(office) == []
    [act] = office.rows(OfficerAct)
    assert (act.act, act.about, act.person_id, act.channel) == ("letter answered", "letter:1", 102, "sms")
    [row] = [row for row in office.rows(Inbound) if row.id == 1]
    assert (row.closed_at, row.closed_by) == (office.clock(), 102)


def test_an_answer_is_read_back_and_leaves_once_by_its_code(office):
    office.say(QUESTION)
    ready = office.say("REPONDRE 1 Oui, à 7h.", sender=sample_declarations.SECRETARY)
    code = re.search(r"OUI (\d{4}) \(15 min\)", ready)[1]
    assert ready.startswith('770000012 lira: "CPS Joal: Oui, à 7h." (1 SMS). Envoyer: OUI')
    assert [row.text for row in office.answers() if row.cause == "letter:1"] == []
    assert "pas le bon" in office.say(f"OUI {(int(code) + 1) % 10_000:04d}", sender=sample_declarations.SECRETARY)
    assert "PRIX, SOLDE" in office.say(f"OUI {code}", sender=sample_cooperative.AWA)
    first = office.say(f"OUI {code}", sender=sample_declarations.SECRETARY)
    assert "envoyée" in first
    assert office.say(f"OUI {code}", sender=sample_declarations.SECRETARY) == first
    assert [row.text for row in office.answers() if row.cause == "letter:1"] == ["CPS Joal: Oui, à 7h."]


def test_an_answers_code_dies_after_a_quarter_of_an_hour(office):
    office.say(QUESTION)
    code = re.search(r"OUI (\d{4})", office.say("REPONDRE 1 oui", sender=sample_declarations.SECRETARY))[1]
    office.clock.forward(minutes=15)
    assert "périmé" in office.say(f"OUI {code}", sender=sample_declarations.SECRETARY)
    assert waiting(office) == [QUESTION]


def test_the_second_officer_is_told_that_it_is_done_and_nothing_more_is_sent(office):
    office.say(QUESTION)
    ready = office.say("REPONDRE 1 non", sender=sample_declarations.PRESIDENT)
    replied(office, "REPONDRE 1 oui")
    assert "déjà traité" in office.say(f"OUI {re.search(r'OUI ([0-9]+)', ready)[1]}", sender=sample_declarations.PRESIDENT)
    assert "déjà traité" in office.say("REPONDRE 1 non", sender=sample_declarations.PRESIDENT)
    assert sent(office) == "CPS Joal: oui"
    assert len(office.rows(OfficerAct)) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("REPONDRE", "envoyez REPONDRE"),
        ("REPONDRE 1", "envoyez REPONDRE"),
        ("REPONDRE oui", "envoyez REPONDRE"),
        ("REPONDRE merci de répondre 1 fois", "envoyez REPONDRE"),
        ("REPONDRE 99 oui", "déjà traité"),
        ("REPONDRE 1 " + "a" * 241, "trop longue"),
    ],
)
def test_what_isnt_clear_sends_nothing(office, words, said):
    office.say(QUESTION)
    answer = office.say(words, sender=sample_declarations.SECRETARY)
    assert (said in answer, "Rien n'est envoyé" in answer, septets(answer) <= 160) == (True, True, True)
    assert waiting(office) == [QUESTION]


def test_a_member_and_an_officer_of_elsewhere_answer_nothing(office):
    office.say(QUESTION)
    assert "PRIX" in office.say("REPONDRE 1 oui")
    assert "pas de votre CPS" in office.say("REPONDRE 1 oui", sender=sample_declarations.ADMINISTRATOR)
    assert waiting(office) == [QUESTION]


def test_commands_and_machines_are_no_letters(office):
    for text in ("PRIX", "STOP", "PROD"):
        office.say(text)
    office.say(QUESTION, sender="21512")
    office.say(QUESTION, sender="Orange")
    assert waiting(office) == waiting(office, None) == told(office) == []


@pytest.mark.parametrize(
    ("sender", "reason"),
    [
        ("21512", "our own number"),
        ("21513", "a short number"),
        ("+1", "a short number"),
        ("CARE", "a name, not a number"),
        ("*384444#", "not a person's number"),
    ],
)
def test_why_a_machine_isnt_answered_is_written_down(desk, sender, reason):
    desk.say("AIDE", sender=sender)
    assert [(row.state, row.reason) for row in desk.inbox()] == [("ignored", reason)]


def test_an_operator_lists_and_answers_in_an_officers_name(office, monkeypatch):
    office.say(QUESTION)
    monkeypatch.setenv("DATABASE_URL", office.database.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("JAPPOO_ENV", "test")

    def ran(*arguments):
        return CliRunner().invoke(sms, list(arguments))

    [row] = json.loads(ran("inbox", "--cooperative", "CPS1", "--json").stdout)
    assert (row["number"], row["text"]) == (sample_cooperative.AWA, QUESTION)
    assert ran("inbox").stdout == ""
    assert ran("inbox", "--cooperative", "CPS9").exit_code == 1
    assert ran("answer", str(row["id"]), "Oui", "--by", sample_cooperative.AWA).exit_code == 1
    assert ran("answer", str(row["id"]), "Oui", "--by", sample_declarations.SECRETARY).stdout == "queued, 1 part\n"
    assert ran("answer", str(row["id"]), "Oui", "--by", sample_declarations.SECRETARY).exit_code == 1
    assert sent(office) == "CPS Joal: Oui"
    assert ran("optouts").stdout == ""
    with office.database.read() as reader:
        assert reader.scalars(select(OfficerAct.channel)).all() == ["cli"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Mon code secret 2468 ne marche pas", "Mon code secret **** ne marche pas"),
        ("code:2468. merci", "code:****. merci"),
        ("SOLDE 2468", "SOLDE ****"),
        ("mon PIN est 24 68", "mon PIN est ****"),
        ("pin2468", "pin****"),
        ("On m'a payé 2500 F au lieu de 3500 F", "On m'a payé 2500 F au lieu de 3500 F"),
        ("le code a 6 chiffres: 482190", "le code a 6 chiffres: ******"),
    ],
)
def test_a_pin_in_a_letter_is_kept_nowhere(office, text, kept):
    office.say(text)
    assert [row.text for row in office.inbox()] == [kept]


def test_a_machine_that_writes_of_a_code_is_still_a_machine(office):
    said = [office.say("votre code est 482190") for _ in range(3)]
    assert [words is None for words in said] == [False, False, True]
