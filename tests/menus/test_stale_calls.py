"""A call that began before something changed: a PIN given late opens nothing, and what was opened can't be kept."""

import pytest
from sqlalchemy import select, update

from app.coop.access import numbers
from app.coop.boutiques.models import Offer, Order
from app.coop.members.models import Member, Number, Person
from tests.menus.test_people import SPARE, bureau, dial, texts_to
from tests.sample_cooperative import AWA, NEW, hashed


@pytest.fixture
def database(sqlite_database):
    """Give SQLite only: which calls are cut off doesn't depend on the database."""
    return sqlite_database


def block(database, member=1):
    with database.transaction() as session:
        session.get_one(Member, member).state = "blocked"


def test_a_pin_given_after_the_account_was_closed_opens_nothing(line, database):
    talk = line(AWA)
    talk.dial(["1"])
    block(database)
    said = talk.type("2468")
    assert "Parts" not in said
    assert "bloqué" in said


def test_an_act_confirmed_after_the_account_was_closed_is_not_done(line, database):
    talk = line(AWA)
    talk.dial(["7"])
    for entry in ("2468", "8", "1"):
        talk.type(entry)
    block(database)
    assert "bloqué" in talk.type("2468")


def test_who_has_the_telephone_in_mid_call_gives_the_account_no_other_pin(line, database):
    talk = line(AWA)
    talk.dial(["7"])
    talk.type("2468")
    assert "code secret actuel" in talk.type("3")
    talk.type("7391")
    talk.type("7391")
    with database.read() as reader:
        assert reader.scalar(select(Person.pin_hash).where(Person.id == 1)) == hashed("2468")


@pytest.mark.parametrize("way", [("4", "4", "1", "1", "2", "1"), ("4", "4", "1", "2", "2468", "2", "2468")])
def test_who_agreed_to_a_price_orders_nothing_at_another(line, database, way):
    talk = line(AWA)
    talk.dial([])
    for entry in way[:-1]:
        said = talk.type(entry)
    assert "3 000 F" in said
    with database.transaction() as session:
        session.execute(update(Offer).values(amount=2_000))
    assert "Le prix est maintenant de 2 000 F." in talk.type(way[-1])
    with database.read() as reader:
        assert reader.scalar(select(Order.id)) is None


def test_another_pin_and_a_lock_are_told_on_all_numbers(line, database):
    with database.transaction() as session:
        session.add(Number(phone=SPARE, person_id=1, registered_at=session.get_one(Number, 1).registered_at))
    dial(line, SPARE, "7", "2468", "3", "2468", "7391", "7391")
    assert "code secret est changé" in texts_to(database, AWA)[-1]
    dial(line, SPARE, "1", "1111", "1111", "1111")
    assert "bloqué" in texts_to(database, AWA)[-1]


def test_an_activation_begun_on_a_number_that_was_taken_off_opens_nothing(line, database):
    talk = line(NEW)
    talk.dial(["1"])
    for entry in ("482190", "1", "7391"):
        talk.type(entry)
    with database.transaction() as session:
        row = session.scalars(select(Number.id).where(Number.phone == NEW)).one()
        numbers.release(session, 4, row, by_person_id=101, now=session.get_one(Number, row).registered_at)
    talk.type("7391")
    with database.read() as reader:
        assert reader.scalar(select(Member.state).where(Member.id == 4)) == "pending"


def test_a_reset_serves_on_a_number_of_ones_own_not_on_the_trusted_one(line, database):
    with database.transaction() as session:
        session.add(Number(phone=SPARE, person_id=1, trusted=True, registered_at=session.get_one(Number, 1).registered_at))
    bureau(line, "2", "00001", "2468")
    assert "Choisir" not in dial(line, SPARE, "1")
    assert "Choisir" in dial(line, AWA, "1")


def test_without_a_telephone_of_ones_own_a_reset_serves_on_the_trusted_one(line, database):
    with database.transaction() as session:
        session.get_one(Number, 1).trusted = True
    bureau(line, "2", "00001", "2468")
    assert "Votre code secret est changé" in dial(line, AWA, "1", "1", "7391", "7391")


def test_a_first_use_begun_with_an_older_number_ends_with_it(line, database):
    talk = line(NEW)
    talk.dial(["1"])
    for entry in ("482190", "1", "7391"):
        talk.type(entry)
    bureau(line, "7", "00004", "2468")
    assert "ne sert plus" in talk.type("7391")
    with database.read() as reader:
        assert reader.scalar(select(Member.state).where(Member.id == 4)) == "pending"
