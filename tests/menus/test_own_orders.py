"""Mes commandes: what a number ordered as nobody's is found on it when it is a member's, and by nobody else."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.coop.act import Act
from app.coop.boutiques import orders
from app.coop.members.models import Number
from tests import sample_boutiques

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PHONE, HERS = "+221775550001", "+221770000201"


@pytest.fixture
def ordered(line, database):
    """A number of nobody has ordered, a member on her own number too; then the first number is hers as well."""
    offer, _ = sample_boutiques.jars(database, now := datetime.now(UTC))
    with database.transaction() as session:
        row, _ = orders.place(session, Act(0, "ussd", "nobody's", now, phone=PHONE), offer, Decimal(1))
        orders.place(session, Act(201, "ussd", "hers", now, member_id=201, phone=HERS), offer, Decimal(2))
        session.add(Number(person_id=201, phone=PHONE, registered_at=now))
        return line(PHONE), row.code


def test_it_is_found_and_cancelled_on_the_number_that_is_a_members_by_now(ordered):
    talk, code = ordered
    said = talk.dial(["4", "6"])
    assert "1 sachet" in said
    assert "2 sachets" in said
    assert code in talk.type("1" if said.index("1 sachet") < said.index("2 sachets") else "2")
    assert "Commande annulée." in talk.type("1")
    assert "1 sachet" not in talk.dial(["4", "6"])


@pytest.mark.usefixtures("ordered")
def test_no_other_number_of_hers_shows_it(line):
    assert "1 sachet" not in line(HERS).dial(["4", "6"])


def test_who_shares_the_number_reads_nothing_of_the_members(ordered, database):
    with database.transaction() as session:
        session.query(Number).filter_by(phone=PHONE).update({"place": 1})
        session.add(Number(person_id=202, phone=PHONE, place=2, registered_at=datetime.now(UTC)))
    said = ordered[0].dial(["4", "6"])
    assert ("1 sachet" in said, "2 sachets" in said) == (True, False)
