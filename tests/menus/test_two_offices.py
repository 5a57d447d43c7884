"""An officer of two scopes is asked once a call for which they act; an officer of one never is."""

from datetime import UTC, date, datetime

import pytest

from app.coop.correspondence import call_backs
from app.coop.offices.models import Role
from tests import sample_cooperative, sample_declarations

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def both(line, database):
    """The president is the federation's administrator too; a stranger and a member ask to be called."""
    with database.transaction() as session:
        session.add(Role(person_id=102, role="administrator", cooperative_id=None, from_on=date(2026, 1, 1)))
        for phone, place in ((sample_cooperative.NOBODY, None), (sample_cooperative.AWA, 1)):
            call_backs.ask(session, phone, "Aide", person_id=None, cooperative_id=place, now=datetime.now(UTC))
    return line(sample_declarations.PRESIDENT)


def test_who_has_two_offices_is_asked_once_a_call(both):
    assert "code secret" in both.dial(["8", "6"])
    assert both.type("2468") == "Vous agissez pour qui ? 1 CPS1, 2 Fédération\n0 Retour"
    assert "Un de ces numéros" in both.type("3")
    first = both.type("2")
    assert "Vous agissez" not in first
    both.type("00")
    both.type("8")
    assert both.type("6") == first


@pytest.mark.parametrize(("office", "seen", "unseen"), [("1", "770000012", "77555"), ("2", "775550000", "770000012")])
def test_the_list_is_of_the_scope_that_was_chosen(both, office, seen, unseen):
    both.dial(["8", "6"])
    both.type("2468")
    said = both.type(office)
    said = both.type("1") if "1 " in said and seen.replace(" ", "")[:5] not in said.replace(" ", "") else said
    assert seen.replace(" ", "") in said.replace(" ", "")
    assert unseen.replace(" ", "") not in said.replace(" ", "")


def test_what_the_chosen_office_may_not_do_is_not_done_by_the_other(both):
    both.dial(["8", "3", "1"])
    both.type("2468")
    assert "pas de votre charge" in both.type("2")


def test_who_has_one_office_is_not_asked(line):
    talk = line(sample_declarations.SECRETARY)
    talk.dial(["8", "6"])
    assert "Vous agissez" not in talk.type("2468")
