"""Balances that came over from paper are shown behind the PIN, until the member finds them right or contests them."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from app.coop.contests.answers import waiting
from app.coop.contests.models import Contest
from app.coop.contests.services import contestable
from app.coop.ledger.services import reverse
from app.coop.openings import entries
from app.coop.openings.models import Opening, OpeningBalance
from app.coop.openings.services import CONTEST_DAYS
from app.coop.rights import Office
from app.coop.subjects import approvals
from app.sms.models import Message
from tests import sample_declarations
from tests.imported_rows import NOW, rows, take
from tests.sample_cooperative import AWA, SHARED

PAPER = {"as_of": date(2026, 8, 1), "shares": 5_000, "savings": 1_000, "advance": 2_500}
SHOWN = "Repris du cahier: Parts 5 000, épargne 1 000, vous devez 2 500 F. Juste ?"


@pytest.fixture
def brought(database, client):
    """Bring balances over for Awa and for one of those who share a telephone; two officers agreed."""
    del client
    sample_declarations.treasurer(database)
    take(database, "balances", rows(PAPER | {"card": "C0000001"}, {"as_of": date(2026, 8, 1), "card": "C0000003", "payable": 700}))
    with database.transaction() as session:
        session.execute(update(Opening).values(state="approved"))
        asked = session.scalar(select(approvals.Approval.id))
        for person in (102, 104):
            vote = {"approval_id": asked, "person_id": person, "approved": True, "at": NOW, "operation": f"word:{person}"}
            session.add(approvals.ApprovalVote(**vote))
    for _ in range(2):
        with database.transaction() as session:
            entries.post(session, NOW)
    return database


def opened(line, phone=AWA, before=()):
    talk = line(phone)
    talk.dial([])
    for entry in ("1", *before):
        talk.type(entry)
    return talk, talk.type("2468" if not before else {"1": "1357", "2": "8642"}[before[0]])


def answer(database):
    with database.read() as reader:
        return reader.scalar(select(OpeningBalance.answer).where(OpeningBalance.member_id == 1))


def test_what_is_right_is_said_once(line, brought):
    talk, seen = opened(line)
    assert seen.startswith(SHOWN)
    assert "1 Oui\n2 Non" in seen
    assert "Tapez 1 ou 2." in talk.type("3")
    assert "Merci" in talk.type("1")
    assert "Épargne" in talk.type("1")
    assert answer(brought) == "right"
    assert "Épargne" in opened(line)[1]


def test_officers_read_what_the_book_comes_to(line, brought):
    take(brought, "balances", rows({"card": "C0000004", "savings": 12_500, "payable": 7_500, "advance": 2_000}))
    talk = line(sample_declarations.PRESIDENT)
    talk.dial(["8", "2"])
    waits = talk.type("2468")
    shown = talk.type("2" if "\n2 " in waits else "1")
    assert "Soldes du cahier au 26/11/26, 1 membre 20 000 F" in shown
    assert "Épargne 12 500 F, doit 2 000 F, la CPS doit 7 500 F" in shown
    assert "Demandé: par fichier" in (shown if "Demandé" in shown else talk.type("9"))


def test_it_is_asked_again_until_it_is_answered(line, brought):
    opened(line)
    assert opened(line)[1].startswith(SHOWN)
    assert answer(brought) is None


def test_no_is_a_contest_with_its_clock(line, brought):
    talk, _ = opened(line)
    said = talk.type("2")
    assert "Réclamation" in said
    assert "Épargne" in talk.type("1")
    with brought.read() as reader:
        row = reader.execute(select(Contest)).mappings().one()
        text = reader.scalar(select(Message.text).where(Message.cause.like("contest:%")))
    assert (row["subject"], row["state"], answer(brought)) == ("opening", "open", "contested")
    assert f"réclamation {row['number']} notée" in text
    assert "Épargne" in opened(line)[1]
    mine = line(AWA)
    mine.dial(["7", "11"])
    mine.type("2468")
    assert "Solde repris" in mine.type("11")


def test_who_agreed_to_it_does_not_answer_the_contest(line, brought):
    opened(line)[0].type("2")
    with brought.read() as reader:
        assert waiting(reader, Office(102, "president", 1), NOW) == []
        assert [one.subject for one in waiting(reader, Office(101, "secretary", 1), NOW)] == ["opening"]


def test_what_was_found_right_may_be_contested_for_a_month(line, brought):
    opened(line)[0].type("1")
    with brought.transaction() as session:
        said = session.scalar(select(OpeningBalance.answered_at).where(OpeningBalance.member_id == 1))
        soon, late = said + timedelta(days=CONTEST_DAYS - 1), said + timedelta(days=CONTEST_DAYS)
        assert [one.subject for one in contestable(session, 1, soon)] == ["opening"]
        assert contestable(session, 1, late) == []


def test_what_was_reversed_is_not_asked_about(line, brought):
    with brought.transaction() as session:
        entry = session.scalar(select(OpeningBalance.entry_id).where(OpeningBalance.member_id == 1))
        reverse(session, entry, operation="wrong", now=NOW)
    assert "Épargne" in opened(line)[1]


def test_who_shares_a_telephone_sees_their_own(line, brought):
    assert answer(brought) is None
    assert "Épargne" in opened(line, SHARED, ("1",))[1]
    assert opened(line, SHARED, ("2",))[1].startswith("Repris du cahier: On vous doit 700 F. Juste ?")
