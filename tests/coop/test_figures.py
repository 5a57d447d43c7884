"""A month's figures: each against the same counted by hand over all rows, and published once."""

import random
from collections import Counter
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.coop.cooperatives.models import Cooperative
from app.coop.kpi import definitions, messages, months, queries
from app.coop.kpi.cells import ALL, FEDERATION, NOWHERE
from app.coop.kpi.models import FigureMonth, FigureRow
from app.coop.members.models import Member
from app.coop.small import SMALL
from tests import sample_figures
from tests.figures_by_hand import OCTOBER, by_hand

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def filled(database):
    sample_figures.fill(database, random.Random(11))  # noqa: S311 - the same rows each time
    return database


def publish(database, month=OCTOBER, now=NOW):
    more = True
    while more:
        with database.transaction() as session:
            more = months.publish_next(session, month, now)


def test_each_figure_is_what_it_is_counted_by_hand(filled):
    wanted = by_hand(filled)
    found = {}
    with filled.read() as reader:
        ids = [NOWHERE, *reader.scalars(select(Cooperative.id))]
        for read in (*months.READERS, messages.of_month):
            for cell in read(reader, ids, OCTOBER):
                assert (cell.figure, cell.place, cell.part) not in found
                found[cell.figure, cell.place, cell.part] = cell.numerator, cell.denominator
    found = {key: numbers for key, numbers in found.items() if any(numbers) and key[0] != "to_producers"}
    assert found == wanted
    assert {figure for figure, _, _ in wanted} >= {one.name for one in definitions.FIGURES} - {
        "to_producers",
        "machine_days",
        "filieres",
        "leasing",
    }
    assert {figure for figure, _, _ in found} <= set(definitions.BY_NAME)


def test_what_is_published_is_what_is_counted_or_hidden_and_of_few_persons_nothing(filled):
    publish(filled)
    wanted = by_hand(filled)
    with filled.read() as reader:
        codes = dict(reader.execute(select(Cooperative.code, Cooperative.id)).all()) | {FEDERATION: NOWHERE}
        month, *_ = queries.months(reader)
        shown = hidden = 0
        for code, place in codes.items():
            for one in queries.told(reader, month, queries.Place(code)):
                hidden += one.state == "hidden"
                if one.state == "exact" and one.figure.name != "to_producers":
                    numbers = one.numerator, one.denominator
                    assert numbers == wanted.get((one.figure.name, place, one.part), (0, 0)), (code, one)
                    shown += any(numbers)
                    assert not (one.figure.counts_persons and 0 < one.numerator < SMALL)
        for code in (*codes, ""):
            found = {(one.figure.name, one.part): one.numerator for one in queries.told(reader, month, queries.Place(code))}
            for (figure, part), some in found.items():
                everybody = found.get(("members", part))
                if figure in ("active", "producers") and some and everybody is not None:
                    assert not 0 < everybody - some < SMALL, (code, figure, part)
        assert shown > 60
        assert hidden > 30
        for one in queries.told(reader, month, queries.Place()):
            if one.state == "exact" and one.figure.name != "to_producers":
                cells = [numbers for (name, _, part), numbers in wanted.items() if (name, part) == (one.figure.name, one.part)]
                assert (one.numerator, one.denominator) == tuple(map(sum, zip(*cells, strict=True))) if cells else (0, 0)


def test_a_published_month_stays_and_a_correction_is_another_revision(filled):
    rows = select(FigureRow.code, FigureRow.cells).order_by(FigureRow.month_id, FigureRow.code)
    publish(filled)
    with filled.transaction() as session:
        before = session.execute(rows).all()
        session.execute(update(Member).where(Member.cooperative_id == 2).values(joined_on=date(2026, 11, 15)))
    publish(filled)
    with filled.transaction() as session:
        assert session.execute(rows).all() == before
        months.begin(session, OCTOBER, NOW, "registre de Mbour")
    publish(filled)
    with filled.read() as reader:
        month, *_ = queries.months(reader)
        assert month.revision == 2
        [members] = [
            one for one in queries.told(reader, month, queries.Place("CPS2")) if (one.figure.name, one.part) == ("members", "")
        ]
        assert members.value == 0
        assert reader.execute(rows.join(FigureMonth).where(FigureMonth.revision == 1)).all() == before


def test_no_month_is_published_before_it_is_over_and_paper_has_come_in(filled):
    with filled.transaction() as session:
        with pytest.raises(months.MonthNotOver):
            months.begin(session, OCTOBER, datetime(2026, 11, 5, 23, 0, tzinfo=UTC))
        with pytest.raises(months.MonthNotPublished):
            months.begin(session, OCTOBER, NOW, "trop tôt")
    assert months.last_month(datetime(2026, 11, 6, tzinfo=UTC)) == OCTOBER


def test_the_scheduler_publishes_the_newest_month_first_and_then_those_before(filled, monkeypatch):
    monkeypatch.setattr(months, "AT_ONCE", 2)
    steps = 0
    while True:
        with filled.transaction() as session:
            if not months.gather(session, NOW):
                break
        steps += 1
    with filled.read() as reader:
        assert [str(one.month) for one in queries.months(reader)] == ["2026-10", "2026-09", "2026-08", "2026-07"]
        _of_the_seed, first, *_ = reader.scalars(select(FigureMonth.month).order_by(FigureMonth.id))
        assert first == OCTOBER.first
        assert {code for (code,) in reader.execute(select(FigureRow.code))} == {
            "CPS1",
            "CPS2",
            "CPS3",
            "CPS4",
            FEDERATION,
            ALL,
            "rest",
        }
    assert steps >= 3 * 3


def test_a_commune_and_a_trade_are_told_rounded_from_what_is_published_alone(filled):
    publish(filled)
    with filled.read() as reader:
        month, *_ = queries.months(reader)
        of = {code: (commune, trade) for code, _, commune, trade in queries.places(reader, month)}
        for place in [queries.Place(commune=one) for one, _ in of.values()] + [
            queries.Place(filiere=one) for _, one in of.values()
        ]:
            inside = [
                code for code, (commune, trade) in of.items() if place.commune in ("", commune) and place.filiere in ("", trade)
            ]
            wanted = Counter()
            for (figure, at, part), numbers in by_hand(filled).items():
                wanted[figure, part] += numbers[0] if f"CPS{at}" in inside else 0
            for one in queries.told(reader, month, place):
                if one.figure.counts_persons and one.state != "hidden":
                    true = wanted[one.figure.name, one.part]
                    assert one.value % SMALL == 0
                    assert one.numerator is None
                    assert abs(one.value - true) <= 2 if one.state == "rounded" else one.value <= true <= one.at_most


def test_the_page_of_definitions_is_fresh():
    assert (DOCS / "figures.md").read_text("utf-8") == definitions.page(), "jappoo report definitions > docs/figures.md"


def test_each_figure_is_declared_once_with_all_that_makes_it_one():
    names = [figure.name for figure in definitions.FIGURES]
    assert [name for name, of in groupby(sorted(names)) if len(list(of)) > 1] == []
    for figure in definitions.FIGURES:
        assert figure.unit
        assert figure.numerator
        assert figure.source
        assert figure.denominator or figure.unit not in ("%", "XOF/kg")
