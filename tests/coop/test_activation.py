"""Activation numbers: six digits, five tries, thirty days, one person's."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.coop.access import activation, pins
from app.coop.access.activation import ActivationOpened, ActivationRefused, Dead
from app.coop.access.models import Activation
from app.coop.members import consent, privacy_notice
from app.coop.members.models import Consent, Member, Person
from app.keys import derived
from tests.acts import own
from tests.sample_cooperative import KEY, LONG_AGO, NEW, PEPPERS, hashed


def issue(database, person=4, number=482190):
    with database.transaction() as session:
        return activation.issue(session, person, key=KEY, now=LONG_AGO, draw=lambda _: number)


def attempt(database, number, mark, now=LONG_AGO, person=4):
    return activation.try_activation(database, person, number, mark, key=KEY, now=now)


def activate(database, person=4):
    with database.transaction() as session:
        return activation.activate(session, own(person, "activate", LONG_AGO, phone=NEW), hashed("2468"), 1)


def test_a_number_issued_under_an_older_secret_still_opens(village):
    before = derived("a" * 32, "members")
    after = derived("b" * 32, "members", ["a" * 32])
    for key, made in ((after, before), (after, b"a" * 32)):
        with village.transaction() as session:
            activation.issue(session, 4, key=made, now=LONG_AGO, draw=lambda _: 482190)
        assert isinstance(
            activation.try_activation(village, 4, "482190", f"m{made[:2]!r}", key=key, now=LONG_AGO), ActivationOpened
        )
    stranger = derived("c" * 32, "members")
    assert isinstance(activation.try_activation(village, 4, "482190", "m3", key=stranger, now=LONG_AGO), ActivationRefused)


def test_an_activation_number_has_six_digits_and_only_its_hash_is_kept(village):
    assert issue(village, number=42) == "000042"
    with village.read() as reader:
        assert "000042" not in reader.scalar(select(Activation.digest).where(Activation.person_id == 4))


def test_the_right_number_opens_again_and_again_until_it_is_used(village):
    number = issue(village)
    assert [attempt(village, number, mark) for mark in "same calls"] == [ActivationOpened()] * 10
    assert activate(village)
    assert attempt(village, number, "later") == Dead()
    assert not activate(village)


def test_the_fifth_wrong_number_is_the_last(village):
    number = issue(village)
    assert [attempt(village, "000000", mark) for mark in "abcde"] == [
        ActivationRefused(4),
        ActivationRefused(3),
        ActivationRefused(2),
        ActivationRefused(1),
        Dead(),
    ]
    assert attempt(village, number, "f") == Dead()


def test_the_same_hop_sent_twice_is_one_try(village):
    issue(village)
    assert [attempt(village, "000000", "one") for _ in range(9)] == [ActivationRefused(4)] * 9


@pytest.mark.parametrize(("after", "answer"), [(timedelta(days=30, seconds=-1), ActivationOpened()), (timedelta(days=30), Dead())])
def test_a_number_lives_thirty_days(village, after, answer):
    assert attempt(village, issue(village), "a", LONG_AGO + after) == answer


def test_a_new_number_kills_the_older_one(village):
    old, new = issue(village), issue(village, number=111222)
    assert attempt(village, old, "a") == ActivationRefused(4)
    assert attempt(village, new, "b") == ActivationOpened()


def test_a_number_is_its_persons_only(village):
    number = issue(village)
    assert attempt(village, number, "a", person=1) == Dead()
    issue(village, person=1, number=777777)
    assert attempt(village, number, "a", person=1) == ActivationRefused(4)


def test_activation_makes_active_with_a_pin_and_consent(village):
    number = issue(village)
    assert not activate(village), "nobody has typed this number"
    attempt(village, number, "a")
    assert activate(village)
    assert isinstance(pins.try_pin(village, 4, "2468", "m", peppers=PEPPERS, now=LONG_AGO), pins.Right)
    with village.session() as session:
        assert session.get_one(Member, 4).state == "active"
        rows = session.scalars(select(Consent).where(Consent.phone == NEW)).all()
    assert {(row.purpose, row.given, row.person_id, row.notice) for row in rows} == {
        (purpose, True, 4, privacy_notice.VERSION) for purpose in consent.PURPOSES
    }


@pytest.mark.parametrize(("person", "state"), [(1, "active"), (5, "blocked")])
def test_an_activation_number_gives_no_new_pin_to_whoever_has_one(village, person, state):
    attempt(village, issue(village, person=person), "a", person=person)
    assert not activate(village, person=person)
    with village.session() as session:
        assert session.get_one(Member, person).state == state
        assert session.get_one(Person, person).pin_set_at is None
