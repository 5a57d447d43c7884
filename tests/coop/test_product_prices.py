"""The newest price counts, and which product a spelling means."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.coop.prices.models import PriceRow
from app.coop.prices.queries import find_product, price_at, prices_for, spelling
from app.coop.products.models import CooperativeProduct
from app.coop.scope import Scope
from tests.sample_cooperative import LONG_AGO


def price(database, product, amount, days, cooperative=None, grade=None):
    with database.transaction() as session:
        at = LONG_AGO + timedelta(days=days)
        session.add(PriceRow(product_id=product, cooperative_id=cooperative, grade=grade, unit="kg", amount=amount, from_at=at))


def prices(database, cooperative, days=10):
    with database.read() as reader:
        return {one.name: one.amount for one in prices_for(reader, Scope(cooperative), LONG_AGO + timedelta(days=days))}


def test_the_newest_price_counts_and_the_cooperatives_own_before_the_federations(village):
    price(village, 1, 4000, 3)
    price(village, 1, 5000, 2, cooperative=1)
    price(village, 1, 9999, 20)
    price(village, 1, 8888, 4, grade="A")
    assert prices(village, 1) == {"Thiof": 5000, "Yeet": 2000, "Sardinelle": 3000}
    assert prices(village, None)["Thiof"] == 4000
    assert prices(village, 1, days=1)["Thiof"] == 1000
    assert prices(village, 1, days=-1) == {}
    assert prices(village, 77) == {}


@pytest.mark.parametrize("cooperative", [None, 1])
@pytest.mark.parametrize("grade", [None, "A"])
def test_of_two_prices_of_one_instant_the_last_counts_on_screens_and_at_the_scales(village, cooperative, grade):
    for amount in (4000, 5000, 4500):
        price(village, 1, amount, 3, cooperative=cooperative, grade=grade)
    with village.read() as reader:
        shown = prices_for(reader, Scope(cooperative), LONG_AGO + timedelta(days=10))
        said = price_at(reader, [(Scope(cooperative), 1, grade, LONG_AGO + timedelta(days=10))])
    assert ([one.amount for one in shown if one.product_id == 1 and one.grade == grade], said) == ([4500], [4500])


def test_a_product_that_is_not_taken_has_no_price(village):
    with village.transaction() as session:
        session.execute(update(CooperativeProduct).where(CooperativeProduct.product_id == 1).values(active=False))
    assert list(prices(village, 1)) == ["Yeet", "Sardinelle"]


MEANT = [
    ("thiof", 1, ()), ("THIOF", 1, ()), (" Thióf! ", 1, ()), ("yet", 2, ()), ("Yeet", 2, ()), ("sardinele", 3, ()),
    ("sardinelles", 3, ()), ("tiof", 1, ()), ("thof", 1, ()), ("sardin", None, ("Sardinelle",)), ("yat", None, ("Yeet",)),
    ("bateau", None, ()), ("", None, ()), ("???", None, ()), ("🐟", None, ()),
]  # fmt: skip


@pytest.mark.parametrize("cooperative", [None, 1])
@pytest.mark.parametrize(("words", "product", "near"), MEANT)
def test_a_spelling_means_a_product_or_comes_near_one(village, cooperative, words, product, near):
    with village.read() as reader:
        meant = find_product(reader, words, Scope(cooperative))
        assert (meant.product_id, meant.near) == (product, near)


def test_where_nothing_is_sold_no_word_means_anything(village):
    with village.read() as reader:
        assert find_product(reader, "thiof", Scope(77)).product_id is None


@pytest.mark.parametrize(("words", "plain"), [("Œufs  d'ŋaam", "oeufs d ngaam"), ("CÉRÉALES", "cereales"), ("  ", "")])
def test_words_are_compared_in_small_plain_letters(words, plain):
    assert spelling(words) == plain
