"""The page of figures: charts with their tables, a file, and of each officer's own co-operative the same as the ministry reads."""

import csv
import io
import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert

from app.coop.cooperatives.models import Cooperative, Filiere
from app.coop.imports.models import MemberProfile
from app.coop.kpi import months, queries, screens
from app.coop.kpi.cells import Month
from app.coop.kpi.sheets import HEADS
from tests import sample_cooperative, sample_declarations
from tests.web.console.test_pages import inside, rows

PLACE = {"commune_id": 1, "legal_form": "AER", "created_at": sample_cooperative.LONG_AGO}


def publish(database, clock):
    for month in (date(2026, 9, 1), date(2026, 10, 1)):
        more = True
        while more:
            with database.transaction() as session:
                more = months.publish_next(session, Month(month), clock())


@pytest.fixture
def published(database, app, clock):  # noqa: ARG001 - it makes the village
    """Give CPS1 three women and ten men who said so, CPS2 nobody, and two months that are published."""
    with database.transaction() as session:
        session.add(Filiere(id=2, code="MARAICHAGE", name="Maraîchage"))
        session.flush()
        session.add(Cooperative(id=2, code="CPS2", name="CPS Mbour", filiere_id=2, **PLACE))
    women = sample_declarations.women(database, 13)
    with database.transaction() as session:
        said = [{"member_id": member, "sex": "F" if at < 3 else "M", "born_in": 1999} for at, member in enumerate(women)]
        session.execute(insert(MemberProfile), said)
    publish(database, clock)
    return database


def drawn(page):
    """Return each drawing's message, title and description."""
    return [
        tuple(re.sub(r"<[^>]+>", "", part) for part in found)
        for found in re.findall(
            r"<strong[^>]*>(.*?)</strong>.*?<title[^>]*>(.*?)</title>.*?<desc[^>]*>(.*?)</desc>", page, re.DOTALL
        )
    ]


def test_charts_say_what_they_show_and_have_their_numbers_behind(officer, published):  # noqa: ARG001
    federation = inside(officer, sample_declarations.ADMINISTRATOR)
    answer = federation.get("/figures")
    assert answer.status_code == 200
    message, title, description = drawn(federation.page)[0]
    assert re.match(r"\d+ membres, dont", message)
    assert title == "Membres et membres actifs à la fin de chaque mois"
    assert re.match(r"septembre 26: \d+; septembre 26: \d+; octobre 26: \d+", description)
    assert federation.page.count('role="img"') == federation.page.count("<summary>En tableau")
    assert "style=" not in federation.page
    assert "<script" not in federation.page
    assert len(federation.page) < 60_000


def test_a_chart_writes_none_and_few_as_french_does(officer, published):  # noqa: ARG001
    federation = inside(officer, sample_declarations.ADMINISTRATOR)
    federation.get("/figures?cps=CPS2")
    assert drawn(federation.page)[0][0] == "0 membre, dont 0 actif"
    assert "0 livraison" in rows(federation.page, "topic-4")[0]


def test_a_chart_says_what_is_hidden(officer, database, app, clock):  # noqa: ARG001 - it makes the village
    publish(database, clock)
    federation = inside(officer, sample_declarations.ADMINISTRATOR)
    federation.get("/figures")
    assert drawn(federation.page)[0][0] == "7 membres, dont actifs : non publié"


def test_few_persons_are_not_told_nor_what_tells_them(officer, published):  # noqa: ARG001
    federation = inside(officer, sample_declarations.ADMINISTRATOR)
    federation.get("/figures?cps=CPS1")
    lines = rows(federation.page, "topic-2")
    assert next(line for line in lines if line.startswith("Femmes")) == "Femmes non publié"
    assert len([line for line in lines if "non publié" in line]) >= 2
    federation.get("/figures?commune=Joal-Fadiouth")
    assert "environ" in federation.page or "de " in rows(federation.page, "topic-2")[0]


def test_an_officer_reads_what_the_ministry_reads_of_her_co_operative_and_nothing_else(officer, published):
    secretary = inside(officer, sample_declarations.SECRETARY)
    federation = inside(officer, sample_declarations.ADMINISTRATOR)
    theirs = federation.get("/figures?cps=CPS1&format=csv").get_data(as_text=True)
    for asked in ("", "&cps=CPS1", "&cps=CPS2", "&commune=Joal-Fadiouth", "&filiere=MARAICHAGE"):
        assert secretary.get(f"/figures?format=csv{asked}").get_data(as_text=True) == theirs
    assert {row["CPS"] for row in csv.DictReader(io.StringIO(theirs))} == {"CPS1"}
    with published.read() as reader:
        [month, _] = queries.months(reader)
        assert len(queries.told(reader, month, queries.Place("CPS1"))) == len(theirs.splitlines()) - 1


def test_the_file_is_of_what_was_chosen(officer, published):  # noqa: ARG001
    federation = inside(officer, sample_declarations.ADMINISTRATOR)
    answer = federation.get("/figures?month=2026-09&filiere=PECHE&format=csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="chiffres-2026-09.csv"'
    [first, *_] = csv.DictReader(io.StringIO(federation.page))
    assert tuple(first) == tuple(HEADS.values())
    assert (first["Mois"], first["Filière"]) == ("2026-09", "PECHE")
    answer = federation.client.get("/figures?format=xlsx")
    assert answer.data[:2] == b"PK"


@pytest.mark.parametrize("asked", ["month=2031-01", "month=%00", "format=exe", "cps=&commune=&filiere="])
def test_what_is_no_choice_shows_the_last_month(officer, published, asked):  # noqa: ARG001
    federation = inside(officer, sample_declarations.ADMINISTRATOR)
    assert federation.get(f"/figures?{asked}").status_code == 200
    assert '<option value="2026-10" selected>' in federation.page


@pytest.mark.parametrize("asked", ["cps=CPS9", "commune=Dakar", "filiere=x&commune=y"])
def test_a_place_that_is_none_is_said(officer, published, asked):  # noqa: ARG001
    federation = inside(officer, sample_declarations.ADMINISTRATOR)
    assert federation.get(f"/figures?{asked}").status_code == 404
    assert "est encore publié ici." in federation.page


def test_before_the_first_month_is_published_it_says_so(officer, app):  # noqa: ARG001
    assert inside(officer, sample_declarations.ADMINISTRATOR).get("/figures").status_code == 200


def test_the_federation_sees_the_screens_that_are_left_most(officer, published):
    with published.transaction() as session:
        counts = {"home|shown|fr": 10, "home|answered|fr": 7, "home|ms|fr": 14_000, "home|refused|fr": 2}
        screens.keep(session, date(2026, 10, 31), datetime(2026, 10, 31, 12, tzinfo=UTC), lambda: counts)
        screens.keep(session, date(2026, 11, 1), datetime(2026, 11, 1, 12, tzinfo=UTC), lambda: {"home|shown|fr": 90})
    federation = inside(officer, sample_declarations.ADMINISTRATOR)
    federation.get("/figures")
    assert rows(federation.page, "screens") == ["home fr 10 7 2 3 2.0"]
    secretary = inside(officer, sample_declarations.SECRETARY)
    secretary.get("/figures")
    assert "Écrans du menu" not in secretary.page
