"""What each command answers, to whom."""

import pytest
from sqlalchemy import update

from app.commands import replies
from app.coop.correspondence.models import CallBack
from app.coop.members.models import Consent, Member, Person
from app.coop.production.models import Declaration
from app.gsm7 import septets
from tests import sample_cooperative

ANYONE = (
    sample_cooperative.AWA,
    sample_cooperative.SHARED,
    sample_cooperative.NEW,
    sample_cooperative.BLOCKED,
    sample_cooperative.DEPARTED,
    sample_cooperative.NOBODY,
)


def state(desk, number, value):
    with desk.database.transaction() as session:
        session.execute(update(Member).where(Member.id == number).values(state=value))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("PRIX", "Thiof 1 000 F/kg"),
        ("prix thiof", "Thiof: 1 000 F par kg"),
        ("PRIX yet", "Yeet: 2 000 F par caisse"),
        ("PRIX sardine", "Sardinelle"),
        ("PRIX zzzzzz", "inconnu"),
        ("AIDE", "PRIX, SOLDE, PROD"),
        ("NOTICE", "Vos données"),
        ("STOP", "START"),
        ("STOP ALERTE", "START"),
        ("START", "STOP"),
        ("bonjour", "PRIX, SOLDE, PROD"),
        ("DIFF TOUS venez", "PRIX, SOLDE, PROD"),
        ("OUI 1234", "PRIX, SOLDE, PROD"),
        ("RAPPEL", "vous rappelle"),
    ],
)
def test_anyone_is_answered(desk, text, said):
    for sender in ANYONE:
        answer = desk.say(text, sender=sender)
        assert said in answer, sender
        assert text == "NOTICE" or septets(answer) <= 160
        assert "Awa" not in answer


def test_an_officers_word_is_written_down(desk):
    desk.say("VALIDER 482137 25")
    assert [(row.word, row.state) for row in desk.inbox()] == [("VALIDER", "refused")]


@pytest.mark.parametrize(
    ("text", "purposes"),
    [
        ("STOP", {("notices", False), ("broadcasts", False)}),
        ("Arrêt", {("notices", False), ("broadcasts", False)}),
        ("STOP ALERTE", {("urgent", False)}),
        ("START", {("notices", True), ("broadcasts", True), ("urgent", True)}),
    ],
)
def test_stop_and_start_are_the_numbers_consent(desk, text, purposes):
    desk.say(text, sender=sample_cooperative.SHARED)
    rows = desk.rows(Consent)
    assert {(row.purpose, row.given) for row in rows} == purposes
    assert {(row.phone, row.person_id, row.channel) for row in rows} == {(sample_cooperative.SHARED, None, "sms")}


def test_a_balance_is_the_string_to_dial_unless_she_asked_for_amounts(desk):
    assert "*384*44135*1#" in desk.say("SOLDE")
    assert "*384*44135*1#" in desk.say("SOLDE", sender=sample_cooperative.SHARED)
    with desk.database.transaction() as session:
        session.execute(update(Member).values(amounts_by_sms=True))
    assert "épargne 12 500 F" in desk.say("SOLDE")
    assert "*384*44135*1#" in desk.say("SOLDE", sender=sample_cooperative.SHARED)
    assert "*384*44135*1#" in desk.say("SOLDE", sender=sample_cooperative.BLOCKED)
    assert "membre" in desk.say("SOLDE", sender=sample_cooperative.NOBODY)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("PROD thiof 12,5", "12,5 kg"),
        ("prod Thiof 12.5kg", "12,5 kg"),
        ("PROD thiof 12 kilos", "12 kg"),
        ("PROD thiof 12 kilogrammes", "12 kg"),
        ("PROD yet 25 caisses", "25 caisses"),
        ("PROD yeet 25 cais", "25 caisses"),
        ("PROD C00001 thiof 3", "3 kg"),
        ("PROD 25 thiof", "25 kg"),
        ("PROD 25 kg de thiof svp", "25 kg"),
        ("PROD THIOF25", "25 kg"),
        ("PROD 201 thiof", "201 kg"),
        ("PROD carte n° 001 thiof 3", "3 kg"),
        ("PROD 3 caisses de sardinelle", "3 caisses"),
    ],
)
def test_a_declaration_is_taken(desk, text, said):
    answer = desk.say(text)
    [row] = desk.rows(Declaration)
    assert any(f"{said} de {product}, le" in answer for product in ("Thiof", "Yeet", "Sardinelle"))
    assert f"réf {row.reference}" in answer
    assert (row.member_id, row.channel, row.operation) == (1, "sms", "sms:africastalking:id1")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("PROD", "PROD produit quantité"),
        ("PROD thiof", "Thiof: combien de kg ? Par exemple PROD THIOF 12,5."),
        ("PROD thiof -5", "quantité"),
        ("PROD thiof 0", "quantité"),
        ("PROD thiof 1e9", "quantité"),
        ("PROD thiof 100000", "quantité trop grande: au plus 99 999 kg en une fois. Exemple: PROD THIOF 12,5."),
        ("PROD thiof 12 500", "quantité sans espace. Envoyez: PROD THIOF 12500."),
        ("PROD thiof 5 5", "quantité pas comprise. Par exemple PROD THIOF 12,5."),
        ("PROD thiof 25 demain", "pas compris: demain. Envoyez: PROD THIOF 25."),
        ("PROD thiof 25kg sardinelle 3 caisses", "un seul produit par SMS. Envoyez: PROD THIOF 25,"),
        ("PROD poisson 4", "Elle prend: Thiof, Yeet, Sardinelle. Exemple: PROD THIOF 4."),
        ("PROD 12 thiof 4", "deux quantités. Envoyez: PROD THIOF 12, ou PROD THIOF 4."),
        ("PROD thiof 3 caisses 75 kg", "deux quantités. Envoyez: PROD THIOF 3, ou PROD THIOF 75."),
        ("PROD 25 kg thiof 3 caisses sardinelle", "un seul produit par SMS. Envoyez: PROD THIOF 25,"),
        ("PROD thiof 1.200", "1.200 n'est pas clair. Envoyez: PROD THIOF 1,2, ou 1200."),
        ("PROD thiof 12,567", "12,567 n'est pas clair: au plus 2 chiffres après la virgule."),
        ("PROD yeet trois", "Yeet: combien de caisses ? Par exemple PROD YEET 3."),
        ("PROD thiof beaucoup 25", "pas compris: beaucoup. Envoyez: PROD THIOF 25."),
        ("PROD yeet 2,5", "Yeet se compte en caisses, sans virgule. Envoyez: PROD YEET 3."),
        ("PROD yeet 0,2", "Envoyez: PROD YEET 1."),
        ("PROD yeet 25 kg", "Yeet se compte en caisses, pas en kg. Exemple: PROD YEET 3."),
        ("PROD sardine 5", "lequel ? Sardinelle, Thiof, Yeet ? Envoyez: PROD SARDINELLE 5."),
        ("PROD mangue 5", "inconnu"),
        ("PROD C00002 thiof 3", "carte"),
    ],
)
def test_what_isnt_clear_changes_nothing_and_says_so(desk, text, said):
    answer = desk.say(text)
    assert said in answer
    assert "Rien n'est enregistré" in answer
    assert desk.rows(Declaration) == []


def test_the_same_again_gets_the_first_reference_unless_another_is_meant(desk):
    first = desk.say("PROD thiof 25")
    [row] = desk.rows(Declaration)
    assert row.reference in first
    again = desk.say("prod THIOF 25 kg")
    assert row.reference in again
    assert "AUTRE" in again
    assert row.reference not in desk.say("PROD thiof 25 autre")
    assert len(desk.rows(Declaration)) == 2
    desk.clock.forward(minutes=31)
    assert "déjà" not in desk.say("PROD thiof 25")


def test_on_a_shared_number_the_card_says_who(desk):
    assert "carte ou place d'abord: PROD 201 THIOF 4." in desk.say("PROD thiof 4", sender=sample_cooperative.SHARED)
    assert "carte ou place d'abord: PROD 201 THIOF 25." in desk.say("PROD", sender=sample_cooperative.SHARED)
    assert "C00001: cette carte n'est pas sur votre numéro" in desk.say("PROD C00001 thiof 25", sender=sample_cooperative.SHARED)
    for text in (
        "PROD C00003 thiof 25",
        "PROD 003 thiof 26",
        "PROD thiof 27 carte 3",
        "PROD n° 3 thiof 28",
        "PROD thiof 29 C00003",
    ):
        assert "réf" in desk.say(text, sender=sample_cooperative.SHARED)
    assert [row.member_id for row in desk.rows(Declaration)] == [3] * 5


def test_a_lone_digit_is_a_place_unless_it_is_anothers_card(desk):
    assert "réf" in desk.say("PROD 1 thiof 4", sender=sample_cooperative.SHARED)
    assert "numéro de carte" in desk.say("PROD 2 thiof 5", sender=sample_cooperative.SHARED)
    assert [row.member_id for row in desk.rows(Declaration)] == [2]


@pytest.mark.parametrize(
    "sender", [sample_cooperative.NOBODY, sample_cooperative.NEW, sample_cooperative.BLOCKED, sample_cooperative.DEPARTED]
)
def test_only_active_members_declare(desk, sender):
    assert "membre actif" in desk.say("PROD thiof 25", sender=sender)
    assert desk.rows(Declaration) == []


def test_a_number_waits_once_in_the_list(desk):
    desk.say("RAPPEL"), desk.say("Rappelez-moi")
    desk.say("RAPPEL", sender=sample_cooperative.SHARED)
    rows = sorted(desk.rows(CallBack), key=lambda row: row.id)
    assert [(row.phone, row.person_id, row.cooperative_id) for row in rows] == [
        (sample_cooperative.AWA, 1, 1),
        (sample_cooperative.SHARED, None, 1),
    ]


@pytest.mark.parametrize(
    ("text", "language"), [("LANGUE WO", "wo"), ("langue wolof", "wo"), ("LANGUE FR", "fr"), ("LANGUE sérère", "srr")]
)
def test_a_language_is_noted_and_answered_in_french(desk, text, language):
    said = desk.say(text)
    assert ("traduite: vos SMS restent comme avant" in said) is (language != "fr"), said
    assert next(person.language for person in desk.rows(Person) if person.id == 1) == language


def test_a_language_needs_a_person(desk):
    assert "LANGUE FR" in desk.say("LANGUE klingon")
    assert "plusieurs" in desk.say("LANGUE WO", sender=sample_cooperative.SHARED)
    assert "membre" in desk.say("LANGUE WO", sender=sample_cooperative.NOBODY)
    assert {person.language for person in desk.rows(Person)} == {"fr"}


LONGEST = {
    "{since}": "59 min",
    "{who}": "votre secrétaire",
    "{cost}": "Gratuit",
    "{code}": "*384*44135#",
    "{balance}": "*384*44135*1#",
    "{reference}": "482137",
    "{units}": "caisseXXs",
    "{of}": "d'caisseXXs",
    "{name}": "P" * 20,
    "{line}": "PROD " + "P" * 20 + " 99999,9",
    "{high}": "99999",
    "{typed}": "t" * 20,
    "{word}": "TARIF",
    "{other}": "PROD " + "P" * 20 + " 99999,9",
    "{card}": "C0000201",
    "{amount}": "1 300 000",
    "{number}": "9" * 9,
    "{most}": "240",
    "{parts}": "2",
    "{left}": "9999",
    "{training}": "P" * 20,
    "{idea}": "999999",
    "{by_pin}": "99999",
    "{moved_from}": "999999",
    "{by_sms}": "99999",
    "{why}": "Trop long: 48 lettres au plus.",
}


@pytest.mark.parametrize("name", [name for name in dir(replies) if name.isupper() and name != "NO_PRODUCT"])
def test_each_reply_is_one_part_with_its_longest_values(name):
    words = getattr(replies, name)
    for place, value in (LONGEST | {"{near}": ", ".join(["P" * 20] * 3)}).items():
        words = words.replace(place, value)
    assert "{" not in words
    assert septets(words) <= 160, (septets(words), words)


def test_as_many_products_are_named_as_fit():
    said = replies.which_product(["P" * 20] * 8, "9" * 9, known=False)
    assert septets(said.replace("{cost}", "Gratuit")) <= 160
    assert "Elle prend: PPPPPPPPPPPPPPPPPPPP, etc. Exemple: PROD PPPP" in said
    assert "Elle prend: Thiof, Yeet. Exemple: PROD THIOF 25." in replies.which_product(["Thiof", "Yeet"], "", known=False)


def test_lists_and_balances_are_one_part_with_their_longest_values(clock):
    assert septets(replies.price_list([("P" * 22, 9_999_999, "caisseXX")] * 9, clock().date(), "fédération")) <= 160
    assert (
        septets(
            replies.price_line("P" * 20, [(grade, 9_999_999) for grade in (None, *"ABC")], "caisseXX", clock().date(), "fédération")
        )
        <= 160
    )
    assert septets(replies.balances(*[99_999_999] * 4)) <= 160


@pytest.mark.parametrize("text", ["THIOF25", "THIOF 25", "thiof 25 kg svp", "25 kg de thiof", "PRODthiof 25"])
def test_a_product_and_a_number_alone_are_answered_with_the_line_to_send(desk, text):
    assert desk.say(text) == "Jappoo: pour déclarer, envoyez: PROD THIOF 25. Rien n'est enregistré. Gratuit."
    assert [row.state for row in desk.inbox()] == ["handled"], "it is no letter that somebody must read"
    assert desk.rows(Declaration) == []


@pytest.mark.parametrize(
    ("text", "sender"),
    [("thiof 25 demain", sample_cooperative.AWA), ("table 25", sample_cooperative.AWA), ("THIOF 25", sample_cooperative.NOBODY)],
)
def test_anything_more_and_anybody_else_is_a_letter(desk, text, sender):
    desk.say(text, sender=sender)
    assert [row.state for row in desk.inbox()] == ["unparsed"]


def test_who_calls_back_and_since_when_it_is_noted_is_said(desk, clock):
    assert desk.say("RAPPEL") == "Jappoo: c'est noté, votre secrétaire vous rappelle."
    assert desk.say("RAPPEL", sender=sample_cooperative.NOBODY) == "Jappoo: c'est noté, la fédération vous rappelle."
    clock.forward(hours=2)
    assert desk.say("RAPPEL") == "Jappoo: déjà noté (10:00 le 24/11), votre secrétaire vous rappelle."


def test_one_price_that_may_be_meant_comes_with_the_line_to_send():
    assert replies.which_price(["Gejj"], "PRIX") == "Jappoo: prix de Gejj ? Envoyez PRIX GEJJ. {cost}."
    assert replies.which_price(["Gejj"], "TARIF", "A 1300") == "Jappoo: prix de Gejj ? Envoyez TARIF GEJJ A 1300. {cost}."
    assert "Gejj ou Yeet ? Envoyez PRIX et un de ces noms." in replies.which_price(["Gejj", "Yeet"], "PRIX")
