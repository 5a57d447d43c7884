"""Who is told of what several officers approve."""

import pytest
from sqlalchemy import update

from app.coop.members.models import Member, Number
from app.coop.subjects import approvals
from tests import sample_cooperative, sample_declarations
from tests.coop.test_approvals import PRESIDENT, SECRETARY, _acts, ask, happened, house, say, sweep, told, waiting

__all__ = ["_acts", "house"]


def test_after_72_hours_it_is_dead_and_who_asked_is_told_once(house, clock):
    wish = ask(house, clock)
    sweep(house, clock)
    say(house, clock, SECRETARY, wish)
    clock.forward(hours=72)
    assert waiting(house, clock, PRESIDENT) == []
    with pytest.raises(approvals.ApprovalClosed):
        say(house, clock, PRESIDENT, wish)
    sweep(house, clock), sweep(house, clock)
    assert happened == [f"approval:{wish} thing:1 dead"]
    words = [text for phone, text in told(house) if phone == sample_cooperative.AWA]
    assert words == ["Jappoo: votre demande du 24/11/2026 (Une chose) tombe: pas assez d'accords en 72 h."]


def test_the_reference_of_what_was_asked_is_told_and_no_closed_account_is_written_to(house, clock):
    wish = ask(house, clock, person=101, member_id=4, needed=1, details={"reference": "623590"})
    say(house, clock, PRESIDENT, wish)
    with house.transaction() as session:
        session.execute(update(Member).where(Member.id == 4).values(state="departed", left_on=clock().date()))
    sweep(house, clock)
    words = told(house)
    assert (
        sample_declarations.SECRETARY,
        "Jappoo: votre demande du 24/11/2026 (Une chose, carte C00004, réf 623590) est acceptée.",
    ) in words
    assert sample_cooperative.NEW not in {phone for phone, _ in words}


def test_officers_are_told_once_by_one_discreet_sms_for_all_that_is_new(house, clock):
    for number in range(3):
        ask(house, clock, subject_id=number, operation=f"ask {number}", amount=12_345)
    ask(house, clock, person=101, subject_id=9, operation="ask 9")
    sweep(house, clock), sweep(house, clock)
    words = "Jappoo: {} demandes attendent votre accord. Composez *384*44135# puis 8, puis 2. Gratuit."
    assert told(house) == [
        (sample_declarations.SECRETARY, words.format(3)),
        (sample_declarations.PRESIDENT, words.format(4)),
        (sample_declarations.TREASURER, words.format(4)),
    ]


def test_the_federation_is_told_where_a_cooperative_has_too_few(house, clock):
    ask(house, clock, needed=4)
    sweep(house, clock)
    assert sample_declarations.ADMINISTRATOR in {phone for phone, _ in told(house)}


def test_an_officer_is_told_on_a_number_that_is_still_hers(house, clock):
    with house.transaction() as session:
        session.execute(update(Number).where(Number.phone == sample_declarations.SECRETARY).values(proof_wanted=True))
        session.add(Number(phone=sample_cooperative.NOBODY, person_id=101, registered_at=sample_cooperative.LONG_AGO))
    ask(house, clock)
    sweep(house, clock)
    assert {sample_declarations.SECRETARY, sample_cooperative.NOBODY} & {phone for phone, _ in told(house)} == {
        sample_cooperative.NOBODY
    }
