"""Balances of a paper book: asked for once a co-operative, entries of their own, never money that comes in."""

from datetime import date

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from structlog.testing import capture_logs

from app.coop.closing import merges, settlements
from app.coop.imports.forecast import RestsOn
from app.coop.imports.models import ImportRow
from app.coop.imports.undo import undo
from app.coop.ledger.models import Account, JournalEntry, Posting
from app.coop.ledger.services import account_of, post, reverse
from app.coop.members.lookup import in_cooperative
from app.coop.members.models import Member, Number
from app.coop.openings import entries
from app.coop.openings.models import Opening, OpeningBalance
from app.coop.subjects import approvals
from app.coop.verify import verify
from app.db.rows import PASSED_OVER
from app.sms.models import Message
from tests.acts import by
from tests.imported_rows import NOW, OURS, look, rows, take
from tests.paper_balances import LATER, PAPER, PRESIDENT, TREASURER, agree, book, paper, stands
from tests.sample_cooperative import SHARED

__all__ = ["paper"]


def wrong(database):
    with database.read() as reader:
        return verify(reader).wrong


def cash(database):
    with database.read() as reader:
        held = select(func.coalesce(func.sum(Posting.amount), 0)).join(Account).where(Account.kind == "cash")
        return reader.scalar(held)


def test_balances_wait_for_two_officers_and_no_cash_comes_in(paper):
    before = cash(paper)
    _, found = take(paper, "balances", PAPER, stated={"shares": 15_000})
    assert found.counts == {"create": 2}
    assert stands(paper, 3).savings == 0
    with paper.read() as reader:
        row = reader.execute(select(approvals.Approval)).mappings().one()
    assert (row["words"], row["amount"], row["asked_by"], row["needed"]) == (
        "Soldes du cahier au 26/11/26, 2 membres",
        35_000,
        None,
        2,
    )
    assert row["details"]["totals"] == {"shares": 15_000, "savings": 12_500, "payable": 7_500, "advance": 2_000, "leasing": 0}
    assert row["details"]["stated"] == {"shares": 15_000}
    agree(paper, TREASURER)
    book(paper)
    assert stands(paper, 3).savings == 0
    agree(paper, PRESIDENT)
    book(paper)
    three, four = stands(paper, 3), stands(paper, 4)
    assert (three.shares, three.savings, four.shares, four.payable, four.advance) == (10_000, 12_500, 5_000, 7_500, 2_000)
    assert (cash(paper), wrong(paper)) == (before, ())
    with paper.read() as reader:
        kinds = set(reader.scalars(select(JournalEntry.kind).where(JournalEntry.member_id.in_((3, 4)))))
        assert kinds == {"opening"}
        assert reader.scalar(select(Opening.state)) == "posted"
    book(paper)
    assert stands(paper, 3) == three


def test_the_same_file_again_brings_nothing_whatever_stage_it_is_at(paper):
    take(paper, "balances", PAPER)
    assert look(paper, "balances", PAPER)[0].counts == {"same": 2}
    agree(paper)
    assert look(paper, "balances", PAPER)[0].counts == {"same": 2}
    book(paper)
    assert look(paper, "balances", PAPER)[0].counts == {"same": 2}
    _, found = take(paper, "balances", PAPER)
    assert not found.planned
    with paper.read() as reader:
        assert reader.scalar(select(func.count()).select_from(Opening)) == 1


def test_what_officers_refuse_may_be_brought_again(paper):
    take(paper, "balances", PAPER)
    agree(paper, TREASURER, approved=False)
    book(paper)
    assert stands(paper, 3).savings == 0
    assert look(paper, "balances", PAPER)[0].counts == {"create": 2}


def test_other_balances_wait_until_the_first_are_decided(paper):
    take(paper, "balances", PAPER[:1])
    found, _ = look(paper, "balances", PAPER)
    assert found.counts == {"same": 1, "refuse": 1}
    assert "attendent déjà l'accord" in found.problems[0].says
    agree(paper)
    book(paper)
    assert look(paper, "balances", PAPER)[0].counts == {"same": 1, "create": 1}


def test_other_amounts_than_those_in_the_books_are_refused(paper):
    take(paper, "balances", PAPER)
    changed = rows({"card": "C0000003", "savings": 99_000})
    assert "annulez d'abord" in look(paper, "balances", changed)[0].problems[0].says
    agree(paper)
    book(paper)
    found, _ = look(paper, "balances", changed)
    assert (found.counts, "correction se demande" in found.problems[0].says) == ({"refuse": 1}, True)


def test_whose_paper_waits_is_neither_merged_nor_closed_before_it_is_in_the_books(paper):
    take(paper, "balances", PAPER)
    with paper.transaction() as session:
        kept, other = (in_cooperative(session, 1, card) for card in ("C00003", "C00004"))
        with pytest.raises(merges.NotOne, match="open"):
            merges.ask(session, by(PRESIDENT, "merge", LATER), kept, other)
        with pytest.raises(settlements.StillOpen):
            settlements.check_nothing_open(session, other.member_id)
    agree(paper)
    book(paper)
    with paper.transaction() as session:
        settlements.check_nothing_open(session, other.member_id)


def test_an_entry_that_was_reversed_leaves_room_for_the_right_balance(paper):
    take(paper, "balances", PAPER)
    agree(paper)
    book(paper)
    with paper.transaction() as session:
        entry = session.scalar(select(OpeningBalance.entry_id).where(OpeningBalance.member_id == 3))
        reverse(session, entry, operation="undo it", now=LATER)
    assert stands(paper, 3).savings == 0
    right = rows({"card": "C0000003", "savings": 11_000})
    found, _ = look(paper, "balances", right)
    assert found.counts == {"ask": 1}
    _, found = take(paper, "balances", right, {found.questions[0].key: "oui"})
    assert found.counts == {"create": 1}
    agree(paper)
    book(paper)
    assert (stands(paper, 3).savings, wrong(paper)) == (11_000, ())


def test_only_a_number_that_was_proved_is_told_and_no_amount(paper):
    take(paper, "balances", rows(*[{"card": f"C000000{card}", "savings": 1_000} for card in (2, 3, 4)]))
    with paper.transaction() as session:
        session.execute(update(Number).where(Number.person_id == 2).values(proof_wanted=True))
    agree(paper)
    book(paper)
    with paper.read() as reader:
        told = reader.execute(select(Message.to_number, Message.text).where(Message.cause.like("opening:%"))).all()
    assert [number for number, _ in told] == [SHARED]
    assert "1 000" not in told[0].text
    assert "justes" in told[0].text


def test_who_left_meanwhile_is_left_out_and_the_rest_is_booked(paper):
    take(paper, "balances", PAPER)
    with paper.transaction() as session:
        session.execute(update(Member).where(Member.id == 4).values(state="departed", left_on=date(2026, 11, 1)))
    agree(paper)
    book(paper)
    assert stands(paper, 3).savings == 12_500
    with paper.read() as reader:
        assert reader.scalar(select(OpeningBalance.left_out).where(OpeningBalance.member_id == 4)) == "le compte est clos"
    assert wrong(paper) == ()


def plant_entry(database, member):
    """Take the key of a member's entry, so that theirs can't be written."""
    with database.transaction() as session:
        balance = session.scalar(select(OpeningBalance.id).where(OpeningBalance.member_id == member))
        lines = [(account_of(session, 1, None, "cash"), 1), (account_of(session, 1, None, "solidarity"), -1)]
        post(session, operation=f"opening:{balance}", kind="gift", cooperative_id=1, member_id=None, lines=lines, now=NOW)
    return balance


def test_a_balance_that_cannot_be_posted_is_named_and_the_others_are_booked_once(paper):
    take(paper, "balances", rows(*[{"card": f"C000000{card}", "savings": 1_000} for card in (2, 3, 4)]))
    agree(paper)
    bad = plant_entry(paper, 3)
    with paper.transaction() as session, capture_logs() as logs:
        entries.post(session, LATER)
        assert session.info[PASSED_OVER] == 1
    book(paper)
    assert [stands(paper, member).savings for member in (2, 3, 4)] == [1_000, 0, 1_000]
    assert [line["row"] for line in logs] == [f"{bad}, member 3"]
    with paper.read() as reader:
        left = reader.execute(select(OpeningBalance.id).where(OpeningBalance.left_out == entries.FAILED)).scalars().all()
        assert (left, reader.scalar(select(Opening.state))) == ([bad], "posted")
        told = reader.execute(select(Message.cause).where(Message.cause.like("opening:%"))).scalars().all()
    assert len(told) == len(set(told))
    take(paper, "balances", rows({"card": "C0000003", "savings": 1_000}))
    agree(paper)
    book(paper)
    assert [stands(paper, member).savings for member in (2, 3, 4)] == [1_000] * 3
    assert wrong(paper) == ()


def test_where_no_balance_of_several_can_be_posted_none_is_left_out(paper):
    take(paper, "balances", PAPER)
    agree(paper)
    plant_entry(paper, 3)
    plant_entry(paper, 4)
    with pytest.raises(IntegrityError), paper.transaction() as session:
        entries.post(session, LATER)
    with paper.read() as reader:
        assert reader.execute(select(OpeningBalance.left_out)).scalars().all() == [None, None]


def test_slices_go_into_the_books_one_after_the_other(paper, monkeypatch):
    monkeypatch.setattr(entries, "SLICE", 1)
    take(paper, "balances", PAPER)
    agree(paper)
    book(paper, 1)
    assert (stands(paper, 3).savings, stands(paper, 4).shares) == (12_500, 0)
    book(paper, 2)
    assert stands(paper, 4).shares == 5_000


def test_balances_are_taken_back_until_they_are_approved(paper):
    made, _ = take(paper, "balances", PAPER)
    assert undo(paper, made, now=lambda: LATER).rows == 2
    with paper.read() as reader:
        assert reader.scalar(select(func.count()).select_from(OpeningBalance)) == 0
        assert reader.scalar(select(approvals.Approval.state)) == "dead"
        assert reader.scalar(select(func.count()).select_from(ImportRow)) == 0
    made, found = take(paper, "balances", PAPER)
    assert found.counts == {"create": 2}
    agree(paper)
    with pytest.raises(RestsOn, match="ont approuvé"):
        undo(paper, made, now=lambda: LATER)


def test_what_a_killed_import_noted_is_asked_for_by_the_next(paper):
    from app.coop.imports import balances, turns

    found, _ = look(paper, "balances", PAPER)
    with paper.transaction() as session:
        made = turns.begin(session, turns.ImportSource("balances", "0" * 64, "test", OURS), NOW)
        balances.write(session, made, found.planned[:1], NOW)
        turns.end(session, made, "stopped", {})
    _, found = take(paper, "balances", PAPER)
    assert found.counts == {"same": 1, "create": 1}
    with paper.read() as reader:
        assert reader.scalar(select(approvals.Approval.words)) == "Soldes du cahier au 26/11/26, 2 membres"
