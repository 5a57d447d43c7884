"""Techniques at the console: read with their how-to, and written down by PIN."""

import pytest
from sqlalchemy import select

from app.coop.console_requests.models import ConsoleRequest
from app.coop.techniques.models import Technique
from tests import sample_declarations
from tests.web.console.test_broadcasts import plain
from tests.web.console.test_pages import inside, rows

FORM = {"name": "Séchage du yeet", "filiere": "PECHE", "steps": "Laver.\r\n\r\nFendre,  saler.", "low": "30", "high": "45"}


@pytest.fixture
def database(sqlite_database):
    """Give one database: what is tried here is the same on both."""
    return sqlite_database


def test_a_technique_is_asked_for_and_read_by_all_from_then_on(officer, database, app, clock):  # noqa: ARG001
    sample_declarations.women(database, 8)
    fatou = inside(officer, sample_declarations.SECRETARY)
    for wrong in (
        {"name": "x"},
        {"steps": "Saler."},
        {"steps": "m" * 601},
        {"low": "45", "high": "30"},
        {"high": ""},
        {"filiere": "?"},
    ):
        fatou.send("/techniques", **FORM | wrong)
        assert "Rien n'est demandé" in plain(fatou.page), wrong
    fatou.send("/techniques", **FORM)
    with database.read() as reader:
        [words] = reader.scalars(select(ConsoleRequest.words)).all()
    assert words == "CPS1: nouvelle technique Séchage du yeet (PECHE), 22 lettres, rendement 30 à 45 %."
    assert fatou.on_phone() == ["C'est la fiche 1: tous peuvent la lire."]
    fatou.get("/techniques")
    assert rows(fatou.page, "techniques") == ["1, Séchage du yeet PECHE Laver. Fendre, saler. 30 à 45 %"]
    fatou.send("/techniques", **FORM)
    assert "Impossible : ce nom est pris" in plain(fatou.page)
    with database.read() as reader:
        assert reader.scalars(select(Technique.steps)).all() == ["Laver.\n\nFendre, saler."]
