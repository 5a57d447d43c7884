"""Bureau 2: what waits is counted on the Bureau, listed with its age and amount behind the PIN, and decided by PIN."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.coop.act import Act
from app.coop.approvals import kinds
from app.coop.subjects import approvals
from tests import sample_declarations

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""What doesn't depend on the database is tried on one."""


@pytest.fixture(autouse=True)
def _thing(monkeypatch):
    def thing(_, approval, __):
        if approval.amount == 666:
            raise approvals.Impossible("épargne déjà retirée")

    monkeypatch.setitem(kinds.KINDS, "thing", kinds.ApprovalKind("thing", thing))


def ask(database, *, person=1, subject_id=1, amount=12_500, needed=None, ago=3):
    act = Act(person, "ussd", f"ask {subject_id}", datetime.now(UTC) - timedelta(hours=ago))
    of = {"subject": "thing", "subject_id": subject_id, "cooperative_id": 1, "member_id": 1}
    with database.transaction() as session:
        return approvals.ask(session, act, "thing", "Retrait d'épargne", **of, amount=amount, needed=needed)


def state(database):
    with database.read() as reader:
        return reader.scalar(select(approvals.Approval.state))


def decide(line, phone, verdict, pin="2468"):
    talk = line(phone)
    talk.dial(["8", "2"])
    assert "3 h Retrait d'épargne 12 500 F" in talk.type("2468")
    assert "C00001 Awa 1" in talk.type("1")
    assert "Votre code secret confirme" in talk.type(verdict)
    return talk.type(pin)


def test_two_officers_approve_what_a_member_asked(line, database):
    ask(database)
    assert "Noté: Retrait d'épargne 12 500 F. Il manque encore 1 accord" in decide(line, sample_declarations.SECRETARY, "1")
    assert state(database) == "waiting"
    assert "Approuvé, c'est fait: Retrait d'épargne 12 500 F." in decide(line, sample_declarations.PRESIDENT, "1")
    assert state(database) == "approved"


@ON_SQLITE
def test_one_refuses(line, database):
    ask(database)
    assert "Refusé" in decide(line, sample_declarations.SECRETARY, "2")
    assert state(database) == "refused"


@ON_SQLITE
def test_a_wrong_pin_decides_nothing(line, database):
    ask(database)
    assert "Code faux" in decide(line, sample_declarations.SECRETARY, "1", pin="1122")
    assert state(database) == "waiting"


@ON_SQLITE
def test_the_bureau_says_how_many_wait_before_any_pin_and_nothing_else(line, database):
    talk = line(sample_declarations.SECRETARY)
    assert "à approuver" not in talk.dial(["8"])
    ask(database), ask(database, subject_id=2), ask(database, subject_id=3, person=101)
    said = line(sample_declarations.SECRETARY).dial(["8"])
    assert "Bureau: 2 à approuver" in said
    assert not re.search(r"\d F\b", said)


@ON_SQLITE
def test_what_was_decided_meanwhile_is_gone(line, database):
    ask(database, needed=1)
    late = line(sample_declarations.PRESIDENT)
    late.dial(["8", "2"])
    for entry in ("2468", "1", "1"):
        late.type(entry)
    decide(line, sample_declarations.SECRETARY, "2")
    assert "Déjà décidé" in late.type("2468")
    assert state(database) == "refused"


@ON_SQLITE
def test_what_can_not_be_done_any_more_says_why_and_stays(line, database):
    ask(database, needed=1, amount=666)
    talk = line(sample_declarations.SECRETARY)
    talk.dial(["8", "2"])
    for entry in ("2468", "1", "1"):
        talk.type(entry)
    assert "Impossible: épargne déjà retirée" in talk.type("2468")
    assert state(database) == "waiting"


@ON_SQLITE
def test_a_member_without_an_office_sees_no_list(line, database):
    ask(database)
    said = line("+221770000012").dial(["8", "2"])
    assert "approuver" not in said


@ON_SQLITE
def test_a_further_thing_takes_two_entries_and_a_code_in_the_same_call(line, database):
    for number in range(1, 11):
        ask(database, subject_id=number)
    talk = line(sample_declarations.PRESIDENT)
    talk.dial(["8", "2"])
    talk.type("2468")
    for _ in range(10):
        talk.type("1"), talk.type("1")
        said = talk.type("2468")
        assert said.startswith("Noté: Retrait d'épargne 12 500 F. Il manque encore 1 accord")
    assert "Rien à approuver" in said
    assert talk.type("0").startswith("Bureau: ")


@ON_SQLITE
def test_who_decides_sees_who_it_is_how_they_stand_and_who_asked(line, database):
    ask(database)
    talk = line(sample_declarations.SECRETARY)
    talk.dial(["8", "2"])
    assert "1 3 h Retrait d'épargne 12 500 F Awa 1" in talk.type("2468")
    seen = talk.type("1")
    assert "Épargne 12 500 F, doit 0 F, la CPS doit " in seen
    assert "Demandé: Awa 1\n" in seen
