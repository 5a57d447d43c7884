"""`jappoo member find|show`, `jappoo cooperative list|set`: what an operator looks up and changes."""

import json

import pytest
from sqlalchemy import select

from app.coop.offices.models import OperatorAct
from tests import sample_cooperative


@pytest.fixture
def village(sqlite_database):
    sample_cooperative.build(sqlite_database)
    return sqlite_database


@pytest.mark.parametrize("typed", ["C00001", "0001", "77 000 00 12", "+221770000012"])
@pytest.mark.usefixtures("village")
def test_a_member_is_found_by_card_or_number_and_shown(run, typed):
    [found] = json.loads(run("member", "find", typed, "--json").out)
    assert found == {"card": "C00001", "name": "Awa 1", "cooperative": "CPS1", "state": "active"}
    shown = json.loads(run("member", "show", typed, "--json").out)
    assert (shown["card"], shown["numbers"]) == ("C00001", [sample_cooperative.AWA])
    assert (shown["balances"]["shares"], shown["balances"]["savings"]) == (10_000, 12_500)


@pytest.mark.usefixtures("village")
def test_a_member_is_found_by_name_however_spelled(run):
    assert {row["name"] for row in json.loads(run("member", "find", "awa", "--json").out)} >= {"Awa 1", "Awa 4"}
    assert json.loads(run("member", "find", "awa", "--cooperative", "CPS1", "--json").out)
    assert json.loads(run("member", "find", "Zzz", "--json").out) == []
    assert run("member", "find", "awa", "--cooperative", "CPS9").code == 1


def test_who_looked_at_a_member_is_written_down_without_the_number(run, village):
    assert "shares 10 000 F" in run("member", "show", sample_cooperative.AWA).out
    with village.read() as reader:
        assert reader.execute(select(OperatorAct.command, OperatorAct.arguments)).all() == [("member show", {"card": "…12"})]


@pytest.mark.parametrize("typed", ["C99999", sample_cooperative.SHARED, "x"])
def test_one_who_isnt_there_or_isnt_alone_is_said(run, village, typed):
    done = run("member", "show", typed)
    assert (done.code, done.out) == (1, "")
    assert done.err == f"jappoo: no member, or more than one, has {typed}: see jappoo member find\n"
    with village.read() as reader:
        assert reader.scalar(select(OperatorAct.id)) is None


@pytest.mark.usefixtures("village")
def test_co_operatives_are_listed(run):
    [row] = json.loads(run("cooperative", "list", "--json").out)
    assert (row["code"], row["name"], row["legal_form"], row["active"]) == ("CPS1", "CPS Joal", "AER", 3)
    assert run("cooperative", "list").out.startswith("CPS1")


@pytest.mark.usefixtures("village")
def test_what_a_co_operative_is_changes_in_one_act(run):
    words = ("--name", "CPS Mbour", "--commune", "Mbour", "--filiere", "transfo", "--form", "SCOOPS")
    assert (
        run("cooperative", "set", "cps1", *words).out == "CPS1: CPS Mbour, Mbour, transfo, SCOOPS, 0 loans not handed over let go\n"
    )
    shown = json.loads(run("cooperative", "show", "CPS1", "--json").out)
    assert [shown[name] for name in ("name", "commune", "filiere", "legal_form")] == ["CPS Mbour", "Mbour", "TRANSFO", "SCOOPS"]
    refused = run("cooperative", "set", "cps1", "--name", "Autre", "--commune", "Mbourr")
    assert (refused.code, refused.err) == (1, "jappoo: commune inconnue: Mbourr. Mbour ?\n")
    assert json.loads(run("cooperative", "show", "CPS1", "--json").out)["name"] == "CPS Mbour"


@pytest.mark.parametrize("words", [(), ("payment-threshold",), ("payment-threshold", "5", "--name", "x")])
def test_what_is_half_said_is_wrong_use(run, words):
    done = run("cooperative", "set", "CPS1", *words)
    assert done.code == 2
    assert done.err.startswith("jappoo: give SETTING and VALUE, or --name")
