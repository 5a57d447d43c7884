"""`BOUTIQUE` for anybody, `ACHAT` for members."""

import pytest
from sqlalchemy import update

from app.coop.boutiques.models import Offer
from app.gsm7 import fold
from tests.sample_cooperative import AWA, NOBODY, SHARED


@pytest.mark.parametrize(
    ("sender", "text", "said"),
    [
        (NOBODY, "BOUTIQUE", "1 Keccax en sachet 1 500 F"),
        (NOBODY, "boutique 1", "Keccax en sachet: 1 500 F par sachet, reste 40 sachets, Mbour"),
        (AWA, "BOUTIQUE 9", "pas d'offre"),
        (NOBODY, "BOUTIQUE n°1", "Keccax en sachet: 1 500 F"),
        (AWA, "Achat 1 2", "Code de retrait"),
        (AWA, "ACHAT n° 1 2", "Code de retrait"),
        (AWA, "ACHAT 1 2 sachets svp", "Code de retrait"),
        (AWA, "ACHAT 1 2 Awa", "Code de retrait"),
        (AWA, "ACHAT 1 2 kg", "Keccax en sachet se compte en sachets, pas en kg"),
        (AWA, "ACHAT 1 2 caisses svp", "se compte en sachets, pas en caisses"),
        (AWA, "ACHAT 1 30 F", "envoyez ACHAT"),
        (AWA, "ACHAT 1 2 %", "envoyez ACHAT"),
        (AWA, "ACHAT 1 41", "il en reste 40"),
        (AWA, "ACHAT 9 1", "plus rien"),
        (AWA, "ACHAT 1", "envoyez ACHAT"),
        (AWA, "ACHAT 1 0", "envoyez ACHAT"),
        (AWA, "ACHAT keccax 2", "envoyez ACHAT"),
        (NOBODY, "ACHAT 1 2", "pour les membres"),
        (SHARED, "ACHAT 1 2", "pour les membres"),
    ],
)
def test_what_is_answered(desk, sender, text, said):
    assert said in desk.say(text, sender)


def test_a_name_with_letters_that_no_sms_has_is_read_all_the_same(desk):
    with desk.database.transaction() as session:
        session.execute(update(Offer).values(name="Pâte d'arachide"))
    assert "1 Pate d'arachide 1 500 F" in fold(desk.say("BOUTIQUE", NOBODY))


def test_the_same_order_within_half_an_hour_has_the_first_code(desk, clock):
    first = desk.say("ACHAT 1 2")
    clock.forward(minutes=5)
    assert desk.say("achat 1 2") == first
    clock.forward(minutes=31)
    assert desk.say("achat 1 2") != first
