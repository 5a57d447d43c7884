"""SMS as people write them: manners around a command, a code sent alone, greetings, an officer's slip; bytes that nobody typed."""

import pytest

from app.commands import replies
from app.commands.inbound import take
from app.coop.correspondence import inbox as letters
from app.coop.production.models import Declaration
from app.gateways.callbacks import IncomingSms
from app.gsm7 import septets
from app.service import Service
from app.sms import inbox
from app.sms.broadcasts.models import Broadcast
from app.sms.models import Message
from tests import incoming_sms, sample_cooperative, sample_declarations


@pytest.fixture
def office(desk):
    sample_declarations.appoint(desk.database)
    return desk


@pytest.mark.parametrize(
    "text",
    [
        "PROD thiof 25 svp",
        "Bonjour, PROD thiof 25. Merci",
        "prod thiof 25 kg s'il vous plaît merci beaucoup",
        "PROD thiof 25\n\nEnvoyé depuis mon Samsung",
        "PROD thiof 25\nSent from my iPhone",
        "PROD thiof 25\n--\nAwa Diop",
        "Re: PROD thiof 25",
        "PROD thiof 25 merci Awa",
    ],
)
def test_manners_and_signatures_around_a_command_change_nothing(desk, text):
    assert "réf" in desk.say(text)
    assert [row.quantity for row in desk.rows(Declaration)] == [25]


CODES = [
    "2468",
    "24 68",
    "2 4 6 8",
    "2-4-6-8",
    "code2468",
    "Code: 2468",
    "mon code est 2468",
    "pin:2468",
    "PIN 24 68",
    "2468.",
    "c'est 2468",
]
CODES += ["bonjour 2468 merci", "mdp 2468", "moi c'est 2468", "\u0662\u0664\u0666\u0668", "code2-4-6-8", "2468 svp", "«2468»"]


@pytest.mark.parametrize("text", CODES)
def test_a_code_is_starred_before_it_is_kept_and_answered_with_a_warning(office, text):
    take(office.database, IncomingSms("id", sample_cooperative.AWA, "21512", text, None), office.clock())
    assert not any(letter.isdigit() for letter in office.inbox()[0].text)
    incoming_sms.work_on_all(office.clerk, office.clock())
    [answer] = [row for row in office.answers() if row.to_number == sample_cooperative.AWA]
    assert "jamais votre code" in answer.text
    assert answer.parts == 1
    assert not any(letter.isdigit() for letter in office.inbox()[0].text)


@pytest.mark.parametrize(
    ("text", "waiting"), [("2468", 0), ("code2468", 0), ("mon code est 2468 merci", 0), ("le 2468 ne va plus, code ?", 1)]
)
def test_a_code_alone_is_no_letter(office, text, waiting):
    office.say(text)
    with office.database.read() as reader:
        assert letters.how_many(reader, 1)[0] == waiting


@pytest.mark.parametrize(
    "text",
    ["OUI 4821", "NON 623590", "on a pesé 2468 kg de thiof", "Réunion en 2026 ?", "payé 2500 F au lieu de 3500 F", "PRIX thiof"],
)
def test_what_is_no_code_is_kept_as_it_came(desk, text):
    desk.say(text)
    assert desk.inbox()[0].text == text


@pytest.mark.parametrize(
    "text",
    [
        "merci",
        "Bonjour",
        "jërëjëf",
        "ok",
        "?",
        "1",
        "",
        "🐟🐟",
        "Merci beaucoup !",
        "Salam aleykoum",
        "bonsoir madame",
        "ok merci",
        "...",
    ],
)
def test_greetings_and_thanks_are_no_letter_and_answered_once_an_hour(office, text):
    assert "bonjour" in office.say(text)
    assert office.say(text) is None
    assert office.say("merci bien") is None
    assert [row.state for row in office.inbox()] == ["greeted"] * 3
    assert [row for row in office.rows(Message) if row.purpose == "task"] == []
    office.clock.forward(minutes=61)
    assert office.say(text)


@pytest.mark.parametrize(
    ("text", "word", "letter"),
    [
        ("DIF TOUS réunion", "DIFF", False),
        ("DIFFUSION TOUS réunion", "DIFF", False),
        ("DIFFTOUS réunion", "DIFF", True),
        ("URGENCE TOUS tempête", "URGENT", False),
        ("URGNET TOUS tempête", "URGENT", False),
        ("Urgence: tempête en mer", "URGENT", True),
        ("réponds 4 oui", "REPONDRE", False),
        ("VALIDE 623590 12", "VALIDER", False),
        ("TARIFE thiof 1300", "TARIF", False),
        ("Argent pas reçu", "URGENT", True),
    ],
)
def test_an_officers_slip_is_answered_as_an_officers_and_never_lost(office, text, word, letter):
    said = office.say(text, sender=sample_declarations.SECRETARY)
    assert (f"vouliez-vous {word} ?" in said, "Rien n'est envoyé" in said, septets(said) <= 160) == (True, True, True)
    assert [row.state for row in office.inbox()] == ["unparsed" if letter else "handled"]
    assert office.inbox()[0].text == text
    assert office.rows(Broadcast) == []


@pytest.mark.parametrize("text", ["DIF TOUS réunion", "Urgence: tempête en mer"])
def test_a_members_words_that_look_like_an_officers_are_a_letter(office, text):
    assert "un responsable lira" in office.say(text)
    assert [row.state for row in office.inbox()] == ["unparsed"]


@pytest.mark.parametrize("field", ["id", "sender", "to", "text"])
def test_bytes_that_nobody_typed_are_borne_in_any_field(desk, field):
    sms = {"id": "a", "sender": sample_cooperative.AWA, "to": "21512", "text": "PROD thiof 25"}
    sms[field] = f"\0\x1b{sms[field]}\0\x07"
    incoming_sms.hear(desk.clerk, IncomingSms(**sms, at=None), desk.clock())
    [row] = desk.inbox()
    assert (row.state, row.text, row.sender) == ("handled", "PROD thiof 25", sample_cooperative.AWA)


def test_each_answer_to_them_is_one_part():
    for words in (replies.NEVER_A_CODE, replies.GREETED, replies.NOT_UNDERSTOOD, replies.WHICH_NO):
        filled = replies.fill(words.replace("{reference}", "623590"), Service("*384*44135#"))
        assert septets(filled) <= 160


def test_an_unreadable_body_keeps_no_code(desk):
    with desk.database.transaction() as session:
        inbox.keep_unreadable(session, "fake", "incoming:1", "from=%2B221770000012&text=24+68&x=2468", now=desk.clock())
    assert desk.inbox()[0].text == "from=%2B221770000012&text=****&x=****"
