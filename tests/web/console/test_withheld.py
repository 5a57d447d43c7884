"""What the console keeps from those who may read but not that: who got aid, numbers to call, another office's files."""

import pytest
from sqlalchemy import update

from app.coop.ledger.services import account_of, post
from app.coop.offices.models import Role
from tests import sample_boutiques, sample_cooperative, sample_declarations, sample_trainings
from tests.web.console.test_pages import inside


@pytest.fixture
def database(sqlite_database):
    """Give one database: what is tried here is the same on both."""
    return sqlite_database


def as_auditor(database, person=102):
    with database.transaction() as session:
        session.execute(update(Role).where(Role.person_id == person).values(role="auditor"))


def test_who_got_aid_is_named_to_those_alone_who_decide(officer, database, clock):
    with database.transaction() as session:
        for operation, kind, accounts in (
            ("aid", "aid", ("solidarity", "handed_over")),
            ("paid", "payment", ("handed_over", "cash")),
        ):
            debit, credit = (account_of(session, 1, None, account) for account in accounts)
            lines = [(debit, 5_000), (credit, -5_000)]
            post(session, operation=operation, kind=kind, cooperative_id=1, member_id=1, lines=lines, now=clock())
        own = [(account_of(session, 1, None, "cash"), 700), (account_of(session, 1, 2, "savings"), -700)]
        post(session, operation="own", kind="savings", cooperative_id=1, member_id=2, lines=own, now=clock())
    treasury = inside(officer, sample_declarations.PRESIDENT)
    treasury.get("/ledger")
    assert treasury.page.count("Awa 1") == 2
    as_auditor(database)
    treasury.get("/ledger")
    assert ("Awa 1" in treasury.page, "Awa 2" in treasury.page) == (False, True)


def test_numbers_to_call_are_masked_for_who_may_not_call(officer, database, clock):
    sample_boutiques.jars(database, clock())
    president = inside(officer, sample_declarations.PRESIDENT)
    president.get("/lots/1")
    assert president.send("/lots/1/recall").status_code == 200
    assert 'href="tel:' in president.page
    as_auditor(database)
    president.get("/lots/1")
    president.send("/lots/1/recall")
    assert "•• •••" in president.page
    assert 'href="tel:' not in president.page


def test_the_federations_auditor_is_led_to_no_candidates(officer, database):
    sample_trainings.shipyard(database, None)
    federation = inside(officer, sample_declarations.ADMINISTRATOR)
    federation.get("/jobs")
    assert 'href="/jobs/1"' in federation.page
    as_auditor(database, 103)
    federation.get("/jobs")
    assert "Soudeur" in federation.page
    assert 'href="/jobs/1"' not in federation.page


MARKED = ["/requests?before=", "/journal?officer=", "/ledger?cps=", "/trainings?after=", "/members?cps=", "/members/1?before=1-"]
NAMED = ["/broadcasts/", "/cps/", "/equipment/", "/ideas/", "/imports/", "/jobs/", "/lots/", "/members/", "/payments/"]
DATED = ["/equipment/1?week=", "/journal?day=", "/ledger?cps=1&day="]


@pytest.mark.parametrize("path", MARKED + NAMED)
@pytest.mark.parametrize("mark", ["9" * 30, "-1", "x", "٣"])
def test_a_mark_that_is_none_is_no_fault(officer, path, mark):
    assert inside(officer, sample_declarations.ADMINISTRATOR).get(path + mark).status_code in (200, 403, 404)


@pytest.mark.parametrize("path", DATED)
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-29", "", "hier"])
def test_a_day_that_is_none_of_ours_is_no_fault(officer, database, clock, path, day):
    sample_boutiques.dryer(database, clock())
    assert inside(officer, sample_declarations.ADMINISTRATOR).get(path + day).status_code == 200


def test_an_officer_of_two_offices_does_what_either_may(officer, database):
    with database.transaction() as session:
        session.add(Role(person_id=102, role="delegate", cooperative_id=1, from_on=sample_cooperative.LONG_AGO.date()))
    president = inside(officer, sample_declarations.PRESIDENT)
    assert president.get("/imports").status_code == 200
    assert president.get("/call-backs").status_code == 200
