"""Prices come in from a file: from now on, never older ones, and what moves far waits for officers."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from app.coop.approvals.services import decide
from app.coop.imports.forecast import RestsOn, forecast
from app.coop.imports.kinds import KINDS
from app.coop.imports.undo import undo
from app.coop.prices.models import PriceProposal, PriceRow
from app.coop.prices.queries import price_at
from app.coop.products.models import CooperativeProduct, Product
from app.coop.rights import Office
from app.coop.scope import FEDERATION, Scope
from app.coop.subjects import approvals
from tests import sample_declarations
from tests.acts import by
from tests.imported_rows import NOW, OURS, look, rows, take
from tests.sample_cooperative import LONG_AGO

NEAR = rows({"product": "THIOF", "unit": "Kg", "price": 1_100})
FAR = rows({"product": "Thiof", "price": 10_000})
LATER = NOW + timedelta(minutes=1)
PRESIDENT = Office(102, "president", 1)


def price(database, product=1, scope=OURS, at=LATER, grade=None):
    with database.read() as reader:
        return price_at(reader, [(scope, product, grade, at)])[0]


def count(database, what=PriceRow):
    with database.read() as reader:
        return reader.scalar(select(func.count()).select_from(what))


def test_a_price_near_the_one_in_force_counts_from_now_on(village):
    _, found = take(village, "prices", NEAR)
    assert (found.counts, found.problems) == ({"create": 1}, [])
    assert (price(village), price(village, at=NOW - timedelta(seconds=1)), price(village, scope=FEDERATION)) == (
        1_100,
        1_000,
        1_000,
    )
    assert look(village, "prices", NEAR, now=LATER)[0].counts == {"same": 1}


def test_a_price_that_moves_far_waits_for_an_officer(village):
    sample_declarations.appoint(village)
    _, found = take(village, "prices", FAR)
    assert (found.counts, [one.kind for one in found.problems]) == ({"create": 1}, ["waits"])
    assert price(village) == 1_000
    assert look(village, "prices", FAR)[0].counts == {"same": 1}
    with village.transaction() as session:
        asked = session.scalar(select(approvals.Approval.id))
        decide(session, by(PRESIDENT, "word", LATER), asked, approved=True)
    if price(village) == 1_000:
        with village.transaction() as session:
            decide(session, by(Office(101, "secretary", 1), "word2", LATER), asked, approved=True)
    assert price(village) == 10_000


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ({"product": "Riz", "price": 500}, "product", "rien n'est créé"),
        ({"product": "Thiof", "unit": "caisse", "price": 500}, "unit", "se compte en kg"),
        ({"product": "Thiof", "price": 0}, "price", "un prix de 1 à"),
        ({"product": "Thiof", "price": 1_000_000}, "price", "un prix de 1 à 999999"),
    ],
)
def test_a_price_that_cannot_be_taken_says_why(village, row, column, says):
    products = count(village, Product)
    found, _ = look(village, "prices", rows(row))
    assert found.counts == {"refuse": 1}
    assert (found.problems[0].column, says in found.problems[0].says) == (column, True)
    assert count(village, Product) == products


def test_one_product_twice_in_a_file_is_refused(village):
    found, _ = look(village, "prices", rows({"product": "Thiof", "price": 1_000}, {"product": "thiof", "price": 1_010}))
    assert found.counts == {"create": 1, "refuse": 1}


@pytest.mark.parametrize("turned", [1, -1], ids=["oldest first", "newest first"])
def test_of_several_days_of_one_price_only_the_last_is_published(village, turned):
    days = [{"product": "Thiof", "price": 990 + day, "since": date(2026, 11, day)} for day in (20, 24, 25)][::turned]
    before = count(village)
    _, found = take(village, "prices", rows(*days))
    assert (found.counts, [one.change.amount for one in found.planned]) == ({"create": 1, "skip": 2}, [1_015])
    assert {one.says for one in found.problems} == {"Thiof: une autre ligne du fichier dit un prix plus récent"}
    assert (price(village), count(village)) == (1_015, before + 1)
    assert look(village, "prices", rows(*days), now=LATER)[0].counts["create"] == 0


def test_a_price_without_a_day_is_newer_than_one_with_a_day(village):
    given = rows({"product": "Thiof", "price": 1_010}, {"product": "THIOF", "price": 1_020, "since": date(2026, 11, 26)})
    found, _ = look(village, "prices", given)
    assert (found.counts, [one.change.amount for one in found.planned]) == ({"create": 1, "skip": 1}, [1_010])


def test_a_price_that_would_count_twice_from_now_on_is_refused(village, monkeypatch):
    monkeypatch.setattr("app.coop.imports.forecast.AT_ONCE", 1)
    given = rows(*({"product": "Thiof", "price": 990 + day, "since": date(2026, 11, day)} for day in (24, 25)))
    found, _ = look(village, "prices", given)
    assert (found.counts, found.problems[0].says) == ({"create": 1, "refuse": 1}, "Thiof: déjà à la ligne 2.")


def test_nothing_older_than_the_price_in_force_is_published(village):
    old = rows({"product": "Thiof", "price": 125, "since": date(2000, 1, 15)})
    found, _ = look(village, "prices", old, scope=FEDERATION)
    assert (found.counts, "plus ancien que le prix en service" in found.problems[0].says) == ({"skip": 1}, True)


@pytest.mark.parametrize("grade", [None, "A"])
@pytest.mark.parametrize(
    ("since", "counts", "said"), [(date(2026, 11, 20), {"create": 1}, "waits"), (date(2000, 1, 1), {"skip": 1}, "skip")]
)
def test_where_the_federation_has_a_price_a_day_in_the_file_goes_round_no_officer(village, grade, since, counts, said):
    _, found = take(village, "prices", rows({"product": "Thiof", "price": 999_999, "since": since, "grade": grade}))
    assert (found.counts, [one.kind for one in found.problems]) == (counts, [said])
    assert price(village, grade=grade) == 1_000


def sell_anew(database):
    """Add product 90 (Sole) to the co-operative: nobody has priced it."""
    with database.transaction() as session:
        session.add(Product(id=90, name="Sole", unit="kg", divisible=True, filiere_id=1))
        session.flush()
        session.add(CooperativeProduct(cooperative_id=1, slot=8, product_id=90, active=True))


def test_where_nothing_was_priced_yet_a_price_keeps_its_own_day(village):
    sell_anew(village)
    history = rows(
        {"product": "Sole", "price": 900, "since": datetime(2026, 9, 1, 7, 30, tzinfo=UTC)},
        {"product": "Sole", "price": 1_500, "since": datetime(2026, 10, 1, tzinfo=UTC)},
    )
    _, found = take(village, "prices", history)
    assert found.counts == {"create": 2}
    days = [datetime(2026, month, 2, tzinfo=UTC) for month in (9, 10)]
    assert [price(village, 90, at=day) for day in days] == [900, 1_500]
    assert look(village, "prices", history)[0].counts == {"same": 2}


def test_a_file_of_the_federation_sets_its_prices_and_those_of_whom_it_names(village):
    both = rows({"product": "Thiof", "price": 1_010}, {"product": "Thiof", "price": 1_020, "cooperative": "CPS1"})
    take(village, "prices", both, scope=FEDERATION)
    assert (price(village, scope=FEDERATION), price(village)) == (1_010, 1_020)


def test_prices_are_taken_back_by_the_price_of_before(village):
    made, _ = take(village, "prices", NEAR)
    rows_before = count(village)
    assert undo(village, made, now=lambda: LATER).rows == 1
    assert (price(village, at=LATER + timedelta(minutes=1)), count(village)) == (1_000, rows_before + 1)


def test_prices_are_taken_back_all_or_none(village):
    far, near = {"product": "Thiof", "price": 10_000}, {"product": "THIOF", "grade": "A", "price": 1_100}
    made, _ = take(village, "prices", rows(far, near))
    with village.transaction() as session:
        session.execute(update(PriceProposal).values(state="published"))
    before = count(village)
    with pytest.raises(RestsOn, match="ont accepté"):
        undo(village, made, now=lambda: LATER)
    assert (price(village, grade="A"), count(village)) == (1_100, before)


def test_what_waits_is_dropped_when_prices_are_taken_back(village):
    made, _ = take(village, "prices", FAR)
    undo(village, made, now=lambda: LATER)
    with village.read() as reader:
        assert reader.scalar(select(PriceProposal.state)) == "overtaken"
        assert reader.scalar(select(approvals.Approval.state)) == "dead"


def test_an_officers_file_never_publishes_a_first_price_alone(village):
    sell_anew(village)
    given = rows({"product": "Sole", "price": 9_999, "since": LONG_AGO})
    with village.read() as reader:
        plans = [plan(reader, OURS, {}, NOW) for plan in (KINDS["prices"].planner, KINDS["prices"].officers)]
        found = [forecast(given, KINDS["prices"].columns(NOW.date()), plan, {}) for plan in plans]
    assert [one.planned[0].change.from_at for one in found] == [LONG_AGO, None]
    assert [[one.kind for one in each.problems] for each in found] == [["first"], ["waits"]]
    assert "Le plus haut: Sole 9 999 F." in found[0].problems[0].says


def test_a_first_price_cannot_be_taken_back(village):
    sell_anew(village)
    made, _ = take(village, "prices", rows({"product": "Sole", "grade": "A", "price": 900, "since": LONG_AGO}))
    with village.transaction() as session:
        session.add(PriceRow(product_id=90, cooperative_id=1, grade="A", unit="kg", amount=950, from_at=NOW))
    with pytest.raises(RestsOn, match="a changé depuis"):
        undo(village, made, now=lambda: LATER)
    assert Scope(1) == OURS


def test_a_spelling_that_is_only_like_a_product_is_asked_once_and_never_taken_unsaid(village):
    given = rows({"product": "Thioff", "price": 1_100})
    found, _ = look(village, "prices", given)
    assert (found.counts, "est-ce Thiof ?" in found.questions[0].says) == ({"ask": 1}, True)
    key = found.questions[0].key
    assert look(village, "prices", given, {key: "non"})[0].counts == {"refuse": 1}
    assert look(village, "prices", given, {key: "oui"})[0].counts == {"create": 1}
