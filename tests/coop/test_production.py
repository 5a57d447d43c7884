import re
from contextlib import nullcontext
from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select, update

from app.coop.production import declarations
from app.coop.production.declarations import (
    DeclarationClosed,
    NotActive,
    ProductGone,
    cancel,
    declare,
    open_declarations,
    products_of,
)
from app.coop.production.models import Declaration
from app.coop.production.quantities import BadQuantity, parse_quantity
from app.coop.products.models import CooperativeProduct
from app.coop.references import draw_reference, valid
from tests.acts import own
from tests.sample_cooperative import LONG_AGO

GOOD = [
    ("12", True, "12"), ("12,5", True, "12.5"), ("12.5", True, "12.5"), ("12.5kg", True, "12.5"), (" 12.5 KG ", True, "12.5"),
    ("25 caisses", False, "25"), ("25,0", False, "25"), ("0,001", True, "0.001"), ("99999", True, "99999"), ("007", False, "7"),
    ("99999", False, "99999"), ("100", False, "100"),
]  # fmt: skip
BAD = [
    "", " ", "-5", "+5", "0", "0,0", "0.000", "1e9", "1E9", "abc", "kg", "12kg5", "100000", "99999.001", "1000000", "12..5",
    "12,5,5", ",5", "5,", "1 000", "1.2345", "9" * 500, "a" * 500, "1" + " " * 500, "🐟", "5🐟", "١٢", "１２", "१२",
    "²", "½", "NaN", "Infinity", "0x10",
    "1.200", "1,200", "12.500 kg",
    "1_0", "12;5", "12\n13", "\x00", "5 kg frais",
]  # fmt: skip


@pytest.mark.parametrize(("text", "divisible", "quantity"), GOOD)
def test_a_quantity_is_read_as_people_type_it(text, divisible, quantity):
    assert str(parse_quantity(text, divisible)) == quantity


@pytest.mark.parametrize("divisible", [True, False])
@pytest.mark.parametrize("text", BAD)
def test_what_is_no_quantity_is_refused(text, divisible):
    with pytest.raises(BadQuantity):
        parse_quantity(text, divisible)


@pytest.mark.parametrize(
    ("text", "unit", "read"),
    [
        ("500g", "kg", False), ("1O", "kg", False), ("25 caisses", "kg", False), ("25 l", "kg", False), ("2 sac", "caisse", False),
        ("500 KG", "kg", True), ("5 kilos", "kg", True), ("3 caisses", "caisse", True), ("3cai", "caisse", True),
        ("3", "caisse", True), ("2 bateaux", "bateau", True),
    ],
)  # fmt: skip
def test_letters_behind_it_mean_the_unit_that_is_asked_for(text, unit, read):
    with nullcontext() if read else pytest.raises(BadQuantity):
        assert parse_quantity(text, True, unit) == int(re.match(r"\d+", text)[0])


@pytest.mark.parametrize("text", ["12,5", "0.5", "1.001 caisse"])
def test_what_is_not_divided_has_no_decimals(text):
    with pytest.raises(BadQuantity):
        parse_quantity(text, False)


@pytest.mark.parametrize("number", [0, 7, 12345, 90210, 99999])
def test_every_slip_of_one_digit_and_every_swap_of_neighbours_is_seen(number):
    reference = draw_reference(lambda _: number)
    assert valid(reference)
    for at, digit in enumerate(reference):
        for other in "0123456789".replace(digit, ""):
            assert not valid(reference[:at] + other + reference[at + 1 :])
    for at in range(5):
        swapped = reference[:at] + reference[at + 1] + reference[at] + reference[at + 2 :]
        assert swapped == reference or not valid(swapped)


@pytest.mark.parametrize("text", ["", "00000", "0000000", "abcdef", "٠٠٠٠٠٠", "-00000", "00000 "])
def test_what_is_no_reference_is_not_valid(text):
    assert not valid(text)


def test_a_drawn_reference_is_valid():
    assert all(valid(draw_reference()) for _ in range(50))


def go(session, operation="op", *, member=1, product=1, quantity="12.5", now=LONG_AGO, **more):
    return declare(session, own(member, operation, now), member, product, Decimal(quantity), **more)


def act(database, operation="op", **more):
    with database.transaction() as session:
        return go(session, operation, **more)


def count(database):
    with database.read() as reader:
        return reader.scalar(select(func.count()).select_from(Declaration))


def test_a_declaration_is_told_with_its_reference(village):
    told = act(village)
    assert valid(told.reference)
    assert (told.product, str(told.quantity), told.unit, told.at, told.repeated) == ("Thiof", "12.5", "kg", LONG_AGO, False)
    with village.read() as reader:
        assert [one.reference for one in open_declarations(reader, 1)] == [told.reference]
        assert open_declarations(reader, 2) == ()


def test_the_same_operation_gives_the_first_declaration(village):
    first = act(village)
    again = act(village, now=LONG_AGO + timedelta(days=1), quantity="99", again=True)
    assert (again.repeated, again.reference, again.quantity) == (True, first.reference, first.quantity)
    assert count(village) == 1


ALIKE = [
    ("29 minutes later", {"now": LONG_AGO + timedelta(minutes=29)}, True),
    ("30 minutes later", {"now": LONG_AGO + timedelta(minutes=30)}, False),
    ("another quantity", {"quantity": "12.6"}, False),
    ("written otherwise", {"quantity": "12.500"}, True),
    ("another product", {"product": 2, "quantity": "12"}, False),
    ("another member", {"member": 2}, False),
    ("wanted again", {"again": True}, False),
]


@pytest.mark.parametrize(("how", "more", "repeated"), ALIKE, ids=[row[0] for row in ALIKE])
def test_the_same_within_half_an_hour_is_given_back(village, how, more, repeated):
    first = act(village)
    second = act(village, "second", **more)
    assert (second.repeated, second.id == first.id, count(village)) == (repeated, repeated, 1 if repeated else 2), how


def test_what_was_cancelled_may_be_declared_again(village):
    first = act(village)
    with village.transaction() as session:
        cancel(session, own(1, "cancel", LONG_AGO), 1, first.id)
    assert not act(village, "second").repeated


@pytest.mark.parametrize("member", [4, 5, 6, 999])
def test_only_an_active_member_declares(village, member):
    with pytest.raises(NotActive):
        act(village, member=member)
    assert count(village) == 0


def test_a_product_that_is_not_taken_any_more_is_gone(village):
    with village.transaction() as session:
        session.execute(update(CooperativeProduct).where(CooperativeProduct.product_id == 1).values(active=False))
    with pytest.raises(ProductGone):
        act(village)
    with pytest.raises(ProductGone):
        act(village, product=999)
    with village.read() as reader:
        assert [(one.slot, one.name) for one in products_of(reader, 1)] == [(2, "Yeet"), (3, "Sardinelle")]
        assert products_of(reader, 99) == ()


def test_a_reference_that_is_taken_is_drawn_again(village):
    draws = iter([5, 5, 5, 6])
    first = act(village, "a", draw=lambda _: next(draws))
    second = act(village, "b", again=True, draw=lambda _: next(draws))
    assert (first.reference[:5], second.reference[:5], count(village)) == ("00005", "00006", 2)


def test_when_no_reference_is_free_nothing_is_written(village):
    act(village, "a", draw=lambda _: 5)
    with pytest.raises(LookupError):
        act(village, "b", again=True, draw=lambda _: 5)
    assert count(village) == 1


def test_another_year_may_use_the_same_reference(village):
    act(village, "a", draw=lambda _: 5)
    assert act(village, "b", now=LONG_AGO + timedelta(days=365), draw=lambda _: 5).reference.startswith("00005")


@pytest.mark.parametrize("again", [False, True])
def test_two_at_once_with_the_same_operation_write_one_row(postgres_village, again):
    barrier, told, failed = Barrier(2), [], []

    def run():
        barrier.wait(60)
        try:
            told.append(act(postgres_village, again=again))
        except Exception as error:
            failed.append(error)

    for _ in range(5):
        with postgres_village.transaction() as session:
            session.query(Declaration).delete()
        told.clear()
        threads = [Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        assert (len({one.id for one in told}), sorted(one.repeated for one in told), count(postgres_village)) == (
            1,
            [False, True],
            1,
        )


def test_an_operation_that_waits_for_the_first_is_told_the_first(postgres_village):
    told = []
    with postgres_village.transaction() as session:
        first = go(session, again=True)
        waiting = Thread(target=lambda: told.append(act(postgres_village, again=True)))
        waiting.start()
        waiting.join(0.3)
        assert told == []
    waiting.join()
    assert [(one.id, one.repeated) for one in told] == [(first.id, True)]


def test_a_declaration_is_taken_back_once_and_stays_so(village):
    told = act(village)
    for _ in range(2):
        with village.transaction() as session:
            assert cancel(session, own(1, "cancel", LONG_AGO), 1, told.id).reference == told.reference
    with village.read() as reader:
        assert open_declarations(reader, 1) == ()


@pytest.mark.parametrize(("member", "state", "says"), [(2, "declared", "unknown"), (1, "weighed", "weighed")])
def test_what_is_anothers_or_weighed_is_not_taken_back(village, member, state, says):
    told = act(village)
    with village.transaction() as session:
        session.execute(update(Declaration).values(state=state))
    with pytest.raises(DeclarationClosed) as caught, village.transaction() as session:
        cancel(session, own(member, "cancel", LONG_AGO), member, told.id)
    assert caught.value.state == says


def test_half_an_hour_is_what_the_help_says():
    assert timedelta(minutes=30) == declarations.AGAIN_WITHIN
