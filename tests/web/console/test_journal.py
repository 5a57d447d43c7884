"""The journal of officers' acts: of one's scope, one officer's, from a day back."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.coop.lots.models import KINDS
from app.coop.offices import audit
from app.coop.rights import Office
from app.web.console.act_words import ACTS
from tests import sample_declarations
from tests.acts import by
from tests.web.console.test_pages import inside, rows

ADMINISTRATOR = Office(103, "administrator", None)
NEW_YEARS_EVE, NEW_YEAR = datetime(2025, 12, 31, 23, 59, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)


def test_acts_are_read_by_scope_officer_and_day(officer, database, clock):
    clerk, yesterday = sample_declarations.CLERK, clock() - timedelta(days=1)
    with database.transaction() as session:
        audit.note(session, by(clerk, "a", yesterday), "call back taken", "call_back:1")
        audit.note(session, by(ADMINISTRATOR, "b", yesterday), "letter answered", "letter:1")
        audit.note(session, by(clerk, "c", clock()), "number noted", "number:1")
    fatou, federation = inside(officer, sample_declarations.SECRETARY), inside(officer, sample_declarations.ADMINISTRATOR)
    fatou.get("/journal")
    own = rows(fatou.page, "acts")
    assert [row for row in own if "rappel pris" in row] == [
        "23/11 à 10:00 Responsable 101 , secrétariat CPS1 rappel pris téléphone"
    ]
    assert not [row for row in own if "SMS répondu" in row]
    federation.get("/journal?day=2026-11-23")
    assert [row.split(" , ")[1] for row in rows(federation.page, "acts")] == [
        "fédération Fédération SMS répondu téléphone",
        "secrétariat CPS1 rappel pris téléphone",
    ]
    federation.get("/journal?officer=101&cps=cps1")
    assert {row.split()[4] for row in rows(federation.page, "acts")} == {"101"}
    federation.get("/journal?day=1999-01-01")
    assert "Rien n&#39;est noté ici" in federation.page


@pytest.mark.parametrize(("at", "said"), [(NEW_YEARS_EVE, "31/12/2025 à 23:59"), (NEW_YEAR, "01/01 à 00:00")])
def test_an_act_of_another_year_is_written_with_it(officer, database, at, said):
    with database.transaction() as session:
        audit.note(session, by(sample_declarations.CLERK, "a", at), "call back taken", "call_back:1")
    fatou = inside(officer, sample_declarations.SECRETARY)
    fatou.get("/journal")
    assert any(row.startswith(f"{said} Responsable 101") for row in rows(fatou.page, "acts"))


def test_long_journals_have_pages(officer, database, clock):
    with database.transaction() as session:
        for number in range(60):
            audit.note(session, by(ADMINISTRATOR, f"{number}", clock()), f"act {number}", "x")
    federation = inside(officer, sample_declarations.ADMINISTRATOR)
    federation.get("/journal")
    assert "Plus anciens" in federation.page
    assert len(rows(federation.page, "acts")) == 50


def test_each_act_has_its_words_in_french():
    said = set()
    for file in (*Path("app").rglob("*.py"), *Path("menus").glob("*.py")):
        for call in ast.walk(ast.parse(file.read_text())):
            named = isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", ""))
            if named in ("note", "_note", "_decided") and len(call.args) > 2:
                what = call.args[3 if named == "_decided" else 2]
                arms = (what.body, what.orelse) if isinstance(what, ast.IfExp) else (what,)
                said |= {one.value for one in arms if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    assert len(said) > 60
    assert said - set(ACTS) - {"approved", "refused"} == set()  # states of an opening
    assert {f"lot {kind}" for kind in KINDS} <= set(ACTS)
