"""`TRACE`: a long chain in two parts of an SMS."""

from datetime import date

import pytest

from app.commands.chain import ROOM, in_sms
from app.coop.chain.story import ChainStep, Story
from app.gsm7 import fold, septets

DAY, HERE = date(2026, 11, 26), "CPS1, Mbour"
WHATS = (
    "Livraison: 100 kg de Yeet, par 8 producteurs et productrices",
    "Achat: 50 kg de Sel, Salins de Palmarin",
    "Achat: 200 bocaux de Bocaux, Marché de Mbour",
    "Transformation (Yeet fermenté): 38 caisses de Keccax, perte 67 kg",
    "Vente: 5 caisses en 2 achats",
)
SHARES = [("Productrices et producteurs", "73 %"), ("Travail de transformation", "7 %"), ("Coopérative", "20 %")]


@pytest.mark.parametrize("elsewhere", ["https://jappoo.example/t/L071590184", "*384*44135# puis 4, 5"])
def test_who_earned_what_is_told_however_long_the_way_was(elsewhere):
    steps = [ChainStep(DAY, what, HERE) for what in WHATS]
    told = in_sms(Story("L071590184", "Keccax", None, steps, SHARES, 13), elsewhere)
    assert septets(fold(told)) <= ROOM
    assert told.endswith(f"Productrices et producteurs: 73 %. Travail de transformation: 7 %. Coopérative: 20 %. Tout: {elsewhere}")
    assert told.index("Livraison: 100 kg de Yeet") < told.index("Vente: 5 caisses")
    assert "Achat" not in told


def test_a_short_way_is_told_whole():
    steps = [ChainStep(DAY, what, HERE) for what in (WHATS[0], WHATS[1])]
    told = in_sms(Story("L071590184", "Yeet", None, steps, [], 0), "*384*44135# puis 4, 5")
    assert told.index("Livraison") < told.index("Achat: 50 kg de Sel") < told.index("Rien n'est encore vendu.")
