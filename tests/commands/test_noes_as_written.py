"""A no as people write it is done where it is alone with its reference; else the answer names the line to send."""

from decimal import Decimal

import pytest

from app.coop.production import assisted_acts
from app.coop.production.models import Declaration
from app.gsm7 import septets
from tests import sample_declarations
from tests.acts import by


@pytest.fixture
def done(desk):
    """Declare for Awa, by an officer, and give the desk with the reference."""
    sample_declarations.appoint(desk.database)
    with desk.database.transaction() as session:
        clerk = by(sample_declarations.CLERK, "assist", desk.clock(), channel="bureau")
        made = assisted_acts.declare(session, clerk, 1, 1, Decimal(25))
        return desk, made.declaration.reference


def state(desk):
    return [row.state for row in desk.rows(Declaration)]


@pytest.mark.parametrize(
    "text",
    [
        "Envoyez NON {}",
        "{} NON",
        "Réf {} non",
        "Pas d'accord ? NON {}",
        "NON n° {}",
        "NON ma déclaration {}",
        "annulez {}",
        "Annuler ma declaration {}",
        "Bonjour, veuillez annuler la réf {} svp",
    ],
)
def test_one_reference_and_one_plain_word_are_done(done, text):
    desk, reference = done
    assert "annulée" in desk.say(text.format(reference))
    assert state(desk) == ["cancelled"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Je conteste {}", "NON"),
        ("{} ce n'est pas moi qui ai déclaré ça", "NON"),
        ("Jappoo: déclaré pour vous: réf {}. Pas d'accord ? je ne comprends pas", "NON"),
        ("Envoyez STOP {}", "NON"),
        ("ANNULER {} et recommencer", "ANNULER"),
    ],
)
def test_else_the_line_to_send_is_named(done, text, line):
    desk, reference = done
    said = desk.say(text.format(reference))
    assert (f"{line} {reference}" in said, "rien n'est annulé" in said, septets(said) <= 160) == (True, True, True)
    assert state(desk) == ["declared"]


def test_a_letter_with_a_reference_is_still_a_letter_and_anothers_names_nothing(done):
    desk, reference = done
    desk.say(f"{reference} ce n'est pas moi qui ai déclaré ça")
    assert desk.inbox()[-1].state == "unparsed"
    assert "un responsable lira" in desk.say(f"{reference} ce n'est pas moi", sender=sample_declarations.SECRETARY)
    assert "un chiffre est faux" in desk.say("ANNULER 623591 et recommencer")
    assert "ANNULER 623590" in desk.say("il faudrait m'annuler 623590 demain")


def test_an_officers_own_declaration_is_no_broadcast(done):
    desk, _ = done
    said = desk.say("ANNULER 623590 et recommencer", sender=sample_declarations.SECRETARY)
    assert "ANNULER 623590" in said
