"""How many of what, in French."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from app import units


@pytest.mark.parametrize(
    ("number", "unit", "what", "words"),
    [
        (1, "caisse", "Sardinelle", "1 caisse de Sardinelle"),
        (3, "caisse", "Sardinelle", "3 caisses de Sardinelle"),
        (1, "sac", "Arachide", "1 sac d'Arachide"),
        (2, "sac", "Oignon", "2 sacs d'Oignon"),
        (0, "caisse", "Yeet", "0 caisse de Yeet"),
        (Decimal("12.50"), "kg", "Thiof", "12,5 kg de Thiof"),
        (Decimal("1.5"), "caisse", "Yeet", "1,5 caisse de Yeet"),
        (Decimal("40"), "kg", "Éperlan", "40 kg d'Éperlan"),
        (2, "seau", "Huile", "2 seaux d'Huile"),
        (2, "bocal", "Haricot", "2 bocaux de Haricot"),
        (4, "pièce", "Poulet", "4 pièces de Poulet"),
        (2, "panier x", "Mil", "2 paniers x de Mil"),
        (7, "tas", "Ail", "7 tas d'Ail"),
    ],
)
def test_a_count_agrees_with_its_unit_and_its_noun(number, unit, what, words):
    assert units.count_of(number, unit, what) == words


@pytest.mark.parametrize(
    ("unit", "asked"), [("caisse", "de caisses"), ("kg", "de kg"), ("sac", "de sacs"), ("pièce", "de pièces"), ("oeuf", "d'oeufs")]
)
def test_what_combien_asks_for_is_many(unit, asked):
    assert units.of_many(unit) == asked


@pytest.mark.parametrize(("number", "words"), [(0, "0 essai"), (1, "1 essai"), (2, "2 essais"), (12, "12 essais")])
def test_any_noun_is_counted_so(number, words):
    assert units.count(number, "essai") == words


def test_no_text_leaves_the_number_or_the_sex_to_its_reader():
    root = Path(__file__).parent.parent
    files = [*(root / "menus").glob("*.yaml"), *(root / "menus").glob("*.py"), *(root / "app" / "commands").glob("*.py")]
    undecided = re.compile(r"[a-zé]\((?:s|e|es|x|se|trice|ère)\)")
    found = {(file.name, line) for file in files for line in file.read_text("utf-8").splitlines() if undecided.search(line)}
    assert found == set()


@pytest.mark.parametrize(
    ("typed", "unit", "meant"),
    [
        *(("kilogrammes", "kg", True), ("Kilos", "kg", True), ("gr", "g", True), ("tonnes", "t", True), ("l", "litre", True)),
        *(("grammes", "kg", False), ("g", "kg", False), ("kg", "g", False), ("tonne", "kg", False), ("litres", "kg", False)),
    ],
)
def test_a_sign_and_its_word_mean_one_unit(typed, unit, meant):
    assert units.is_meant(typed, unit) is meant
