"""Every command that writes is a row: who at the machine, what; and officers are told where it changes a control."""

import ast
import getpass
import socket
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError

from app import cli, texts
from app.coop.models import Base
from app.coop.offices.models import OfficerAct, OperatorAct
from app.db.menu_versions import MenuPointer, MenuVersion
from app.gsm7 import fold, measure
from app.sms import inbox
from app.sms.models import Inbound, Message
from menus import publication
from tests import menu_rows, sample_cooperative, sample_declarations

WITHOUT = {
    ("seed", "fill"): "it fills an empty database, never a production one",
    ("menus", "versions"): "it reads",
    ("menus", "serve"): "after the commit: it copies what is served to Redis",
    ("ledger", "session"): "it reads the rules",
    ("broadcasts", "transaction"): "it reads",
    ("imports", "bring"): "a line each, behind the file's own row: nobody waits for the file; a dry run takes each back",
    ("report", "transaction"): "it publishes what the scheduler would",
    ("report", "_publish_month"): "see transaction",
    ("report", "_go_on"): "see transaction",
    ("report", "session"): "it reads the code",
    ("sheet_imports", "transaction"): "the turn, with the operator's row in it, and its end",
    ("sheet_imports", "_begin"): "see transaction",
    ("sheet_imports", "undo"): "likewise; its operator's row comes before",
    ("sheet_imports", "partial"): "it writes a slice each, behind the import's own row: nobody waits for the file",
    ("sheet_imports", "_scope"): "it reads",
    ("sheet_imports", "look"): "it reads, and says that the import lives",
    ("sheet_imports", "_look"): "see look",
    ("sheet_imports", "heartbeat"): "see look",
}
"""Where a command opens a transaction itself, or hands the database on, and why it is no operator's act."""


@pytest.fixture
def house(sqlite_database, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "k" * 32)
    sample_declarations.staffed(sqlite_database)
    menu_rows.put(sqlite_database, sample_cooperative.LONG_AGO)
    with sqlite_database.transaction() as session:
        current = session.get_one(MenuVersion, session.get_one(MenuPointer, 1).current)
        old = {
            "hash": "0ld",
            "compiled": current.compiled,
            "needs": [],
            "published_at": sample_cooperative.LONG_AGO,
            "published_by": "tests",
        }
        session.add(MenuVersion(**old))
        session.flush()
        session.execute(update(MenuPointer).values(previous="0ld"))
    return sqlite_database


def acts(database):
    with database.read() as reader:
        return [(row.command, row.arguments) for row in reader.execute(select(OperatorAct.command, OperatorAct.arguments))]


def told(database, cause):
    with database.read() as reader:
        return set(reader.scalars(select(Message.to_number).where(Message.cause.like(cause))))


def test_no_command_writes_but_by_the_one_helper():
    found = set()
    for file in Path(cli.__file__).parent.glob("*.py"):
        for call in (node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)):
            opened = call.func.attr if isinstance(call.func, ast.Attribute) and _is_database(call.func.value) else ""
            given = any(_is_database(argument) for argument in call.args)
            if opened in ("transaction", "session", "begin") or given:
                name = opened or (call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id)
                found.add((file.stem, name))
    about_the_database_itself = {(module, name) for module, name in found if module in ("db", "doctor", "context")}
    assert found - about_the_database_itself == set(WITHOUT)


def _is_database(node):
    return isinstance(node, ast.Name) and node.id == "database"


COMMANDS = [
    ("cooperative add", "cps7 --name Neuve --commune Mbour --filiere PECHE --form GIE", {"code": "cps7", "form": "GIE"}),
    ("cooperative product", "cps1 Poulpe --unit kg --filiere PECHE", {"code": "cps1", "name": "Poulpe"}),
    ("cooperative set", "cps1 payment-threshold 999999999", {"setting": "payment-threshold", "value": 999_999_999}),
    ("cooperative set", "cps1 --form SCOOPS", {"form": "SCOOPS"}),
    ("ledger approvals", "cps1 withdrawal --needed 1", {"cooperative": "cps1", "kind": "withdrawal", "needed": 1}),
    ("member cards", "--cooperative cps1 --renew", {"cooperative": "cps1", "renew": True}),
    ("admin add", "C00001 --role delegate --cooperative cps1", {"who": "C00001", "role": "delegate"}),
    ("admin add", "+221780000009 --role auditor --name Fatou", {"who": "…09", "role": "auditor"}),
    ("admin revoke", "C00101 --role secretary --cooperative cps1", {"who": "C00101"}),
    ("admin renew", "+221780000001", {"who": "…01"}),
    ("admin renew", "+221780000001 --new +221780000077", {"who": "…01", "new": "…77"}),
    ("admin sign-out", "+221780000001", {"who": "…01"}),
    ("sms price", "22", {"amount": 22}),
    ("menus publish", "", {}),
    ("menus publish", "--by demo", {"by": "demo"}),
    ("menus rollback", "", {"version": "0ld"}),
    ("menus rollback", "0ld", {"version": "0ld"}),
]


@pytest.mark.parametrize(("command", "arguments", "kept"), COMMANDS, ids=lambda value: str(value)[:40])
def test_a_command_that_writes_is_a_row(run, house, command, arguments, kept):
    assert run(*command.split(), *arguments.split()).code == 0
    [(name, noted)] = acts(house)
    assert name == command
    assert kept.items() <= noted.items()
    assert "Fatou" not in str(noted)
    with house.read() as reader:
        assert reader.execute(select(OperatorAct.os_user, OperatorAct.host)).one() == (getpass.getuser(), socket.gethostname())


@pytest.mark.parametrize(
    "command",
    [
        "cooperative set cps9 payment-threshold 1",
        "cooperative set cps1 solidarity-percent 99",
        "admin add C1 --role delegate",
        "member erase C00001",
        "member erase C00001 --dry-run",
        "menus rollback unknown",
    ],
)
def test_a_command_that_fails_leaves_no_row(run, house, command):
    assert run(*command.split()).code != 0
    assert acts(house) == []


@pytest.mark.parametrize(
    ("command", "cause"),
    [
        ("cooperative set CPS1 payment-threshold 999999999", "setting:1:payment_threshold:%"),
        ("cooperative set CPS1 price-threshold-percent 1000", "setting:1:price_threshold_percent:%"),
        ("cooperative set CPS1 --form COOP-CA", "setting:1:legal_form:%"),
        ("ledger approvals CPS1 batch --needed 1", "rule:1:batch:%"),
        ("admin revoke C00101 --role secretary --cooperative CPS1", "office ended:%"),
    ],
)
def test_the_officers_are_told_of_a_control_that_changed(run, house, command, cause):
    assert run(*command.split()).code == 0
    assert told(house, cause) == {sample_declarations.SECRETARY, sample_declarations.PRESIDENT, sample_declarations.TREASURER}


def test_what_stays_as_it_was_is_not_told(run, house):
    assert run("cooperative", "set", "CPS1", "payment-threshold", "500000").code == 0
    assert told(house, "setting:%") == set()


def test_an_answer_for_an_officer_says_who_gave_it(run, house):
    with house.transaction() as session:
        letter = {"sender": sample_cooperative.AWA, "to": "21512", "text": "A quelle heure ?", "state": "unparsed", "word": None}
        inbox.keep(session, "fake", "1", **letter, now=sample_cooperative.LONG_AGO)
        session.execute(Inbound.__table__.update().values(cooperative_id=1))
    with house.read() as reader:
        letter = reader.scalar(select(Inbound.id))
    assert run("sms", "answer", str(letter), "A 7h", "--for", sample_declarations.SECRETARY).out == "queued, 1 part\n"
    assert acts(house) == [("sms answer", {"letter": letter, "officer": "…01"})]
    with house.read() as reader:
        [(channel, operation)] = reader.execute(select(OfficerAct.channel, OfficerAct.operation)).all()
    assert (channel, operation.startswith(f"cli:{getpass.getuser()}:")) == ("cli", True)


def test_publishing_says_which_version(run, house):
    assert run("menus", "publish").code == 0
    with house.read() as reader:
        current = reader.scalar(select(MenuPointer.current))
    assert acts(house) == [("menus publish", {"version": current[:9]})]


@pytest.mark.parametrize("command", ["publish", "rollback"])
def test_menus_and_the_row_stand_or_fall_together(run, house, monkeypatch, command):
    monkeypatch.setattr(publication, "_point", fail)
    assert run("menus", command).code != 0
    assert acts(house) == []


def fail(*arguments):
    raise ZeroDivisionError(arguments)


def test_an_operators_act_is_for_good(run, house):
    assert run("sms", "price", "22").code == 0
    for change in ("UPDATE operator_acts SET os_user = 'x'", "DELETE FROM operator_acts"):
        with pytest.raises(DatabaseError), house.transaction() as session:
            session.execute(text(change))


def test_what_is_owed_against_the_law_is_shown(run, house):
    sample_declarations.women(house, 1)
    assert "void" not in run("cooperative", "show", "cps1").out
    assert run("cooperative", "set", "cps1", "--form", "SCOOPS").code == 0
    assert "  owed, but void by article 251: C00201 advance 10 000 F" in run("cooperative", "show", "cps1").out.splitlines()


@pytest.mark.parametrize(
    "words", [["set", "CPS1"], ["set", "CPS1", "payment-threshold"], ["set", "CPS1", "x", "1", "--form", "GIE"]]
)
@pytest.mark.usefixtures("house")
def test_a_setting_or_a_form_is_given(run, words):
    assert run("cooperative", *words).code == 2


@pytest.mark.parametrize("what", texts.words("setting"))
def test_the_longest_setting_fits_an_sms(what):
    words = texts.say("setting_changed", setting=what, before=999_999_999, after=999_999_999, day=sample_cooperative.LONG_AGO)
    assert measure(fold(words)).parts == 1


@pytest.mark.parametrize("kind", texts.words("decided"))
def test_each_rule_fits_an_sms(kind):
    assert measure(fold(texts.say("rule_as_usual", decided=kind, day=sample_cooperative.LONG_AGO))).parts == 1


def test_every_kind_of_approval_has_its_words():
    from app.coop.approvals.kinds import KINDS

    assert set(KINDS) <= set(texts.words("decided"))
    assert "operator_acts" in Base.metadata.tables
