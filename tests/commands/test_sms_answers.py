"""Each command by SMS, on both databases: what is answered, and what has changed."""

import re

import pytest
from sqlalchemy import func, select, update

from app.commands import allowance, replies
from app.commands.grammar import OFFICERS, WORDS, parse
from app.commands.inbound import Clerk
from app.coop.members import privacy_notice
from app.coop.members.models import Consent
from app.coop.production.models import Declaration
from app.gateways.callbacks import IncomingSms
from app.gsm7 import measure
from app.sms.models import Inbound, Message
from app.sms.policy import prepare
from tests import incoming_sms, sample_cooperative
from tests.commands.conftest import TERMS
from tests.sample_cooperative import AWA, BLOCKED, DEPARTED, NOBODY, SHARED

CODE = "*384*44135#"


class Counter:
    """Takes SMS in and gives the answers; each has an id of its own unless told."""

    def __init__(self, database, clock):
        self.database, self.clock, self.taken = database, clock, 0
        self.clerk = Clerk(database, sample_cooperative.KEY, "21512", TERMS)

    def hear(self, text, sender=AWA, sms_id=None):
        self.taken += 1
        before = self.count(Message)
        sms = IncomingSms(sms_id or f"in-{self.taken}", sender, "21512", text, None)
        incoming_sms.hear(self.clerk, sms, self.clock())
        return self.last() if self.count(Message) > before else None

    def last(self):
        with self.database.read() as reader:
            return reader.scalar(select(Message.text).order_by(Message.id.desc()).limit(1))

    def count(self, table):
        with self.database.read() as reader:
            return reader.scalar(select(func.count()).select_from(table))

    def all(self, *columns):
        with self.database.read() as reader:
            return [tuple(row) for row in reader.execute(select(*columns).order_by(columns[0]))]


@pytest.fixture
def counter(database, clock):
    sample_cooperative.build(database)
    return Counter(database, clock)


def filled(words):
    said = words.replace("{cost}", "Gratuit").replace("{code}", CODE).replace("{balance}", "*384*44135*1#")
    return prepare(said).text


def referred(answer):
    found = re.search(r"réf (\d{4,6})", answer or "")
    assert found, answer
    return found[1]


@pytest.mark.parametrize(
    ("text", "word", "rest"),
    [
        ("prix thiof", "PRIX", "THIOF"),
        ("  Prix ,  THIOF ! ", "PRIX", "THIOF"),
        ("Arrêtez.", "STOP", ""),
        ("stop", "STOP", ""),
        ("STOP ALERTES", "STOP ALERTE", ""),
        ("stop-alerte", "STOP ALERTE", ""),
        ("prod thiof 12,5", "PROD", "THIOF 12,5"),
        ("PROD thiof -5", "PROD", "THIOF -5"),
        ("rappelez-moi", "RAPPEL", ""),
        ("Données", "NOTICE", ""),
        ("Ndimbal", "AIDE", ""),
        ("DIFF TOUS @18:30 Réunion", "DIFF", "TOUS @18:30 REUNION"),
        ("OUI 4821", "OUI", "4821"),
        ("PRIXTHIOF", "", "PRIXTHIOF"),
        ("bonjour", "", "BONJOUR"),
        ("", "", ""),
        ("?!", "", ""),
    ],
)
def test_a_text_is_read_whatever_its_case_accents_and_points(text, word, rest):
    order = parse(text)
    assert (order.word, order.rest) == (word, rest)


@pytest.mark.parametrize(("spelling", "word"), [(spelling, word) for word, all_ in WORDS.items() for spelling in all_])
def test_each_spelling_has_its_word(spelling, word):
    assert parse(spelling.lower()).word == word
    assert parse(f" {spelling}. ").word == word


@pytest.mark.parametrize(
    ("text", "sender", "words"),
    [
        ("AIDE", AWA, replies.HELP),
        ("n'importe quoi", AWA, replies.NOT_UNDERSTOOD),
        ("AIDE", NOBODY, replies.HELP),
        ("STOP", NOBODY, replies.STOPPED),
        ("SOLDE", AWA, replies.BALANCE),
        ("SOLDE", SHARED, replies.BALANCE),
        ("SOLDE", NOBODY, replies.JOIN),
        ("RAPPEL", AWA, replies.CALL_BACK.replace("{who}", "votre secrétaire")),
        ("RAPPEL", NOBODY, replies.CALL_BACK.replace("{who}", "la fédération")),
        ("LANGUE wolof", AWA, replies.language_noted("wolof", served=False)),
        ("LANGUE peul", AWA, replies.language_noted("pulaar", served=False)),
        ("LANGUE ouolof", AWA, replies.language_noted("wolof", served=False)),
        ("LANGUE FR", AWA, replies.language_noted("français", served=True)),
        ("LANGUE", AWA, replies.WHICH_LANGUAGE),
        ("LANGUE FR", SHARED, replies.SHARED),
        ("LANGUE FR", NOBODY, replies.JOIN),
        ("NOTICE", NOBODY, privacy_notice.WHOLE),
        ("PRIX zzzzzzzz", AWA, replies.PRICE_OF_NONE),
        ("PROD thiof 25", NOBODY, replies.JOIN),
        ("PROD thiof 25", BLOCKED, replies.JOIN),
        ("PROD thiof 25", DEPARTED, replies.JOIN),
        ("PROD", AWA, replies.HOW_PROD),
        ("PROD thiof 25", SHARED, replies.which_card("THIOF 25")),
        ("PROD C00001 thiof 25", SHARED, replies.NOT_YOUR_CARD.replace("{card}", "C00001")),
        ("ANNULER", AWA, replies.HOW_CANCEL),
        ("ANNULER 12", AWA, replies.HOW_CANCEL),
        ("ANNULER 623591", AWA, replies.WRONG_REFERENCE),
        ("ANNULER 623590", AWA, replies.NO_DECLARATION),
    ],
)
def test_each_command_has_its_answer_and_nothing_is_declared(counter, text, sender, words):
    assert counter.hear(text, sender) == filled(words)
    assert counter.count(Declaration) == 0


@pytest.mark.parametrize("word", sorted({*OFFICERS} - {"ANNULER"}))
def test_an_officers_word_from_a_member_gets_the_help_and_is_written_down(counter, word):
    assert counter.hear(f"{word} TOUS bonjour") == filled(replies.HELP)
    assert counter.all(Inbound.word, Inbound.state) == [(word, "refused")]


def test_prices_are_said_one_by_one_or_all(counter):
    assert (
        counter.hear("PRIX")
        == f"Prix du {counter.clock():%d/%m}, CPS1: Thiof 1 000 F/kg; Yeet 2 000 F/caisse; Sardinelle 3 000 F/caisse."
    )
    assert counter.hear("PRIX yet").startswith("Yeet: 2 000 F par caisse, depuis le 26/08")
    assert "Thiof" in counter.hear("PRIX thiaf")


@pytest.mark.parametrize("text", ["PROD thiof 12,5", "prod Thiof 12.5 kg", "Prod thiof 12,5kg", "PRODUCTION THIOF 12,5 KILOS"])
def test_a_declaration_has_a_reference(counter, text):
    answer = counter.hear(text)
    assert [str(quantity.normalize()) for _, quantity in counter.all(Declaration.id, Declaration.quantity)] == ["12.5"]
    assert counter.all(Declaration.reference) == [(referred(answer),)]


def test_the_same_again_has_the_first_reference_unless_another_is_asked_for(counter):
    first = referred(counter.hear("PROD thiof 25"))
    counter.clock.forward(minutes=29)
    assert counter.hear("PROD thiof 25") == filled(replies.REPEATED.replace("{reference}", first))
    assert counter.count(Declaration) == 1
    assert referred(counter.hear("PROD thiof 25 AUTRE")) != first
    assert counter.count(Declaration) == 2


@pytest.mark.parametrize("quantity", ["0", "-5", "1e9", "100000", "1.2.3", "12,", "douze", "5 5", "99999999999999999999"])
def test_a_bad_quantity_changes_nothing(counter, quantity):
    answer = counter.hear(f"PROD thiof {quantity}")
    if quantity != "12,":  # a comma at the end is punctuation
        assert "Rien n'est enregistré" in answer
        assert counter.count(Declaration) == 0


def test_a_declaration_is_taken_back_by_its_reference_until_it_is_weighed(counter):
    reference = referred(counter.hear("PROD thiof 25"))
    assert counter.hear(f"ANNULER {reference}", sample_cooperative.SHARED) == filled(replies.NO_DECLARATION)
    counter.clock.forward(minutes=1)
    assert f"réf {reference} (25 kg de Thiof) annulée" in counter.hear(f"Annuler la réf {reference[:3]} {reference[3:]} svp")
    counter.clock.forward(minutes=1)
    assert f"réf {reference} (25 kg de Thiof) annulée" in counter.hear(f"ANNULER {reference}")
    assert counter.all(Declaration.state) == [("cancelled",)]
    other = referred(counter.hear("PROD thiof 30"))
    with counter.database.transaction() as session:
        session.execute(update(Declaration).where(Declaration.reference == other).values(state="weighed"))
    assert counter.hear(f"ANNULER {other}") == filled(replies.WEIGHED_ALREADY.replace("{reference}", other))
    assert counter.all(Declaration.state) == [("cancelled",), ("weighed",)]


def test_a_slip_in_a_products_name_is_understood_and_a_doubt_is_asked_back(counter):
    referred(counter.hear("PROD sardinele 3"))
    assert counter.all(Declaration.product_id) == [(3,)]
    assert "lequel ? Sardinelle, Thiof, Yeet ? Envoyez: PROD SARDINELLE 3." in counter.hear("PROD sardine 3")
    assert counter.count(Declaration) == 1


@pytest.mark.parametrize(
    ("card", "member"), [("C00002", 2), ("C00003", 3), ("0002", 2), ("003", 3), ("c0000003", 3), ("C2", 2), ("carte 002", 2)]
)
def test_on_a_shared_phone_the_card_says_who_declares(counter, card, member):
    referred(counter.hear(f"PROD {card} thiof 25", SHARED))
    assert counter.all(Declaration.member_id) == [(member,)]


def test_the_same_id_twice_changes_nothing(counter):
    referred(counter.hear("PROD thiof 25", sms_id="once"))
    assert counter.hear("PROD thiof 25", sms_id="once") is None
    assert [counter.count(table) for table in (Declaration, Inbound, Message)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("texts", "given"),
    [
        (["STOP"], {"notices": False, "broadcasts": False}),
        (["arrêt"], {"notices": False, "broadcasts": False}),
        (["Stop alerte"], {"urgent": False}),
        (["STOP", "STOPALERTE", "Start"], {"notices": True, "broadcasts": True, "urgent": True}),
        (["START", "FIN"], {"notices": False, "broadcasts": False, "urgent": True}),
    ],
)
@pytest.mark.parametrize("sender", [AWA, NOBODY])
def test_the_last_word_on_consent_counts(counter, texts, given, sender):
    for text in texts:
        assert counter.hear(text, sender)
    rows = counter.all(Consent.id, Consent.purpose, Consent.given, Consent.phone)
    assert {purpose: yes for _, purpose, yes, _ in rows} == given
    assert {phone for *_, phone in rows} == {sender}


def test_words_that_mean_nothing_are_answered_twice_in_ten_minutes(counter):
    assert [bool(counter.hear("Je suis absent")) for _ in range(4)] == [True, True, False, False]
    assert counter.hear("autre chose")
    counter.clock.forward(minutes=11)
    assert counter.hear("Je suis absent")
    assert [bool(counter.hear("AIDE")) for _ in range(4)] == [True] * 4


@pytest.mark.parametrize("sender", ["21512", "ORANGE", "", "+221", "+22177000001299999", "0770000012"])
def test_a_machine_is_kept_and_not_answered(counter, sender):
    assert counter.hear("STOP", sender) is None
    assert counter.all(Inbound.state) == [("ignored",)]


@pytest.mark.parametrize(
    "text",
    ["\0\0", "é" * 3000, "PROD " + "9" * 400, "PRIX " + "a" * 400, "LANGUE \0", "PROD ١٢ ٣", "PROD thiof ٣", "PROD C²²² ² ²"],
)
def test_no_text_breaks_anything(counter, text):
    assert counter.hear(text)
    assert "Rien" in counter.last() or counter.count(Declaration) == 0
    assert counter.all(Inbound.state) != [("failed",)]


def test_each_answer_is_one_part_but_the_notice(counter, monkeypatch):
    for most in ("MEMBER", "STRANGER"):
        monkeypatch.setattr(allowance, most, 1000)
    texts = ["AIDE", "STOP", "STOP ALERTE", "START", "SOLDE", "PRIX", "PRIX thiof", "PRIX zzz", "RAPPEL", "LANGUE", "LANGUE wo"]
    texts += ["PROD", "PROD thiof 99999", "PROD thiof 99999", "PROD thiof 0", "PROD sardinele 3", "PROD zzz 3", "PROD yeet 3 kg"]
    long = {text: counter.hear(text) for text in texts} | {f"shared {text}": counter.hear(text, SHARED) for text in texts}
    long |= {f"nobody {text}": counter.hear(text, NOBODY) for text in texts}
    assert {text: answer for text, answer in long.items() if not answer or measure(answer).parts != 1} == {}
