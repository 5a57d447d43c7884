"""What a row of paper balances is read as: whose it is, what it adds to, and why it is refused."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.coop.cooperatives.models import Cooperative
from app.coop.ledger.services import MOST_HELD, account_of, post
from app.coop.members.models import Member, Person
from app.sheets import NoValue, Refuse
from tests.imported_rows import NOW, look, rows, take
from tests.paper_balances import PAPER, agree, book, paper, stands

__all__ = ["paper"]


def moved(database, member=3, now=NOW - timedelta(days=3)):
    with database.transaction() as session:
        lines = [(account_of(session, 1, None, "cash"), 500), (account_of(session, 1, member, "savings"), -500)]
        post(session, operation=f"moved:{member}", kind="savings", cooperative_id=1, member_id=member, lines=lines, now=now)


def test_where_something_moved_before_it_is_asked_whether_paper_adds_to_it(paper):
    moved(paper)
    found, _ = look(paper, "balances", PAPER)
    assert found.counts == {"ask": 1, "create": 1}
    assert "Ces soldes sont-ils en plus (parts 10 000 F, épargne 12 500 F) ?" in found.questions[0].says
    key = found.questions[0].key
    assert look(paper, "balances", PAPER, {key: "non"})[0].counts == {"same": 1, "create": 1}
    take(paper, "balances", PAPER, {key: "oui"})
    agree(paper)
    book(paper)
    assert stands(paper, 3).savings == 13_000


def test_what_moved_since_a_sheet_left_wins_and_is_said(paper):
    moved(paper)
    old = rows({"card": "C0000003", "savings": 0, "shares": 0, "as_of": NOW.date()})
    found, _ = look(paper, "balances", old)
    assert (found.counts, [one.kind for one in found.problems]) == ({"same": 1}, ["kept"])
    earlier = rows({"card": "C0000003", "savings": 2_000, "as_of": NOW.date() - timedelta(days=10)})
    assert look(paper, "balances", earlier)[0].counts == {"create": 1}


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ({"card": "C0000099", "savings": 1}, "card", "n'est pas à CPS1"),
        ({"name": "Mor Seck", "savings": 1}, "name", "importez d'abord les membres"),
        ({"savings": 1}, "card", "Il manque la carte et le nom"),
        ({"card": "C0000006", "savings": 1}, "card", "est parti"),
        ({"card": "C0000003", "savings": MOST_HELD + 1}, "savings", "de 0 à 999 999 999 F"),
        ({"card": "C0000003"}, "", "Aucune colonne de solde"),
    ],
)
def test_a_balance_that_cannot_be_taken_says_why(paper, row, column, says):
    found, _ = look(paper, "balances", rows(row))
    assert found.counts == {"refuse": 1}
    assert (found.problems[0].column, says in found.problems[0].says) == (column, True)


def test_a_row_without_a_balance_is_empty_and_not_said_to_be_there(paper):
    blank = {"card": "C0000003", "savings": NoValue(), "payable": NoValue()}
    found, _ = look(paper, "balances", rows(blank, {"card": "C0000004", "savings": 0}, {"card": "C0000003", "savings": 500}))
    assert (found.counts, found.problems[0].says) == ({"skip": 1, "same": 1, "create": 1}, "C00003: aucun solde n'est écrit")


def test_a_balance_whose_card_stands_in_a_refused_row_is_not_taken_in_its_place(paper):
    found, _ = look(paper, "balances", rows({"card": "C0000003", "savings": Refuse("abc")}, {"card": "C0000003", "savings": 500}))
    assert (found.counts, found.problems[1].says) == ({"refuse": 2}, "C00003 est déjà à la ligne 2: un seul solde par membre.")


def test_one_card_in_four_spellings_has_one_balance(paper):
    found, _ = look(paper, "balances", rows(*[{"card": card, "savings": 12_500} for card in ["C0000003"] * 4]))
    assert found.counts == {"create": 1, "refuse": 3}
    assert "déjà à la ligne 2" in found.problems[0].says


def test_savings_below_nothing_are_an_advance(paper):
    take(paper, "balances", rows({"card": "C0000003", "savings": -3_000}))
    agree(paper)
    book(paper)
    assert (stands(paper, 3).savings, stands(paper, 3).advance) == (0, 3_000)
    found, _ = look(paper, "balances", rows({"card": "C0000004", "advance": -2_000}))
    assert found.planned[0].change.brought.amounts["advance"] == 2_000


def test_a_loan_that_the_law_voids_is_said_and_stays_owed(paper):
    with paper.transaction() as session:
        session.execute(update(Cooperative).values(legal_form="SCOOPS"))
    found, _ = look(paper, "balances", PAPER)
    assert [(one.row, one.kind, one.says) for one in found.problems] == [
        (3, "law", "Art. 251: une SCOOPS ne prête pas à ses membres. Ce qui est dû reste dû.")
    ]
    assert found.counts == {"create": 2}


def test_a_member_is_found_by_name_and_a_namesake_is_asked_about(paper):
    found, _ = look(paper, "balances", rows({"name": "awa 3", "savings": 1}))
    assert found.counts == {"create": 1}
    found, _ = look(paper, "balances", rows({"name": "Responsabl 101", "savings": 1}))
    assert found.counts == {"ask": 1}
    assert found.questions[0].proposals[0] == "C00101"
    answers = {found.questions[0].key: "C0000101"}
    assert look(paper, "balances", rows({"name": "Responsabl 101", "savings": 1}), answers)[0].counts == {"create": 1}


@pytest.mark.parametrize(("answer", "whose"), [("12", 3), ("0012", 3), ("c12", 3), ("2", 4), ("C00002", 4), ("212", 0), ("x", 0)])
def test_a_card_is_answered_as_people_write_it_and_never_taken_for_another(paper, answer, whose):
    with paper.transaction() as session:
        for member, card in ((3, "C0000012"), (4, "C0000002")):
            session.execute(update(Member).where(Member.id == member).values(card=card))
        session.execute(update(Person).where(Person.id.in_((3, 4))).values(name="Fatou Sarr"))
    mine = rows({"name": "Fatou Sarr", "savings": 500})
    [question] = look(paper, "balances", mine)[0].questions
    found, _ = look(paper, "balances", mine, {question.key: answer})
    assert [one.change.brought.member_id for one in found.planned] == ([whose] if whose else [])
