"""Case, accents, punctuation and doubled spaces don't matter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.commands.grammar import OFFICERS, WORDS, TypedCommand, parse

READINGS = [
    ("prix", "PRIX", ""),
    ("  Prix   thiof ! ", "PRIX", "THIOF"),
    ("PRIX?", "PRIX", ""),
    ("Arrêt", "STOP", ""),
    ("ARRET.", "STOP", ""),
    ("fin", "STOP", ""),
    ("stop alerte", "STOP ALERTE", ""),
    ("Stop-Alerte!", "STOP ALERTE", ""),
    ("STOP ALERTES", "STOP ALERTE", ""),
    ("stop tout", "STOP", ""),
    ("start", "START", ""),
    ("Rappelez-moi", "RAPPEL", ""),
    ("prod: thiof 12,5 kg", "PROD", "THIOF 12,5 KG"),
    ("PROD thiof 12.5kg.", "PROD", "THIOF 12.5KG"),
    ("PROD thiof -5", "PROD", "THIOF -5"),
    ("langue wo", "LANGUE", "WO"),
    ("Wolof", "LANGUE", "WOLOF"),
    ("rappelle-moi", "RAPPEL", ""),
    ("sold", "SOLDE", ""),
    ("Démarrer", "START", ""),
    ("stoppe", "STOP", ""),
    ("Annuler 623590", "ANNULER", "623590"),
    ("diff TOUS @18:30 demain", "DIFF", "TOUS @18:30 DEMAIN"),
    ("oui 4821", "OUI", "4821"),
    ("Oui4821", "OUI", "4821"),
    ("ETAT12", "ETAT", "12"),
    ("ouille 4821", "", "OUILLE 4821"),
    ("bonjour", "", "BONJOUR"),
    ("stopover", "", "STOPOVER"),
    ("Répondre: 12 oui", "REPONDRE", "12 OUI"),
    ("", "", ""),
    ("🙂", "", ""),
]


@pytest.mark.parametrize(("text", "word", "rest"), READINGS)
def test_a_text_is_read(text, word, rest):
    assert parse(text) == TypedCommand(word, rest)


def test_each_command_of_the_contract_is_known():
    assert set(WORDS) == {
        "PRIX",
        "AIDE",
        "NOTICE",
        "STOP",
        "STOP ALERTE",
        "START",
        "SOLDE",
        "PROD",
        "RAPPEL",
        "LANGUE",
        "NON",
        "CONTESTER",
        "IDEE",
        "SOUTENIR",
        "FICHE",
        "BOUTIQUE",
        "ACHAT",
        "TRACE",
        "FORMATION",
        "INSCRIRE",
        "PRESENT",
        "EMPLOI",
    }
    assert {parse(word).word for word in OFFICERS} == set(OFFICERS)


@given(st.text(max_size=200))
def test_any_text_is_read_without_a_fault(text):
    order = parse(text)
    assert order.word in {"", *WORDS, *OFFICERS}
    assert order.rest == " ".join(order.rest.split())
