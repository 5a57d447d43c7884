"""`jappoo report kpi`: figures of a month, a place, in three formats; asked twice they are the same."""

import csv
import io
import json
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update

from app.coop.kpi import months, screens
from app.coop.kpi.cells import Month
from app.coop.kpi.sheets import HEADS
from app.coop.members.models import Member
from tests import sample_cooperative


@pytest.fixture
def kpi(sqlite_database, run, monkeypatch):
    sample_cooperative.build(sqlite_database)
    monkeypatch.setattr(months, "last_month", lambda _: Month(date(2026, 10, 1)))
    return lambda *arguments: run("report", "kpi", *arguments)


def told(done):
    assert done.err == ""
    return {(row["figure"], row["part"]): row for row in json.loads(done.out)}


def test_a_month_is_published_by_asking_and_then_stays(kpi, sqlite_database):
    first = told(kpi("--format", "json"))
    assert first["members", ""] | {"title": ""} == {
        "month": "2026-10", "revision": 1, "cooperative": "", "commune": "", "filiere": "", "topic": "Membres", "figure": "members",
        "part": "", "title": "", "value": 5, "at_most": None, "unit": "personnes", "numerator": 5, "denominator": None,
        "state": "exact",
    }  # fmt: skip
    with sqlite_database.transaction() as session:
        session.execute(update(Member).values(joined_on=date(2026, 11, 20)))
    assert told(kpi("--month", "2026-10", "--format", "json")) == first


def test_places_narrow_it_and_numbers_of_persons_are_rounded_there(kpi):
    assert told(kpi("--cooperative", "cps1", "--format", "json"))["members", ""]["value"] == 5
    here = told(kpi("--commune", "Joal-Fadiouth", "--filiere", "peche", "--format", "json"))["members", ""]
    assert (here["value"], here["state"], here["numerator"]) == (5, "rounded", None)
    assert {row["cooperative"] for row in json.loads(kpi("--each", "--format", "json").out)} == {"CPS1"}


def test_a_table_and_a_spreadsheet_have_the_same_columns(kpi, tmp_path):
    assert tuple(next(iter(csv.DictReader(io.StringIO(kpi().out))))) == tuple(HEADS.values())
    file = tmp_path / "figures.xlsx"
    assert kpi("--format", "xlsx", "--output", str(file)).code == 0
    assert file.read_bytes()[:2] == b"PK"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--month", "2026-11"], 1, "the figures of 2026-11 can be published from 2026-12-06 on"),
        (["--month", "november"], 2, "months are like 2026-11"),
        (["--month", "2026-13"], 2, "months are like 2026-11"),
        (["--month", "9999-12"], 2, "months are like 2026-11"),
        (["--cooperative", "CPS9"], 1, "no co-operative has the code CPS9"),
        (["--commune", "Dakar"], 1, "no commune is called Dakar"),
        (["--commune", "Joal-Fadiouth", "--cooperative", "CPS1"], 2, "not both"),
    ],
)
def test_what_can_not_be_asked_is_said_in_a_line(kpi, arguments, code, says):
    done = kpi(*arguments)
    assert (done.code, done.out) == (code, "")
    assert says in done.err
    assert len(done.err.splitlines()) == 1


def test_a_correction_is_another_revision_with_its_reason(kpi, run):
    assert run("report", "revise", "2026-10", "--reason", "registre de Joal").code == 0
    assert told(kpi("--format", "json"))["members", ""]["revision"] == 2
    without = run("report", "revise", "2026-10", "--reason", " ")
    assert (without.code, without.err.count("\n")) == (2, 1)
    assert told(kpi("--format", "json"))["members", ""]["revision"] == 2


def test_definitions_are_listed(kpi):
    lines = kpi("--definitions").out.splitlines()
    assert "to_producers" in "".join(lines)
    assert all(line.split()[1] for line in lines)


def test_screens_are_told_by_what_left_them_and_drawn_so(run, sqlite_database):
    with sqlite_database.transaction() as session:
        counts = {"home|shown|fr": 10, "home|answered|fr": 3, "pin|shown|fr": 4, "pin|answered|fr": 4, "pin|ms|fr": 8_000}
        screens.keep(session, datetime.now(UTC).date(), datetime.now(UTC), lambda: counts)
    home, pin = json.loads(run("menus", "funnel", "--json").out)
    assert (home["screen"], home["exits"], pin["seconds"]) == ("home", 7, 2.0)
    table = run("menus", "funnel", "--days", "7").out.splitlines()
    assert table == ["screen,language,arrivals,answers,errors,exits,seconds", "home,fr,10,3,0,7,0.0", "pin,fr,4,4,0,0,2.0"]
    assert "class home half" in run("menus", "draw", "--days", "30").out
    assert "classDef" not in run("menus", "draw").out
