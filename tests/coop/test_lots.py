"""Lots: each delivery in one, grams conserved through whatever is done, units as counted."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.coop.act import Act
from app.coop.chain import write_offs
from app.coop.ledger.services import reverse
from app.coop.lots import purchases, queries, runs, stock
from app.coop.lots.codes import draw_code, read_code
from app.coop.lots.models import Lot, LotDelivery, LotEvent
from app.coop.production.models import Weighing
from app.coop.rights import Office
from app.coop.scope import FEDERATION
from app.coop.verify import verify
from tests import sample_boutiques, sample_declarations
from tests.acts import by

SECRETARY, NEIGHBOUR = sample_declarations.CLERK, Office(302, "president", 2)
THIOF, SACHET, BASKET = 1, 4, 2
TODAY = date(2026, 11, 24)


@pytest.fixture
def quay(database, clock):
    """Give eight deliveries of 12,5 kg, a technique of 30 to 45 %, and sachets of 250 g."""
    sample_declarations.staffed(database)
    sample_boutiques.neighbours(database)
    sample_boutiques.keccax(database, clock())
    return database


@pytest.fixture
def lot(quay, clock):
    """Give the code of a lot of all eight: 100 kg."""
    with quay.transaction() as session:
        return runs.collect(session, by(SECRETARY, "collect", clock()), 1, THIOF, TODAY).code


@pytest.fixture
def acting(quay, clock):
    """Do something as the secretary, in a transaction of its own."""

    def act(do, *args, office=SECRETARY, **named):
        operation = f"{do.__name__}:{args}:{named}"[:80]
        with quay.transaction() as session:
            return do(session, by(office, operation, clock()), *args, **named)

    return act


def left(database, code):
    with database.read() as reader:
        assert verify(reader).wrong == ()
        [one] = queries.lots(reader, Lot.code == code)
    return one.units, one.grams


def test_a_code_is_read_as_people_write_it_and_a_slip_is_seen(quay):
    with quay.transaction() as session:
        code = draw_code(session)
    assert len(code) == 10
    digits = code[1:]
    for typed in (code, code.lower(), digits, f"L {digits[:4]} {digits[4:]}", f"L-{digits}"):
        assert read_code(typed) == code
    wrong = digits[:-1] + str((int(digits[-1]) + 1) % 10)
    for typed in (wrong, digits[:-1], f"{digits}0", "2,4E+612", "24E061234", "", "L"):
        assert read_code(typed) is None


def test_deliveries_are_in_one_lot_once(quay, lot, acting):
    assert left(quay, lot) == (Decimal(100), 100_000)
    with pytest.raises(runs.NothingDelivered):
        acting(runs.collect, 1, THIOF, TODAY)
    with quay.read() as reader:
        assert runs.delivered(reader, 1, sample_boutiques.NOON) == []


def test_a_split_takes_its_part_and_an_empty_lot_has_none(quay, lot, acting):
    first = acting(stock.split, lot, Decimal(40))
    second = acting(stock.split, lot, Decimal("40.5"), "Saly")
    assert (left(quay, first.code), left(quay, second.code), left(quay, lot)) == (
        (Decimal(40), 40_000), (Decimal("40.5"), 40_500), (Decimal("19.5"), 19_500),
    )  # fmt: skip
    with pytest.raises(stock.LotShort) as short:
        acting(stock.split, lot, Decimal(30))
    assert short.value.left == Decimal("19.5")
    acting(stock.split, lot, Decimal("19.5"))
    with pytest.raises(stock.LotShort):
        acting(stock.split, lot, Decimal(1))
    with pytest.raises(stock.LotRefused):
        acting(stock.split, lot, Decimal(0))


def test_lots_of_one_product_are_merged_and_others_are_not(quay, lot, acting):
    part = acting(stock.split, lot, Decimal(40), "Saly")
    whole = acting(stock.merge, [lot, part.code])
    assert left(quay, whole.code) == (Decimal(100), 100_000)
    salt = acting(purchases.buy, 1, stock.NewLot(2, "kg", Decimal(5), 5_000, source="Palmarin"), 1_000)
    for codes in ([whole.code], [whole.code, whole.code], [whole.code, salt.code]):
        with pytest.raises(stock.LotRefused):
            acting(stock.merge, codes)


def test_three_sacks_weighed_at_134_8_kg_are_three_and_134_8_kg(quay, acting):
    sacks = acting(purchases.buy, 1, stock.NewLot(3, "sac", Decimal(3), 134_800, source="Fissel"), 30_000)
    one = acting(stock.split, sacks.code, Decimal(1))
    last = acting(stock.split, sacks.code, Decimal(2))
    assert left(quay, one.code)[1] + left(quay, last.code)[1] == 134_800
    assert left(quay, sacks.code) == (Decimal(0), 0)


def test_a_hundred_kg_become_thirty_eight_and_the_loss_is_the_difference(quay, lot, acting):
    made, loss = acting(runs.run, 1, [(lot, Decimal(100))], [runs.Output(SACHET, Decimal(152))])
    assert (loss, left(quay, made[0].code), left(quay, lot)) == (62_000, (Decimal(152), 38_000), (Decimal(0), 0))


@pytest.mark.parametrize(
    ("out", "error"),
    [
        (401, runs.OutMoreThanIn),
        (100, runs.UnusualYield),
        (200, runs.UnusualYield),
        (0, stock.LotRefused),
        (120, None),
        (180, None),
    ],
)
def test_more_out_than_in_is_refused_and_a_rare_yield_is_asked_about(quay, lot, acting, out, error):
    if error is None:
        acting(runs.run, 1, [(lot, Decimal(100))], [runs.Output(SACHET, Decimal(out))])
        return
    with pytest.raises(error):
        acting(runs.run, 1, [(lot, Decimal(100))], [runs.Output(SACHET, Decimal(out))])
    assert left(quay, lot) == (Decimal(100), 100_000), "nothing of it stays"
    if error is runs.UnusualYield:
        acting(runs.run, 1, [(lot, Decimal(100))], [runs.Output(SACHET, Decimal(out))], sure=True)


def test_salt_goes_in_by_mass_and_jars_are_only_counted(quay, lot, acting):
    salt = acting(purchases.buy, 1, stock.NewLot(2, "kg", Decimal(10), 10_000, source="Palmarin"), 1_500)
    jars = acting(purchases.buy, 1, stock.NewLot(3, "pot", Decimal(200), None, source="Dakar"), 20_000)
    inputs = [(lot, Decimal(100)), (salt.code, Decimal(10)), (jars.code, Decimal(152))]
    _, loss = acting(runs.run, 1, inputs, [runs.Output(SACHET, Decimal(152))], runs.Work(240, 3, 6_000))
    assert loss == 72_000
    assert left(quay, jars.code) == (Decimal(48), None)


@pytest.mark.parametrize("inputs", [[], [("twice", 1), ("twice", 1)], [("L000000000", 1)]])
def test_a_run_needs_what_goes_in_each_once(lot, acting, inputs):
    named = [(lot if code == "twice" else code, Decimal(units)) for code, units in inputs]
    with pytest.raises((stock.LotRefused, stock.LotGone)):
        acting(runs.run, 1, named, [runs.Output(SACHET, Decimal(1))])


@pytest.mark.parametrize("grams", [0, -1])
def test_a_factor_is_above_zero(quay, grams):
    with pytest.raises(stock.LotRefused), quay.transaction() as session:
        stock.set_measure(session, SACHET, "sachet", grams)
    with pytest.raises(IntegrityError), quay.transaction() as session:
        session.execute(update(stock.Measure).values(grams=grams))


def test_a_kilo_is_a_thousand_grams_whatever_is_measured(quay):
    with quay.transaction() as session:
        with pytest.raises(stock.LotRefused, match="1000 g"):
            stock.set_measure(session, THIOF, "kg", 500)
        session.add(stock.Measure(product_id=THIOF, unit="kg", grams=500))
        session.flush()
        assert stock.mass(session, THIOF, "kg", Decimal(2)) == 2_000 == stock.mass_of_goods(session, [(THIOF, "kg", Decimal(2))])


@pytest.mark.parametrize("bad", [{"source": "   "}, {"source": "😀"}, {"unit": "unite longue"}, {"units": Decimal(0)}])
def test_a_purchase_that_cannot_be_is_refused(acting, bad):
    told = {"unit": "sac", "units": Decimal(3), "source": "Fissel"} | bad
    with pytest.raises(stock.LotRefused):
        acting(purchases.buy, 1, stock.NewLot(3, grams=None, **told), 100)


def test_a_lot_has_no_more_than_can_be_counted_and_one_that_has_is_thrown_away(quay, acting):
    codes = [
        acting(purchases.buy, 1, stock.NewLot(1, "kg", Decimal(units), units * 1_000, source="Joal"), 1).code
        for units in (60_000, 50_000)
    ]
    with pytest.raises(stock.LotRefused, match="99999 au plus"):
        acting(stock.merge, codes)
    assert left(quay, codes[0]) == (Decimal(60_000), 60_000_000)
    acting(write_offs.count, codes[0], stock.MOST_UNITS)
    with quay.transaction() as session:
        session.execute(update(Lot).where(Lot.code == codes[0]).values(units=Decimal(120_000)))
        assert write_offs.expire(session, by(SECRETARY, "expire", sample_boutiques.NOON), codes[0]) == Decimal(120_000)


@pytest.mark.parametrize("work", [runs.Work(10_000), runs.Work(1, 1_000), runs.Work(1, 1, 100_000_000)])
def test_a_runs_work_is_within_bounds(lot, acting, work):
    with pytest.raises(stock.LotRefused, match="minutes"):
        acting(runs.run, 1, [(lot, Decimal(100))], [runs.Output(SACHET, Decimal(152))], work)


def test_a_count_is_the_stock_and_its_difference_an_event(quay, lot, acting):
    assert acting(write_offs.count, lot, Decimal("97.5"), "pesé") == Decimal("-2.5")
    assert left(quay, lot) == (Decimal("97.5"), 97_500)
    assert acting(write_offs.count, lot, Decimal(98), "pesé encore") == Decimal("0.5")
    assert left(quay, lot) == (Decimal(98), 98_000)
    assert acting(write_offs.expire, lot) == Decimal(98)
    assert left(quay, lot) == (Decimal(0), 0)


def test_a_count_of_what_has_moved_since_is_not_noted(quay, lot, acting):
    acting(stock.split, lot, Decimal(40))
    with pytest.raises(stock.LotRefused, match="recomptez"):
        acting(write_offs.count, lot, Decimal(98), books=Decimal(100))
    assert left(quay, lot) == (Decimal(60), 60_000)
    assert acting(write_offs.count, lot, Decimal(58), books=Decimal(60)) == Decimal(-2)


def test_another_co_operatives_lot_is_unknown(lot, acting):
    for do, args in (
        (stock.split, (Decimal(1),)),
        (write_offs.count, (Decimal(1),)),
        (stock.move, ("Saly",)),
        (write_offs.expire, ()),
    ):
        with pytest.raises(stock.LotGone):
            acting(do, lot, *args, office=NEIGHBOUR)


@pytest.mark.parametrize(("used", "stays"), [(0, 87_500), (95, 0), (100, 0)])
def test_a_delivery_that_is_reversed_goes_out_of_its_lot_as_far_as_it_is_there(quay, lot, acting, clock, used, stays):
    if used:
        acting(stock.split, lot, Decimal(used))
    with quay.transaction() as session:
        entry = session.scalars(select(Weighing.entry_id).order_by(Weighing.id)).first()
        reverse(session, entry, operation="undo", now=clock())
    for _ in range(2):
        with quay.transaction() as session:
            runs.correct(session, clock())
    assert left(quay, lot)[1] == stays
    with quay.read() as reader:
        event = reader.execute(select(LotEvent).where(LotEvent.kind == "correction")).one()
        assert event.entered == -12_500
        assert len(reader.execute(select(LotDelivery).where(LotDelivery.corrected_at.is_not(None))).all()) == 1


def test_events_are_only_added(quay, lot):
    del lot
    for change in (update(LotEvent).values(gone=1), update(stock.LotMove).values(grams=1)):
        with pytest.raises(DBAPIError, match="append-only"), quay.transaction() as session:
            session.execute(change)


def test_stock_is_read_by_scope(quay, lot):
    with quay.read() as reader:
        assert [one.code for one in queries.stock(reader, FEDERATION)] == [lot]
        assert queries.stock(reader, NEIGHBOUR.scope) == []


def test_an_operators_act_reaches_every_co_operatives_lot(quay, lot, clock):
    with quay.transaction() as session:
        assert stock.split(session, Act(0, "cli", "cli:split", clock()), lot, Decimal(1)).units == 1
