"""No weight at any price passes what one act may move, and no list what a screen can say."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.coop.broadcasts.estimates import MOST_PARTS
from app.coop.ledger.services import MOST_HELD, MOST_MOVED
from app.coop.prices import proposals
from app.coop.prices.models import PriceRow
from app.coop.production import quantities, weighing_lookup, weighings
from app.coop.production.lines import Line, creditable, worth
from app.coop.production.models import Weighing
from app.coop.verify import verify
from app.sms import prices as part_prices
from app.ussd import kinds
from menus import broadcasts
from tests import sample_declarations
from tests.acts import by

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
WEIGHTS = st.decimals("0.001", quantities.MOST, places=3)
PRICES = st.integers(1, proposals.MOST)


def set_price(database, amount, from_at):
    with database.transaction() as session:
        session.add(PriceRow(product_id=1, cooperative_id=1, unit="kg", amount=amount, from_at=from_at))


def note(database, reference, weight):
    with database.transaction() as session:
        what = weighing_lookup.by_reference(session, 1, reference, NOW.year)
        return weighings.note(
            session, by(sample_declarations.CLERK, reference, NOW), what, weight=weight, grade="A", weighed_at=NOW
        )


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(WEIGHTS, min_size=1, max_size=12), before=PRICES, after=PRICES)
@example(lines=[Decimal(99_999)] * 12, before=1000, after=1000)
@example(lines=[Decimal("99.999"), Decimal("100.001"), Decimal(1)], before=999_999, after=999_999)
@example(lines=[Decimal(99_999), Decimal(1)], before=1, after=999_999)
def test_no_accepted_line_is_worth_more_than_one_act_may_move(another, lines, before, after):
    database = another()
    sample_declarations.staffed(database)
    set_price(database, before, NOW - timedelta(days=2))
    for reference, weight in zip(
        sample_declarations.declared(database, sample_declarations.women(database, len(lines)), NOW), lines, strict=True
    ):
        if worth(weight, before) > MOST_MOVED:
            with pytest.raises(weighings.LineTooDear):
                note(database, reference, weight)
        else:
            note(database, reference, weight)
    set_price(database, after, NOW - timedelta(days=1))  # as if it had come in late
    while True:
        with database.read() as reader:
            seen = weighings.open_list(reader, 101)
        together = creditable(seen)
        assert sum(line.gross for line in together) <= MOST_HELD
        if not together:
            break
        with database.transaction() as session:
            act = by(sample_declarations.CLERK, f"done:{together[0].id}", NOW)
            weighings.confirm(session, act, upto=seen[-1].id, francs=sum(line.gross for line in together))
    with database.read() as reader:
        assert all(gross <= MOST_MOVED for gross in reader.scalars(select(Weighing.gross).where(Weighing.state == "credited")))
        assert all(line.gross > MOST_MOVED for line in weighings.open_list(reader, 101))
        assert verify(reader).wrong == ()
    database.dispose()


@given(weight=WEIGHTS, price=PRICES)
def test_a_line_that_can_be_credited_is_no_longer_than_the_screens_are_proved_with(weight, price):
    line = Line(1, "623590", 1, 1, "Thiof", "kg", weight, "A", NOW, None, price)
    assert line.ready == (line.gross <= MOST_MOVED)
    assert not line.ready or len(kinds.amount_words(line.gross)) <= len("99 999 999 F")


def test_what_an_account_may_hold_is_what_screens_are_proved_with():
    proved = kinds.kind_of(kinds.Amount)
    assert proved is not None
    assert kinds.amount_words(-MOST_HELD) == proved.longest


@given(recipients=st.integers(1, 9_999_999), parts=st.integers(1, MOST_PARTS), price=st.integers(0, part_prices.MOST))
@example(recipients=9_999_999, parts=MOST_PARTS, price=part_prices.MOST)
def test_the_cost_of_a_broadcast_is_never_cut(recipients, parts, price):
    words = broadcasts._reach(recipients, recipients * parts * price)
    kind = kinds.kind_of(broadcasts.Reach)
    assert kind is not None
    assert kinds.show(kind, words) == words
