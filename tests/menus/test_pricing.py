"""A price is proposed, confirmed by a PIN, approved by a second officer when it moves far, and never edited."""

import pytest
from sqlalchemy import select

from app.coop.members.models import OfficerAct
from app.coop.prices.models import PriceProposal, PriceRow
from tests import quay


def propose(line, phone, amount):
    talk = line(phone)
    talk.dial(["8", "4", "1"])
    for entry in ("2468", "1", "1"):
        talk.type(entry)
    said = talk.type(amount)
    return talk.type("2468") if "confirme" in said else said


def published(database):
    with database.read() as reader:
        return reader.execute(select(PriceRow.cooperative_id, PriceRow.amount).where(PriceRow.published_by.is_not(None))).all()


def test_a_small_change_is_published_by_its_officers_pin(line, database):
    assert "Prix publié" in propose(line, quay.SECRETARY, "1200")
    assert published(database) == [(1, 1200)]
    with database.read() as reader:
        acts = set(reader.execute(select(OfficerAct.act, OfficerAct.person_id, OfficerAct.channel)))
        assert len(reader.execute(select(PriceRow.id).where(PriceRow.product_id == 1)).all()) == 2
    assert acts == {("price proposed", 101, "ussd"), ("price published", 101, "ussd")}


@pytest.mark.parametrize(("answer", "state"), [("1", "published"), ("2", "refused")])
def test_a_large_change_needs_another_officer(line, database, answer, state):
    assert "2e responsable" in propose(line, quay.SECRETARY, "1201")
    assert published(database) == []
    own = line()
    own.dial(["8", "4", "3"])
    assert "Rien à approuver" in own.type("2468")
    other = line(quay.PRESIDENT)
    other.dial(["8", "4", "3"])
    assert "Prix Thiof, avant 1 000 F 1 201 F" in other.type("2468")
    assert "CPS1 CPS Joal" in other.type("1")
    other.type(answer)
    assert ("Approuvé" if answer == "1" else "Refusé") in other.type("2468")
    with database.read() as reader:
        assert reader.scalar(select(PriceProposal.state)) == state
    assert published(database) == ([(1, 1201)] if state == "published" else [])


def test_many_small_changes_of_a_day_are_a_large_one(line, database):
    assert "Prix publié" in propose(line, quay.SECRETARY, "1200")
    assert "2e responsable" in propose(line, quay.SECRETARY, "1400")
    other = line(quay.PRESIDENT)
    other.dial(["8", "2"])
    for entry in ("2468", "1", "1", "2468"):
        said = other.type(entry)
    assert "Approuvé" in said
    assert "Prix publié" in propose(line, quay.SECRETARY, "1500")  # counted from what two decided
    assert "2e responsable" in propose(line, quay.SECRETARY, "1700")
    assert published(database) == [(1, 1200), (1, 1400), (1, 1500)]


def test_a_price_published_since_overtakes_one_that_waits(line, database):
    propose(line, quay.SECRETARY, "1201")
    assert "Prix publié" in propose(line, quay.SECRETARY, "1100")
    other = line(quay.PRESIDENT)
    other.dial(["8", "2"])
    assert "Rien à approuver" in other.type("2468")
    with database.read() as reader:
        assert set(reader.scalars(select(PriceProposal.state))) == {"overtaken", "published"}


def test_the_administrator_sets_the_federations_price(line, database):
    assert "Prix publié" in propose(line, quay.ADMINISTRATOR, "1100")
    assert published(database) == [(None, 1100)]


@pytest.mark.parametrize("amount", ["00000", "-5", "1e5", "12,5", "10000000", "abc", "99999999999"])
def test_what_is_no_price_is_refused(line, database, amount):
    assert "Un prix entier" in propose(line, quay.SECRETARY, amount)
    assert published(database) == []
