"""What leaves by SMS: each text in the parts that it declares with its longest values, plain, in the language of its reader."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app import texts, units
from app.coop.act import Act
from app.coop.members import notices
from app.coop.members.models import Person
from app.sms.models import Message
from app.sms.policy import prepare
from app.texts.declaration import compile_texts, declared
from app.texts.proof import longest, prove
from tests import sample_cooperative

AT = datetime(2026, 12, 28, 23, 59, tzinfo=UTC)


def test_all_texts_are_proved():
    assert prove(declared()) == []


@pytest.mark.parametrize("name", declared().texts)
def test_each_text_leaves_in_its_parts(name):
    text = declared().texts[name]
    leaves = prepare(longest(declared(), text, "fr"))
    assert (leaves.alphabet, leaves.parts) == ("GSM-7", text.parts), leaves.text


def test_the_table_names_each_sms_of_the_boutiques_trainings_jobs_and_the_fund():
    subjects = ("idea", "innovation", "booking", "order", "invoice", "lot_told", "training", "certificate", "placement")
    named = {name for name in declared().texts if name.startswith((*subjects, "job_", "aid_", "fund_"))}
    table = re.findall(r"^\| (.+?) \|", Path("docs/messages.md").read_text("utf-8"), re.MULTILINE)
    assert len(named) > 20
    assert named <= {name for cell in table for name in re.findall("`([a-z_]+)`", cell)}


def test_a_receipt_says_reference_goods_and_day_in_dakar():
    goods = units.count_of(Decimal("12.500"), "kg", "Thiof")  # as it is stored: 12,500 would be read as thousands
    words = texts.say("declaration_receipt", reference="482137", goods=goods, day=AT)
    assert all(said in words for said in ("réf 482137", "12,5 kg de Thiof", "28/12/2026"))


@pytest.mark.parametrize(
    ("name", "values", "says"),
    [
        ("handed_over_amount", {"amount": 1_234_500}, "(1 234 500 F)"),
        ("lock_notice", {"until": AT}, "jusqu'à 23:59 le 28/12."),
        ("reset_opened", {"hour": AT}, "avant 23:59 pour"),
        ("contest_opened", {"due": date(2027, 2, 3)}, "le 03/02/2027."),
        ("payout_asked", {"by": "treasurer"}, "Jappoo: la trésorerie demande"),
        ("payout_asked", {"by": "auditor"}, "Jappoo: auditor demande"),
        ("contest_answered", {"note": "m" * 50}, f": pas acceptée. {'m' * 48}. Pas"),
    ],
)
def test_each_kind_is_written_in_its_way(name, values, says):
    others = {"reference": "1", "number": "2", "code": "*1#", "cost": "Gratuit", "day": AT, "verdict": "unfounded"}
    assert says in texts.say(name, **(others | values))


def test_a_value_that_looks_like_a_placeholder_stays_as_it_is():
    assert "{day} {code}" in texts.say("approval_impossible", day=AT, why="{day} {code}")


@pytest.mark.parametrize(
    ("name", "values"), [("pin_notes", {}), ("pin_notice", {}), ("pin_notice", {"when": AT})], ids=["name", "value", "placeholder"]
)
def test_what_is_not_declared_is_not_said(name, values):
    with pytest.raises(KeyError):
        texts.say(name, **values)


@pytest.fixture
def wolof(monkeypatch):
    """Serve all SMS in a language that marks each of its texts."""
    said = {words: f"wo {words}" for words, _, _ in declared()}
    reviewed = compile_texts((files("menus") / "sms.yaml").read_text("utf-8"), {"wo": said})
    monkeypatch.setattr(texts, "declared", lambda: reviewed)


@pytest.mark.usefixtures("wolof")
def test_a_text_and_its_words_are_said_in_a_language_that_is_served():
    said = texts.say("payout_asked", by="president", reference="482137", day=AT)
    assert said.startswith("Jappoo: la présidence demande")
    assert texts.translate(said, "wo").startswith("wo Jappoo: wo la présidence demande")
    assert texts.translate(said, "ff") == said
    assert texts.translate("Bonjour", "wo") == "Bonjour"


def test_a_language_with_one_text_missing_is_not_served():
    source = "members: {a: Un, b: Deux}"
    assert compile_texts(source, {"wo": {"Un": "Benn"}}).languages == ("fr",)
    assert compile_texts(source, {"wo": {"Un": "Benn", "Deux": "Naar"}}).languages == ("fr", "wo")


def told(database):
    """Tell Awa, who wants Wolof, and a stranger; give the texts and languages that leave."""
    sample_cooperative.build(database)
    with database.transaction() as session:
        session.execute(update(Person).where(Person.id == 1).values(language="wo"))
        act, words = Act(1, "ussd", "op", AT, phone=sample_cooperative.AWA), texts.say("pin_notice", day=AT)
        notices.tell_person(session, act, 1, "pin", words)
        notices.tell_number(session, act, "+221775550001", "security", "pin", words)
    with database.read() as reader:
        return [(row.text[:9], row.language) for row in reader.execute(select(Message.text, Message.language).order_by(Message.id))]


@pytest.mark.usefixtures("wolof")
def test_a_member_reads_the_language_she_chose(sqlite_database):
    assert told(sqlite_database) == [("wo Jappoo", "wo"), ("Jappoo: v", "fr")]


def test_a_member_reads_french_until_her_language_is_served(sqlite_database):
    assert told(sqlite_database) == [("Jappoo: v", "fr")] * 2
