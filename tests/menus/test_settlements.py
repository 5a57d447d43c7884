"""An account is settled: by whose word, when, and what is left for whom."""

import pytest
from sqlalchemy import select

from app.coop.ledger.services import account_of, post
from app.coop.till.models import Payout
from tests import sample_cooperative, sample_declarations
from tests.menus.test_departures import agreed, amounts_of, balances, given, long_ago, member, note, settle, signed, swept
from tests.menus.test_people import approve, bureau, dial


@pytest.fixture
def line(line, database):
    sample_declarations.treasurer(database)
    return line


def departed_by_paper(line, database, days=8):
    note(line, "1")
    long_ago(database, days)


@pytest.mark.parametrize(("days", "said"), [(0, "Pas avant le"), (6, "Pas avant le"), (7, "Deux autres décident")])
def test_a_departure_that_an_officer_noted_is_settled_a_week_later_the_member_can_stay(line, database, days, said):
    departed_by_paper(line, database, days)
    assert said in settle(line)[1]
    assert "Vous restez membre" in dial(line, sample_cooperative.AWA, "7", "2468", "8", "1", "2468")
    assert (member(database).state, balances(database).savings) == ("active", 12_500)
    assert "Rien à approuver" in bureau_two(line)


def bureau_two(line, phone=sample_declarations.PRESIDENT):
    talk = line(phone)
    talk.dial(["8", "2"])
    return talk.type("2468")


def test_two_officers_alone_take_nothing(line, database):
    departed_by_paper(line, database)
    settle(line)
    agreed(line)
    given(line)
    signed(line, database, sample_declarations.TREASURER)
    assert member(database).state == "active"
    assert "Réclamation" in dial(line, sample_cooperative.AWA, "1", "2468", "3", "1", "2", "1")
    swept(database, hours=49)
    assert "Rien de remis" in signed(line, database)
    assert member(database).state == "active"
    answer = line(sample_declarations.SECRETARY)
    answer.dial(["8", "3", "5"])
    assert "Aucune réclamation" in answer.type("2468"), "who asked for it had a hand in it"


def test_a_signed_settlement_is_contested_for_two_days_before_the_account_closes(line, database):
    departed_by_paper(line, database)
    settle(line)
    agreed(line)
    given(line)
    assert "C'est payé: deux responsables" in signed(line, database)
    assert "en cours" in settle(line)[1], "nobody closes it in these two days"
    swept(database, hours=47)
    assert member(database).state == "active"
    assert "Réclamation" in dial(line, sample_cooperative.AWA, "7", "2468", "6", "1", "1")
    swept(database, hours=49)
    assert member(database).state == "active"
    assert set(amounts_of(balances(database))) == {0}


def test_what_a_leaver_owes_is_taken_off_and_where_nothing_is_left_nothing_is_handed_over(line, database):
    sample_declarations.women(database, 1)
    with database.transaction() as session:
        lines = [(account_of(session, 1, None, "cash"), 10_000), (account_of(session, 1, 201, "savings"), -10_000)]
        post(
            session,
            operation="saved",
            kind="savings",
            cooperative_id=1,
            member_id=201,
            lines=lines,
            now=sample_cooperative.LONG_AGO,
        )
    dial(line, "+221770000201", "7", "2468", "8", "1", "2468")
    assert "Deux autres décident" in settle(line)[1]
    assert "Approuvé" in agreed(line)
    assert set(amounts_of(balances(database, 201))) == {0}
    assert member(database, 201).state == "active"
    swept(database, hours=49)
    assert member(database, 201).state == "departed"


def test_the_heirs_of_a_member_who_died_are_paid_by_their_papers_number_after_thirty_days(line, database):
    note(line, "3")
    approve(line)
    talk, said = bureau(line, "5", "4", "1")
    assert "22 500 F aux héritiers" in said
    talk.type("881")
    assert "Pas avant le" in talk.type("2468")
    long_ago(database, 29)
    assert "Pas avant le" in bureau(line, "5", "4", "1", "881", "2468")[1]
    long_ago(database, 30)
    assert "Deux autres décident" in bureau(line, "5", "4", "1", "881", "2468")[1]
    assert "héritiers 881" in bureau_two(line)
    agreed(line)
    talk = line(sample_declarations.TREASURER)
    talk.dial(["8", "3", "4", "5"])
    for entry in ("2468", "001"):
        talk.type(entry)
    assert "22 500 F aux héritiers de Awa 1" in talk.type("1")
    talk.type("1")
    assert "C'est payé: deux responsables" in signed(line, database)
    swept(database, hours=49)
    assert member(database).state == "departed"
    assert set(amounts_of(balances(database))) == {0}


def test_a_sum_that_changed_is_asked_anew_and_one_that_nobody_fetched_falls(line, database):
    dial(line, sample_cooperative.AWA, "7", "2468", "8", "1", "2468")
    settle(line)
    assert "déjà demandé" in settle(line)[1]
    agreed(line)
    with database.transaction() as session:
        lines = [(account_of(session, 1, None, "cash"), 500), (account_of(session, 1, 1, "savings"), -500)]
        post(session, operation="more", kind="savings", cooperative_id=1, member_id=1, lines=lines, now=sample_cooperative.LONG_AGO)
    assert "changé depuis" in given(line)
    assert balances(database).savings == 13_000
    assert "Deux autres décident" in settle(line)[1]
    agreed(line)
    swept(database, hours=24 * 15)
    with database.read() as reader:
        assert reader.scalars(select(Payout.state).order_by(Payout.id)).all() == ["cancelled", "cancelled"]
    assert "Épargne libre 13 000 F" in dial(line, sample_cooperative.AWA, "1", "2468", "2")


def test_while_a_settlement_waits_nothing_else_is_asked_for(line):
    dial(line, sample_cooperative.AWA, "7", "2468", "8", "1", "2468")
    settle(line)
    assert "Une demande attend" in dial(line, sample_cooperative.AWA, "1", "2468", "2", "500", "2468")
