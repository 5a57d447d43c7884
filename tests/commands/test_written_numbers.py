"""A number is read as it was written, or refused: never another one, whatever mark, sign or letter stands in it."""

import pytest

from app.commands.grammar import parse
from app.coop.prices.models import PriceProposal
from app.coop.production.models import Declaration, Weighing
from tests import sample_declarations

READ = [
    ("PROD thiof ,5", "THIOF 0,5"),
    ("PROD thiof .5", "THIOF 0,5"),
    ("PROD (,25 kg) thiof", "0,25 KG THIOF"),
    ("PROD thiof, 25", "THIOF 25"),
    ("PROD thiof,25", "THIOF 25"),
    ("PROD thiof O,5", "THIOF O,5"),
    ("ACHAT 1 ,5", "1 0,5"),
    ("VALIDER 623590 ,5 A ,111112 30", "623590 0,5 A 111112 30"),
    *((f"PROD thiof {sign}5", "THIOF -5") for sign in "-\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d\u207b"),
    ("PROD thiof \u2212 5", "THIOF -5"),
    ("PROD thiof - ,5", "THIOF -0,5"),
    ("PROD thiof 20\u2013250", "THIOF 20-250"),
    ("TARIF thiof \u2013 4500", "THIOF -4500"),
    ("PROD thiof \u2796\ufe0f 5", "THIOF -5"),
    ("PROD thiof 2\ufe0f\u20e35\ufe0f\u20e3", "THIOF 25"),
    ("NON 623\u2013590", "623 590"),
    ("NON 623-590", "623 590"),
    ("ANNULER réf 623.590 svp", "REF 623 590"),
    ("CONTESTER 623-590 prix", "623 590 PRIX"),
    ("PROD thiof 125.500", "THIOF 125.500"),
    ("OUI - 4821", "4821"),
    ("NON \u2013 623590", "623590"),
    ("PROD thiof 25²", "THIOF 25²"),
    ("PROD thiof 2½", "THIOF 2½"),
    ("PROD thiof ⑤", "THIOF ⑤"),
    ("PROD thiof ２５,５", "THIOF 25,5"),
]


COUNTED = ["INSCRIRE {} 1", "BOUTIQUE {}1", "SOUTENIR {} 1", "FICHE {}1", "EMPLOI {}1", "FORMATION {} 1", "ETAT {} 1"]


@pytest.mark.parametrize("how", ["n°", "N°", "nº", "n", "no", "numéro", "№"])
@pytest.mark.parametrize("text", COUNTED)
def test_a_number_may_have_its_word_before_it(text, how):
    assert parse(text.format(how)).rest == "1"


@pytest.mark.parametrize(("text", "rest"), READ)
def test_marks_and_signs_of_a_number_stay(text, rest):
    assert parse(text).rest == rest


def test_a_mark_without_a_digit_before_it_is_below_one(desk):
    assert "0,5 kg de Thiof" in desk.say("PROD thiof ,5")
    assert "0,25 kg de Thiof" in desk.say("PROD .25 kg thiof")


NOT_READ = ["PROD thiof \u22125", "PROD thiof - 5", "PROD thiof 25²", "PROD thiof 2⑤", "PROD thiof 2½", "PROD thiof ½"]
NOT_READ += ["PROD yeet ,5", "ACHAT 1 \u22122", "ACHAT 1 ,5", "ACHAT 1 ½", "ACHAT 1 1 200", "ACHAT 1 2²"]


@pytest.mark.parametrize("text", NOT_READ)
def test_no_other_number_is_taken_for_it(desk, text):
    said = desk.say(text)
    assert "Rien n'est" in said
    assert desk.rows(Declaration) == []


@pytest.mark.parametrize(
    "amount",
    [
        ",45",
        ",450",
        "\u22124500",
        "- 4500",
        "4500 €",
        "€4500",
        "$ 4500",
        "4500$",
        "D 4500",
        "4500²",
        "4500½",
        "45OO",
        "l 300",
        "l300",
    ],
)
def test_an_officers_amount_is_no_other(desk, amount):
    sample_declarations.appoint(desk.database)
    assert "Rien n'est noté" in desk.say(f"TARIF thiof {amount}", sender=sample_declarations.SECRETARY)
    assert desk.rows(PriceProposal) == []


def test_an_officers_broadcast_is_no_other(desk):
    sample_declarations.appoint(desk.database)
    assert "aucun envoi L2 chez vous" in desk.say("ANNULER l2", sender=sample_declarations.SECRETARY)


@pytest.mark.parametrize("weight", ["\u221212,5", "- 12,5", "12²", "12½", "12,5 %", "l2", "1O"])
def test_an_officers_weight_is_no_other(desk, weight):
    sample_declarations.appoint(desk.database)
    assert "Rien n'est noté" in desk.say(f"VALIDER 623590 {weight} A", sender=sample_declarations.SECRETARY)
    assert desk.rows(Weighing) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("PROD thiof l2", "pas compris: l2. Envoyez: PROD THIOF 12."),
        ("PROD thiof I2 kg", "Envoyez: PROD THIOF 12."),
        ("PROD thiof 2O", "Envoyez: PROD THIOF 20."),
        ("PROD 1O thiof", "Envoyez: PROD THIOF 10."),
        ("PROD thiof 1OOkg", "Envoyez: PROD THIOF 100."),
        ("PROD thiof l,5", "Envoyez: PROD THIOF 1,5."),
        ("PROD thiof O,5", "Envoyez: PROD THIOF 0,5."),
        ("PROD thiofl2", "quantité pas comprise. Par exemple PROD THIOF 12,5."),
        ("PROD thiof S5", "quantité pas comprise. Par exemple PROD THIOF 12,5."),
        ("PROD thiof l 200", "quantité pas comprise. Par exemple PROD THIOF 12,5."),
        ("PROD thiof 2S", "quantité pas comprise. Par exemple PROD THIOF 12,5."),
        ("PROD 2S thiof", "quantité pas comprise. Par exemple PROD THIOF 12,5."),
        ("PROD 2 O thiof", "quantité pas comprise. Par exemple PROD THIOF 12,5."),
        ("PROD thiof 25²", "quantité pas comprise. Par exemple PROD THIOF 12,5."),
        ("PROD thiof 2⑤", "quantité pas comprise. Par exemple PROD THIOF 12,5."),
        ("PROD 25 l thiof", "se compte en kg, pas en l. Exemple: PROD THIOF 12,5."),
        ("PROD thiof 25l", "se compte en kg, pas en l. Exemple: PROD THIOF 12,5."),
        ("PROD thiof 500 grammes", "se compte en kg, pas en grammes. Exemple: PROD THIOF 12,5."),
        ("PROD thiof 500 gr", "se compte en kg, pas en gr. Exemple: PROD THIOF 12,5."),
        ("PROD thiof 3 cartons", "se compte en kg, pas en cartons. Exemple: PROD THIOF 12,5."),
        ("PROD thiof 25 %", "quantité pas comprise. Par exemple PROD THIOF 12,5."),
        ("PROD thiof 25€", "quantité pas comprise. Par exemple PROD THIOF 12,5."),
        ("PROD thi0f 25", "pas compris: thi0f. Envoyez: PROD THIOF 25."),
        ("PROD thiof 100 000", "quantité trop grande: au plus 99 999 kg en une fois. Exemple: PROD THIOF 12,5."),
        ("PROD thiof 12,567", "12,567 n'est pas clair: au plus 2 chiffres après la virgule. Exemple: PROD THIOF 12,5."),
        ("PROD thiof 25 je voudrais aussi dire bonjour", "pas compris: je voudrais aussi. Envoyez: PROD THIOF 25."),
    ],
)
def test_the_line_to_copy_has_the_number_that_was_meant_or_an_example(desk, typed, said):
    assert said in desk.say(typed)
    assert desk.rows(Declaration) == []


def test_a_weight_of_thousandths_is_named_as_typed(desk):
    sample_declarations.appoint(desk.database)
    refs = sample_declarations.declared(desk.database, sample_declarations.women(desk.database, 1), desk.clock())
    assert f"Poids pas clair: {refs[0]} 12,567." in desk.say(f"VALIDER {refs[0]} 12,567 A", sender=sample_declarations.SECRETARY)
