"""Who signs below a command, and the message that it answers, change nothing; a second line of the command counts."""

import pytest

from app.commands.grammar import parse
from app.coop.production.models import Declaration

SIGNED = [
    "\nAwa Diop",
    ", Awa Diop",
    "\nAwa Diop, Mbour",
    "\r\nAwa Diop\r\n77 123 45 67",
    "\nTél: +221771234567",
    "\n\nLa secrétaire",
    ". Awa Diop",
    "\nA. Diop",
    "\nMme Diop CPS1",
]
SIGNED += [
    "\n> Jappoo: prix du 12/11",
    "\nLe 12/11/2026 à 10:02, 21512 a écrit :\nJappoo: déclaré 5 kg",
    "\nJappoo: 30 kg, réf 123456",
]
COMMANDS = [
    ("PROD thiof 25", "PROD", "THIOF 25"),
    ("PROD\nthiof\n25 kg", "PROD", "THIOF 25 KG"),
    ("Bonjour madame Fall\nPROD thiof 25", "PROD", "THIOF 25"),
    ("PRIX thiof", "PRIX", "THIOF"),
    ("ANNULER 528705", "ANNULER", "528705"),
    ("NON 360492", "NON", "360492"),
    ("CONTESTER 360492 prix", "CONTESTER", "360492 PRIX"),
    ("INSCRIRE 1", "INSCRIRE", "1"),
    ("VALIDER 952164 12,5 A\n111112 30 B", "VALIDER", "952164 12,5 A 111112 30 B"),
    ("TARIF thiof 4600", "TARIF", "THIOF 4600"),
    ("ACHAT 1 2", "ACHAT", "1 2"),
    ("FORMATION", "FORMATION", ""),
    ("OUI 4821", "OUI", "4821"),
    ("EMPLOI OUI 482137", "EMPLOI", "OUI 482137"),
    ("STOP ALERTE", "STOP ALERTE", ""),
    ("Je ne veux plus recevoir vos messages", "STOP", ""),
]


@pytest.mark.parametrize("below", SIGNED)
@pytest.mark.parametrize(("text", "word", "rest"), COMMANDS)
def test_a_command_is_read_without_what_stands_below_it(text, word, rest, below):
    order = parse(text + below)
    assert (order.word, order.rest) == (word, rest)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("PROD thiof 25\nyeet 3", "THIOF 25 YEET 3"),
        ("PROD thiof 25\nPROD yeet 3", "THIOF 25 PROD YEET 3"),
        ("PROD thiof 25\nAwa Diop\nyeet 3", "THIOF 25 AWA DIOP YEET 3"),
        ("PROD 25 kg\nde thiof", "25 KG DE THIOF"),
        ("PROD 25\nthiof", "25 THIOF"),
        ("PROD thiof 25\nAUTRE", "THIOF 25 AUTRE"),
        ("PROD thiof 25\ncaisses", "THIOF 25 CAISSES"),
        ("PROD thiof 25\ncarte 3", "THIOF 25 CARTE 3"),
        ("PROD thiof 25 merci stop", "THIOF 25 MERCI STOP"),
        ("PROD thiof 25 Merci Awa stop", "THIOF 25 MERCI AWA STOP"),
        ("PROD thiof 25, demain", "THIOF 25 DEMAIN"),
        ("PROD thiof 25\nnon pardon", "THIOF 25 NON PARDON"),
        ("PRIX\nthiof", "THIOF"),
        ("VALIDER 952164 12,5\nA", "952164 12,5 A"),
        ("EMPLOI\nOUI\n482137", "OUI 482137"),
        ("DIFF TOUS Réunion\nAwa Diop", "TOUS REUNION AWA DIOP"),
        ("Problème de pesée\nNon ce n'est pas bon", "PROBLEME DE PESEE NON CE N EST PAS BON"),
        ("> aidez moi", "AIDEZ MOI"),
        ("Arrêtez\nLa vente", "ARRETEZ LA VENTE"),
        ("Fin de\nsemaine de pesée", "FIN DE SEMAINE DE PESEE"),
    ],
)
def test_a_line_that_belongs_to_the_text_stays(text, rest):
    assert parse(text).rest == rest


@pytest.mark.parametrize(
    ("text", "word"), [("Awa Diop\nPRIX thiof", "PRIX"), ("Awa Diop\nSOLDE", "SOLDE"), ("Je suis Awa\nSTOP", "STOP")]
)
def test_an_order_below_a_name_is_read(text, word):
    assert parse(text).word == word
    assert parse(f"{text} {'x' * 140}").word == ""
    assert parse(f"{'x' * 140}\n{text}").word == ""
    assert parse(f"{'ê' * 60}\n{text}").word == ""


def test_a_reply_below_a_copy_of_ours_is_read():
    assert parse("Jappoo: déclaré 25 kg. Pas d'accord ? Envoyez NON 447135\nNON 447135").rest == "447135"


@pytest.mark.parametrize("below", ["\nAwa Diop, Mbour", ", Awa Diop", "\nAwa Diop\n77 123 45 67"])
def test_a_signed_declaration_is_taken(desk, below):
    assert "25 kg de Thiof" in desk.say(f"PROD thiof 25{below}")
    assert "aucune déclaration à vous" in desk.say(f"ANNULER 623590{below}")
    assert "Thiof: 1 000 F" in desk.say(f"PRIX thiof{below}")
    assert "Yeet 2 000 F" in desk.say(f"PRIX{below}")
    assert [row.quantity for row in desk.rows(Declaration)] == [25]
