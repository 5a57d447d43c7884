"""`IDEE` and `SOUTENIR`: proposed and supported by SMS, once, by who holds the number alone."""

import pytest

from app.coop.ideas import services, voices
from app.coop.ideas.models import Idea
from tests import sample_boutiques, sample_declarations
from tests.acts import by, own
from tests.sample_cooperative import AWA, NOBODY, SHARED


@pytest.fixture
def source(desk, clock):
    """Give an idea of a woman's that can be supported."""
    database = desk.database
    sample_declarations.appoint(database)
    sample_declarations.women(database, 1)
    sample_boutiques.federation(database, clock())
    with database.transaction() as session:
        services.propose(session, own(201, "idea", clock()), "Elever des huitres")
        services.publish(session, by(sample_declarations.CLERK, "publish", clock()), 1)


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize(
    "text",
    [
        "IDEE\nsécher les mangues",
        "Bonjour, idée : sécher les mangues",
        "Idees sécher les mangues\n\nEnvoyé depuis mon Samsung",
        "IDÉE\u00a0sécher les mangues",
        "IDE sécher les mangues",
    ],
)
def test_an_idea_is_all_that_stands_behind_its_word(desk, text):
    assert "idée 2 notée" in desk.say(text, AWA)
    assert desk.rows(Idea)[-1].words == "sécher les mangues"


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize(
    ("sender", "text", "said"),
    [
        (AWA, "idée sécher les mangues", "idée 2 notée"),
        (AWA, "IDEE: sécher les mangues. Merci", "idée 2 notée"),
        (AWA, "IDEE", "Dites-le en quelques mots"),
        (AWA, "IDEE 😀", "Dites-le en quelques mots"),
        (AWA, "IDEE appelez le 771234567", "Sans numéro"),
        (AWA, "Soutenir 1", "idée 1: 0 voix, 1 par SMS"),
        (AWA, "SOUTENIR 99", "ne prend pas de voix"),
        (AWA, "SOUTENIR huitres", "envoyez SOUTENIR et le numéro"),
        (NOBODY, "IDEE sécher les mangues", "pas celui d'un membre"),
        (SHARED, "SOUTENIR 1", "sert à plusieurs"),
    ],
)
def test_what_is_answered(desk, sender, text, said):
    assert said in desk.say(text, sender)


@pytest.mark.usefixtures("source")
def test_a_voice_that_moves_says_from_where(desk, clock):
    with desk.database.transaction() as session:
        services.propose(session, own(201, "other", clock()), "Secher les mangues")
        services.publish(session, by(sample_declarations.CLERK, "publish:2", clock()), 2)
    assert "1 par SMS" in desk.say("SOUTENIR 1")
    assert "idée 2: 0 voix, 1 par SMS. Votre voix quitte l'idée 1" in desk.say("SOUTENIR 2")


@pytest.mark.usefixtures("source")
def test_a_voice_of_the_pin_is_not_moved_by_sms(desk, clock):
    with desk.database.transaction() as session:
        services.propose(session, own(201, "other", clock()), "Secher les mangues")
        services.publish(session, by(sample_declarations.CLERK, "publish:2", clock()), 2)
        voices.support(session, own(1, "pin", clock()), 1, by_pin=True)
    assert "à l'idée 1" in desk.say("SOUTENIR 2")
    assert "compte déjà" in desk.say("SOUTENIR 1")
