"""A co-operative's first day: products, first officers, the register, cards, ten members who activate, the first weighing."""

import json
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.cli import main
from app.coop.approvals.models import Approval
from app.coop.ledger.queries import balances_of
from app.coop.members.models import Member, Person
from app.coop.openings import entries
from app.coop.verify import verify
from tests.conversations.talk import Line

SECRETARY, PRESIDENT, TREASURER = (f"+22177000050{last}" for last in (1, 2, 3))
PEOPLE = range(2, 14)
REGISTER = "N°;Nom;Téléphone;Sexe\n1;Fatou SARR;770000501;F\n" + "".join(f"{i};Awa Ndiaye {i};7700006{i:02d};F\n" for i in PEOPLE)
BOOK = "Nom;Parts;Épargne\n" + "".join(f"Awa Ndiaye {i};5 000;{i} 000\n" for i in PEOPLE)
PIN = "7391"


@pytest.fixture
def jappoo(client, database, environment, monkeypatch, capsys):
    """Give the command line beside the running service."""
    del client
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DATABASE_URL", database.url)

    def run(*words):
        capsys.readouterr()
        code = main([str(word) for word in words])
        done = capsys.readouterr()
        assert code == 0, done
        return done.out

    return run


@pytest.fixture
def phone(client):
    return lambda number: Line(client, "africastalking", number)


def activate(talk, choices, number):
    """Open an account or the Bureau for the first time: activation number, notice, PIN twice."""
    talk.dial(choices)
    talk.type(number)
    talk.type("1")
    talk.type(PIN)
    return talk.type(PIN)


def approve(talk):
    talk.dial(["8", "2"])
    talk.type(PIN)
    talk.type("1")
    talk.type("1")
    return talk.type(PIN)


def test_the_first_day_of_a_co_operative(jappoo, phone, database, tmp_path):
    register, book, prices = (tmp_path / f"{name}.csv" for name in ("registre", "soldes", "prix"))
    register.write_text(REGISTER, "utf-8")
    book.write_text(BOOK, "utf-8")
    prices.write_text("Produit;Unité;Prix\nPoulpe;kg;2 500\n", "utf-8")
    jappoo("cooperative", "add", "CPS9", "--name", "CPS Neuve", "--commune", "Mbour", "--filiere", "PECHE")
    poulpe = ("cooperative", "product", "CPS9", "Poulpe", "--unit", "kg", "--filiere", "PECHE")
    assert "1 Poulpe, kg; nothing was changed" in jappoo(*poulpe, "--dry-run")
    assert jappoo(*poulpe) == "1 Poulpe, kg\n"
    officers = {}
    for number, name, role in (
        (SECRETARY, "Fatou Sarr", "secretary"),
        (PRESIDENT, "Mor Fall", "president"),
        (TREASURER, "Aby Diop", "treasurer"),
    ):
        given = json.loads(jappoo("admin", "add", number, "--name", name, "--role", role, "--cooperative", "CPS9", "--json"))
        officers[number] = given["activation"]

    told = json.loads(jappoo("import", "members", register, "--cooperative", "CPS9", "--json"))
    assert told["rows"]["create"] == 13
    printed = jappoo("member", "cards", "--cooperative", "CPS9")
    cards = dict(re.findall(r"Carte \S+   (.*?)   .*?\n.*?\nNuméro d'activation \(jusqu'au \S+\): (\d{6})", printed))
    assert set(cards) == {f"Awa Ndiaye {i}" for i in PEOPLE}, "the secretary, a member too, has her number already"
    activate(phone(SECRETARY), ["1"], officers[SECRETARY])
    for number in (PRESIDENT, TREASURER):
        activate(phone(number), ["8", "2"], officers[number])
    for i in range(2, 12):
        activate(phone(f"+2217700006{i:02d}"), ["1"], cards[f"Awa Ndiaye {i}"])
    with database.read() as reader:
        states = reader.scalars(select(Member.state).join(Person).where(Member.cooperative_id == 2)).all()
    assert sorted(states) == ["active"] * 11 + ["pending"] * 2

    assert json.loads(jappoo("import", "prices", prices, "--cooperative", "CPS9", "--json"))["problems"][0]["kind"] == "waits"
    assert "Approuvé" in approve(phone(PRESIDENT)) + approve(phone(TREASURER))
    jappoo("import", "balances", book, "--cooperative", "CPS9")
    said = approve(phone(PRESIDENT)) + approve(phone(TREASURER))
    assert "Approuvé" in said
    with database.transaction() as session:
        entries.post(session, datetime.now(UTC))

    hers = phone("+221770000602")
    hers.dial([])
    hers.type("2")
    assert "Repris du cahier: Parts 5 000, épargne 2 000 F. Juste ?" in hers.type(PIN)
    hers.type("1")
    assert "Poulpe" in hers.type("1")
    hers.type("1")
    hers.type("12,5")
    reference = re.search(r"réf (\d{6})", hers.type("1"))[1]
    scales = phone(SECRETARY)
    scales.dial(["8", "1"])
    scales.type(PIN)
    scales.type(f"{reference} 12,5")
    for entry in ("1", "1", "1", PIN):
        seen = scales.type(entry)
    assert "Crédité: 1 pesée" in seen
    with database.read() as reader:
        awa = reader.scalar(select(Member.id).join(Person).where(Person.name == "Awa Ndiaye 2"))
        held = balances_of(reader, awa)
        assert (held.savings, held.payable) == (2_000, 30_625)
        assert verify(reader).wrong == ()
        assert not reader.scalars(select(Approval.id).where(Approval.state == "waiting")).all()
