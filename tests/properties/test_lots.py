"""Whatever is done to lots, in any order: what came in is there or gone, to the gram."""

import shutil
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.coop.chain import write_offs
from app.coop.ledger.services import AlreadyReversed, Overdrawn, reverse
from app.coop.lots import purchases, runs, stock
from app.coop.lots.models import Lot, LotEvent
from app.coop.production.models import Weighing
from app.coop.verify import verify
from app.db.database import Database
from tests import sample_boutiques, sample_declarations
from tests.acts import by
from tests.conftest import PATIENT_MS

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
WHICH, UNITS = st.integers(0, 9), st.decimals("0.001", "60", places=3)
ACTS = st.one_of(
    st.tuples(st.just("split"), WHICH, UNITS),
    st.tuples(st.just("merge"), WHICH, WHICH),
    st.tuples(st.just("count"), WHICH, UNITS),
    st.tuples(st.just("run"), WHICH, UNITS, st.integers(1, 120)),
    st.tuples(st.just("expire"), WHICH),
    st.tuples(st.just("reverse"), st.integers(0, 7)),
    st.tuples(st.just("buy"), UNITS),
)
REFUSALS = (stock.LotShort, stock.LotRefused, stock.LotGone, AlreadyReversed, Overdrawn)


@pytest.fixture(scope="module")
def begun(sqlite_template, tmp_path_factory):
    """A quay with one lot of eight deliveries."""
    file = shutil.copyfile(sqlite_template, tmp_path_factory.mktemp("lots") / "begun.db")
    database = Database(f"sqlite:///{file}", statement_ms=PATIENT_MS)
    sample_declarations.staffed(database)
    sample_boutiques.keccax(database, NOW)
    with database.transaction() as session:
        runs.collect(session, by(sample_declarations.CLERK, "collect", NOW), 1, 1, NOW.date())
    database.dispose()
    return file


def do(session, number, what, *args):
    act = by(sample_declarations.CLERK, f"act {number}", NOW)
    codes = session.scalars(select(Lot.code).order_by(Lot.id)).all()
    of = [codes[one % len(codes)] for one in args if isinstance(one, int)]
    if what == "split":
        stock.split(session, act, of[0], args[1])
    elif what == "merge":
        stock.merge(session, act, of)
    elif what == "count":
        write_offs.count(session, act, of[0], args[1])
    elif what == "run":
        runs.run(session, act, 1, [(of[0], args[1])], [runs.Output(4, Decimal(args[2]))], sure=True)
    elif what == "expire":
        write_offs.expire(session, act, of[0])
    elif what == "buy":
        purchases.buy(session, act, 1, stock.NewLot(1, "kg", args[0], int(args[0] * 1000), source="Palmarin"), 500)
    else:
        entries = session.scalars(select(Weighing.entry_id).order_by(Weighing.id)).all()
        reverse(session, entries[args[0]], operation=act.operation, now=NOW)
        runs.correct(session, NOW)


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=set(Phase) - {Phase.explain},
)
@given(acts=st.lists(ACTS, min_size=1, max_size=12))
def test_grams_that_entered_are_there_or_gone(begun, tmp_path, acts):
    file = shutil.copyfile(begun, tmp_path / "lots.db")
    database = Database(f"sqlite:///{file}", statement_ms=PATIENT_MS)
    for number, act in enumerate(acts):
        try:
            with database.transaction() as session:
                do(session, number, *act)
        except REFUSALS:
            pass
    with database.read() as reader:
        assert verify(reader).wrong == ()
        entered, gone = reader.execute(select(func.sum(LotEvent.entered), func.sum(LotEvent.gone))).one()
        assert int(reader.scalar(select(func.sum(Lot.grams)))) == int(entered) - int(gone)
    database.dispose()
