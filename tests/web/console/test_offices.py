"""Who holds which office; the administrator asks, and the phone does it."""

import re

import pytest
from sqlalchemy import select

from app.coop.console_requests.models import ConsoleRequest
from tests import sample_cooperative, sample_declarations
from tests.web.console.test_pages import inside


@pytest.fixture
def database(sqlite_database):
    """Give one database: what is tried here is the same on both."""
    return sqlite_database


def asked(database):
    with database.read() as reader:
        return list(reader.scalars(select(ConsoleRequest.words).order_by(ConsoleRequest.id)))


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("&#39;", "'")


def test_an_officer_reads_the_offices_of_their_own_co_operative_and_gives_none(officer, database):
    fatou = inside(officer, sample_declarations.SECRETARY)
    fatou.get("/offices")
    assert "Responsable 102 C00102" in words(fatou.page)
    assert "Responsable 103" not in fatou.page
    assert "Confier une charge" not in fatou.page
    assert fatou.send("/offices/1/end").status_code == 403
    assert asked(database) == []


def test_the_administrator_asks_to_give_prolong_and_end(officer, database):
    care = inside(officer, sample_declarations.ADMINISTRATOR)
    care.get("/offices?cps=cps1")
    assert "Responsable 101" in care.page
    assert "Responsable 103" not in care.page
    for path, form in (
        ("give", {"role": "treasurer", "cps": "cps1", "who": "C00001", "until": "2027-12-31"}),
        ("give", {"role": "ministry", "who": "77 111 00 01", "name": "Fatou  Sarr"}),
        ("1/prolong", {"until": "2027-06-30", "seen": "None"}),
        ("1/end", {}),
        ("first-use", {"phone": sample_declarations.ADMINISTRATOR}),
    ):
        care.get("/offices")
        care.send(f"/offices/{path}", **form)
        assert "puis 14" in words(care.page), care.page
    assert asked(database) == [
        "Fédération: charge de trésorerie CPS1 à C00001 Awa 1 jusqu'au 31/12/2027.",
        "Fédération: charge du ministère à Fatou Sarr 771110001.",
        "Fédération: prolonger la charge de secrétariat CPS1 de Responsable 101 jusqu'au 30/06/2027.",
        "Fédération: mettre fin à la charge de secrétariat CPS1 de Responsable 101.",
        "Fédération: autre code secret pour Responsable 103, 780000001.",
    ]


@pytest.mark.parametrize(
    ("path", "form", "says"),
    [
        ("give", {"role": "chef", "who": "C00001", "cps": "CPS1"}, "Choisissez une charge"),
        ("give", {"role": "treasurer", "who": "C00001"}, "donnez son code"),
        ("give", {"role": "treasurer", "who": sample_cooperative.AWA, "until": "2020-01-01"}, "Ce jour est passé"),
        ("1/prolong", {"until": "2027-02-30", "seen": "None"}, "Ce jour n'existe pas"),
        ("first-use", {"phone": "12"}, "pas un numéro"),
    ],
)
def test_what_wont_do_is_said_and_nothing_is_asked(officer, database, path, form, says):
    care = inside(officer, sample_declarations.ADMINISTRATOR)
    care.get("/offices")
    care.send(f"/offices/{path}", **form)
    assert says in words(care.page)
    assert asked(database) == []
