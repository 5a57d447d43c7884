"""Which number an SMS goes to, and where it may name an amount."""

from datetime import timedelta

import pytest

from app.coop.access import numbers
from app.coop.members.contact import reach
from app.coop.members.models import Member, Number
from app.coop.members.telephones import reached_by
from tests import sample_cooperative
from tests.sample_cooperative import AWA, LONG_AGO

NOW = LONG_AGO + timedelta(days=30)
SPARE, SON = "+221775550000", "+221775550001"


@pytest.fixture
def awa(sqlite_database):
    """Give the village, where Awa has allowed amounts by SMS."""
    sample_cooperative.build(sqlite_database)
    with sqlite_database.transaction() as session:
        session.get_one(Member, 1).amounts_by_sms = True
    return sqlite_database


def noted(session, phone, *, trusted=False, proof_wanted=True):
    session.add(Number(phone=phone, person_id=1, trusted=trusted, proof_wanted=proof_wanted, registered_at=NOW))
    session.flush()


def reached(database):
    with database.read() as reader:
        return reach(reader, [1])[1], reached_by(reader, 1)


def test_a_number_that_nobody_proved_is_told_no_amounts_when_it_is_the_only_one_left(awa):
    with awa.transaction() as session:
        noted(session, SPARE)
        numbers.release(session, 1, 1, by_person_id=None, now=NOW)
    found, _ = reached(awa)
    assert (found.phone, found.amounts, found.own) == (SPARE, False, None)


def test_a_proved_number_comes_before_one_that_nobody_proved(awa):
    with awa.transaction() as session:
        session.get_one(Number, 1).proof_wanted = True
        noted(session, SON, trusted=True, proof_wanted=False)
    found, all_of_them = reached(awa)
    assert (found.phone, found.amounts) == (SON, False)
    assert all_of_them == (SON, AWA)


def test_her_own_proved_number_comes_first(awa):
    with awa.transaction() as session:
        noted(session, SON, trusted=True, proof_wanted=False)
    found, all_of_them = reached(awa)
    assert (found.phone, found.own, all_of_them) == (AWA, AWA, (AWA, SON))
