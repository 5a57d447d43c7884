"""An SMS that says two things: the order that is done says which isn't, and what somebody should read is a letter."""

import pytest

from app.commands.grammar import is_prose, order_in
from app.coop.correspondence import inbox as letters
from app.coop.members.models import Consent
from app.coop.production.models import Declaration, Weighing
from app.gsm7 import septets
from tests import sample_cooperative, sample_declarations


@pytest.fixture
def office(desk):
    sample_declarations.appoint(desk.database)
    return desk


def waiting(office, cooperative=1):
    with office.database.read() as reader:
        return [letter.text for letter in letters.unread(reader, cooperative)]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("SOLDE\nPROD thiof 25", "PROD THIOF 25"),
        ("AIDE PROD thiof 25", "PROD THIOF 25"),
        ("PRIX\nPROD thiof 25 kg svp", "PROD THIOF 25 KG"),
        ("PRIX thiof. PROD thiof 25", "PROD THIOF 25"),
        ("FORMATION 1\nINSCRIRE 1", "INSCRIRE 1"),
        ("RAPPEL, et annuler 623590", "ANNULER 623590"),
        ("RAPPEL. Stop", "STOP"),
        ("STOP\nPROD thiof 25", "PROD THIOF 25"),
        ("PROD thiof 25\nSTOP", "PROD THIOF 25"),
        ("START\nPROD thiof 25", "START"),
    ],
)
def test_a_second_order_is_said_not_to_be_done(desk, text, left):
    said = desk.say(text)
    assert (said.endswith(f"Pas fait, à renvoyer seul: {left}."), septets(said) <= 160) == (True, True)
    assert len(desk.rows(Declaration)) == text.startswith("START")
    assert bool(desk.rows(Consent)) is ("STOP" in text)


def test_a_long_second_order_is_named_as_far_as_one_sms_goes(desk):
    said = desk.say("Bonjour\nSTOP\nINSCRIRE formation numero 1 svp")
    assert said.endswith("renvoyer seul: INSCRIRE FORMATION.")
    assert septets(desk.say("MEMBRE\nINSCRIRE formation numero 1 svp")) <= 160


@pytest.mark.parametrize(
    "text",
    ["SOLDE", "STOP", "START", "Je suis Awa\nSTOP", "EMPLOI NON 482137", "PRIX produit", "AIDE moi pour PROD", "RAPPEL urgent"],
)
def test_one_order_is_answered_as_one(desk, text):
    assert "Pas fait" not in desk.say(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("PROD thiof 25\nla balance de lundi était fausse", "déclaration notée"),
        ("J'ai un problème avec mon paiement de lundi\nPROD thiof 25", "déclaration notée"),
        ("La pesée de lundi était fausse\nSTOP", "annonces"),
        ("SOLDE svp je n'ai rien reçu de mon argent", "composez"),
        ("RAPPEL urgent, la pirogue de mon frère a chaviré", "rappelle"),
        ("NON je ne viens pas demain", "NON et la réf"),
        ("Commande de glace toujours pas reçue à Joal", "par exemple ACHAT"),
        ("Rappelez-moi au 77 123 45 67", "rappelle"),
        ("RAPPEL +221771234567 svp", "rappelle"),
        ("AIDE je suis malade à l'hôpital", "un responsable lira"),
        ("Info: la pesée commence à quelle heure ?", "un responsable lira"),
        ("Urgent mon enfant est malade", "un responsable lira"),
        ("Oui je viens à la pesée demain", "un responsable lira"),
    ],
)
def test_what_somebody_should_read_is_a_letter_though_it_has_a_commands_word(office, text, said):
    assert said in office.say(text)
    assert waiting(office) == [text]
    assert [message.text for message in office.answers() if message.purpose == "task"]
    assert office.inbox()[0].state == "unparsed"


@pytest.mark.parametrize(
    "text",
    [
        "PROD thiof 25\nAwa Diop, Mbour",
        "Coopérative des femmes de Joal\nPROD thiof 25",
        "PROD thiof 25 kg de ma pirogue demain matin",
        "PRIX du thiof frais à Joal aujourd'hui",
        "IDEE sécher les mangues de nos vergers",
        "URGENT TOUS Tempête en mer, restez à terre",
        "AIDE svp merci beaucoup",
        "RAPPEL 77 000 00 12",
        "RAPPEL avant 18h30",
    ],
)
def test_a_name_or_what_is_answered_is_no_letter(office, text):
    office.say(text)
    assert waiting(office) == []


def test_a_strangers_urgent_words_wait_for_the_federation(office):
    assert "un responsable lira" in office.say("Urgent je dois parler au président", sender=sample_cooperative.NOBODY)
    assert len(waiting(office, None)) == 1


def test_an_order_with_a_letter_under_two_ids_is_one_of_each(office):
    [ref] = sample_declarations.declared(office.database, sample_declarations.women(office.database, 1), office.clock())
    text = f"VALIDER {ref} 12,5 A\nla balance de lundi était fausse"
    first = office.say(text, sender=sample_declarations.SECRETARY)
    assert office.say(text, sender=sample_declarations.SECRETARY) == first
    assert (len(office.rows(Weighing)), len(waiting(office))) == (1, 1)


@pytest.mark.parametrize(("folded", "order"), [("SVP PROD THIOF 25", "PROD THIOF 25"), ("PROD THIOF", ""), ("UN NON CLAIR", "")])
def test_only_a_whole_order_is_one(folded, order):
    assert order_in(folded) == order


def test_names_and_manners_are_no_prose():
    assert not is_prose("BONJOUR MADAME AWA DIOP DE MBOUR 77 123 45 67")
    assert is_prose("LA BALANCE DE LUNDI ETAIT FAUSSE")
