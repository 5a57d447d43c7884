"""A price is proposed, confirmed by a PIN, approved by a second officer when it moves far, and never edited."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from app.coop.approvals import sweep as approvals_sweep
from app.coop.offices.models import OfficerAct
from app.coop.prices.models import PriceProposal, PriceRow
from app.coop.products.models import CooperativeProduct, Product
from app.sms.models import Message
from tests import sample_cooperative, sample_declarations


def propose(line, phone, amount, product="1"):
    talk = line(phone)
    talk.dial(["8", "4", "1"])
    for entry in ("2468", product, "1"):
        talk.type(entry)
    said = talk.type(amount)
    return talk.type("2468") if "confirme" in said else said


def published(database):
    with database.read() as reader:
        return reader.execute(select(PriceRow.cooperative_id, PriceRow.amount).where(PriceRow.published_by.is_not(None))).all()


def test_a_small_change_is_published_by_its_officers_pin(line, database):
    said = propose(line, sample_declarations.SECRETARY, "1200")
    assert said.startswith("Prix publié, dès maintenant: Thiof 1 200 F par kg.\nQuel produit ?")
    assert published(database) == [(1, 1200)]
    with database.read() as reader:
        acts = set(reader.execute(select(OfficerAct.act, OfficerAct.person_id, OfficerAct.channel)))
        assert len(reader.execute(select(PriceRow.id).where(PriceRow.product_id == 1)).all()) == 2
    assert acts == {("price proposed", 101, "ussd"), ("price published", 101, "ussd")}


@pytest.mark.parametrize(("answer", "state"), [("1", "published"), ("2", "refused")])
def test_a_large_change_needs_another_officer(line, database, answer, state):
    assert "Noté: Thiof 1 201 F par kg. Un 2e responsable" in propose(line, sample_declarations.SECRETARY, "1201")
    assert published(database) == []
    own = line()
    own.dial(["8", "4", "3"])
    assert "Rien à approuver" in own.type("2468")
    other = line(sample_declarations.PRESIDENT)
    other.dial(["8", "4", "3"])
    assert "Prix Thiof (avant 1 000 F) 1 201 F" in other.type("2468")
    assert "CPS1 CPS Joal" in other.type("1")
    other.type(answer)
    assert ("Approuvé" if answer == "1" else "Refusé") in other.type("2468")
    with database.read() as reader:
        assert reader.scalar(select(PriceProposal.state)) == state
    assert published(database) == ([(1, 1201)] if state == "published" else [])


def test_many_small_changes_of_a_day_are_a_large_one(line, database):
    assert "Prix publié" in propose(line, sample_declarations.SECRETARY, "1200")
    assert "2e responsable" in propose(line, sample_declarations.SECRETARY, "1400")
    other = line(sample_declarations.PRESIDENT)
    other.dial(["8", "2"])
    for entry in ("2468", "1", "1", "2468"):
        said = other.type(entry)
    assert "Approuvé" in said
    assert "Prix publié" in propose(line, sample_declarations.SECRETARY, "1500")  # counted from what two decided
    assert "2e responsable" in propose(line, sample_declarations.SECRETARY, "1700")
    assert published(database) == [(1, 1200), (1, 1400), (1, 1500)]


def test_a_price_published_since_overtakes_one_that_waits(line, database):
    propose(line, sample_declarations.SECRETARY, "1201")
    assert "Prix publié" in propose(line, sample_declarations.SECRETARY, "1100")
    other = line(sample_declarations.PRESIDENT)
    other.dial(["8", "2"])
    assert "Rien à approuver" in other.type("2468")
    with database.read() as reader:
        assert set(reader.scalars(select(PriceProposal.state))) == {"overtaken", "published"}


@pytest.mark.parametrize(("publishes", "told"), [(sample_declarations.SECRETARY, 0), (sample_declarations.PRESIDENT, 1)])
def test_whose_price_another_officer_overtakes_reads_so(line, database, publishes, told):
    propose(line, sample_declarations.SECRETARY, "1201")
    assert "Prix publié" in propose(line, publishes, "1100")
    with database.transaction() as session:
        approvals_sweep.sweep(session, datetime.now(UTC))
        told_so = Message.text.like("%un autre prix est publié depuis. Rien n'est changé%")
        numbers = session.scalars(select(Message.to_number).where(told_so)).all()
    assert numbers == [sample_declarations.SECRETARY] * told


def test_the_administrator_sets_the_federations_price(line, database):
    assert "Prix publié" in propose(line, sample_declarations.ADMINISTRATOR, "1100")
    assert published(database) == [(None, 1100)]


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        *((amount, "Un prix entier") for amount in ("00000", "-5", "1e5", "12,5", "12.50", "1.2.300", "abc", "99999999999")),
        *((amount, "Pas plus de 999 999 F") for amount in ("1000000", "9.999.999")),
    ],
)
def test_what_is_no_price_is_refused(line, database, amount, words):
    assert words in propose(line, sample_declarations.SECRETARY, amount)
    assert published(database) == []


@pytest.mark.parametrize("amount", ["1.200", "1,200", "1 200 F", "1200f"])
def test_a_price_is_read_as_people_write_it(line, database, amount):
    assert "Prix publié" in propose(line, sample_declarations.SECRETARY, amount)
    assert published(database) == [(1, 1200)]


@pytest.mark.parametrize(("federation", "said"), [(1000, "Prix publié"), (990, "2e responsable"), (None, "2e responsable")])
def test_a_first_price_is_held_against_the_federations(line, database, federation, said):
    with database.transaction() as session:
        session.add(Product(id=9, name="Mil", unit="sac", divisible=False, filiere_id=1))
        session.flush()
        session.add(CooperativeProduct(cooperative_id=1, slot=4, product_id=9, active=True))
        if federation:
            session.add(
                PriceRow(product_id=9, cooperative_id=None, unit="sac", amount=federation, from_at=sample_cooperative.LONG_AGO)
            )
    assert said in propose(line, sample_declarations.SECRETARY, "1200", product="4")
    if federation is None:
        other = line(sample_declarations.PRESIDENT)
        other.dial(["8", "4", "3"])
        assert "Prix Mil (premier prix) 1 200 F" in other.type("2468")


def test_a_first_price_of_the_federation_needs_another_of_its_officers(line, database):
    with database.transaction() as session:
        session.add(Product(id=4, name="Mil", unit="sac", divisible=False, filiere_id=1))
    assert "2e responsable" in propose(line, sample_declarations.ADMINISTRATOR, "14000", product="4")
    assert published(database) == []


def test_a_product_keeps_its_slot_where_its_price_is_proposed(line, database):
    with database.transaction() as session:
        gone = (CooperativeProduct.cooperative_id == 1) & (CooperativeProduct.slot == 1)
        session.execute(update(CooperativeProduct).where(gone).values(active=False))
    talk = line(sample_declarations.SECRETARY)
    talk.dial(["8", "4", "1"])
    said = talk.type("2468")
    assert "2 Yeet" in said
    assert "3 Sardinelle" in said
    assert "Yeet: quelle" in talk.type("2")


def test_a_grade_of_several_letters_has_its_price_for_everybody(line, database):
    with database.transaction() as session:
        rows = ((grade, 1500 + at) for at, grade in enumerate(("Extra", "A", "J", "K")))
        kilo = {"product_id": 1, "cooperative_id": None, "unit": "kg", "from_at": sample_cooperative.LONG_AGO}
        session.add_all(PriceRow(grade=grade, amount=amount, **kilo) for grade, amount in rows)
    talk = line(sample_cooperative.NOBODY)
    assert "1 Thiof 1 000 F/kg" in talk.dial(["3"])
    said = talk.type("1")
    assert all(f"\n{grade} {amount}" in said for grade, amount in (("Extra", "1 500 F"), ("A", "1 501 F"), ("K", "1 503 F")))
