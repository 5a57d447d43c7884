"""A cut call gone on with, among officers' lists, rights that end, and what waits for a member's word."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete

from app.coop.offices.models import Role
from tests import sample_declarations
from tests.menus.test_assisted import help_her
from tests.menus.test_people import dial
from tests.sample_cooperative import AWA

LINE = "000 Reprendre l'appel"
SECRETARY = sample_declarations.SECRETARY


@pytest.fixture
def database(sqlite_database):
    """Give SQLite only: where a call stands doesn't depend on the database."""
    return sqlite_database


def test_an_officers_long_form_goes_on_with_all_that_was_typed(line):
    assert "combien de kg" in dial(line, SECRETARY, "8", "7", "2468", "00001", "1", "1")
    assert LINE in dial(line, SECRETARY, "8", "1", "2468")
    assert "combien de kg" in dial(line, SECRETARY, "8", "1", "2468", "000")
    assert "25 kg de Thiof pour Awa 1 ?" in dial(line, SECRETARY, "1", "2468", "000", "25")


def test_what_was_cut_at_an_officers_pin_is_not_offered(line):
    assert "code secret confirme" in dial(line, SECRETARY, "8", "4", "1", "2468", "1", "1", "1100")
    assert LINE not in dial(line, SECRETARY, "8", "4", "1", "2468")


def test_the_weighing_list_goes_on_by_itself_and_is_not_offered_twice(line, database):
    [reference] = sample_declarations.declared(database, [1], datetime.now(UTC))
    assert "combien de kg" in dial(line, SECRETARY, "8", "1", "2468", reference)
    seen = dial(line, SECRETARY, "8", "1", "2468")
    assert "combien de kg" in seen
    assert LINE not in seen
    assert "Qualité" in dial(line, SECRETARY, "8", "1", "2468", "12")
    seen = dial(line, SECRETARY, "8", "1", "2468")
    assert "Qualité" in seen
    assert LINE not in seen


def test_an_office_that_ended_since_then_goes_on_with_nothing(line, database):
    dial(line, SECRETARY, "8", "7", "2468", "00001", "1", "1")
    with database.transaction() as session:
        session.execute(delete(Role))
    assert "pas de votre charge" in dial(line, SECRETARY, "1", "2468", "000")


def test_what_waits_for_her_word_comes_before_the_offer(line):
    dial(line, AWA, "2", "2468", "2")
    help_her(line)
    hers = line(AWA)
    hers.dial(["1"])
    asked = hers.type("2468")
    assert "Déclaré pour vous" in asked
    assert LINE not in asked
    assert "1 ou 2, svp." in hers.type("000")
    assert "est juste" in hers.type("1")
    assert hers.type("1").endswith(LINE)
    assert hers.type("000").startswith("Yeet: combien de caisses ?")
