"""A member is found by card, as people write its number, or by telephone."""

import pytest

from app.coop.members.lookup import NoCard, find, read_card
from tests import sample_cooperative


@pytest.mark.parametrize(
    ("typed", "digits"),
    [("201", "201"), ("0201", "0201"), ("C0000201", "0000201"), ("c 201", "201"), ("carte n° 201", "201"), ("No. 201", "201")],
)
def test_a_card_number_is_read_as_people_write_it(typed, digits):
    assert read_card(typed) == digits


@pytest.mark.parametrize("typed", ["", "C", "Awa", "20x", "2" * 12])
def test_what_is_no_card_number_is_none(typed):
    assert read_card(typed) is None


@pytest.mark.parametrize(
    ("typed", "member"),
    [
        ("001", 1),
        ("C00001", 1),
        ("C 0001", 1),
        ("c1", 1),
        ("carte 1", 1),
        ("770000012", 1),
        ("+221 77 000 00 12", 1),
        ("77 000 00 12", 1),
    ],
)
def test_a_member_is_found_by_card_or_by_telephone(database, typed, member):
    sample_cooperative.build(database)
    with database.read() as reader:
        assert find(reader, 1, typed).member_id == member


@pytest.mark.parametrize("typed", ["01", "999", "760000001", "775550000", "770000014"])
def test_nobody_is_guessed_at(database, typed):
    sample_cooperative.build(database)
    with database.read() as reader, pytest.raises(NoCard):
        find(reader, 1, typed)


def test_a_telephone_of_another_cooperative_finds_nobody(database):
    sample_cooperative.build(database)
    with database.read() as reader, pytest.raises(NoCard):
        find(reader, 77, "770000012")
