"""A month's figures: each against the same counted by hand over all rows, and published once."""

import random
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.coop.cooperatives.models import Cooperative
from app.coop.kpi import definitions, messages, months, queries
from app.coop.kpi.cells import ALL, FEDERATION, NOWHERE, Month
from app.coop.kpi.models import FigureMonth, FigureRow
from app.coop.members.models import Member
from app.coop.models import Base
from app.coop.small import SMALL
from tests import sample_figures

OCTOBER = Month(date(2026, 10, 1))
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


def by_hand(database):
    """Count October from every row of every table, one at a time: by figure, co-operative and part numerator and denominator."""
    with database.read() as reader:
        tables = {table.name: reader.execute(select(table)).all() for table in Base.metadata.sorted_tables}
    by_id = {name: {row.id: row for row in rows if hasattr(row, "id")} for name, rows in tables.items()}
    profiles = {row.member_id: row for row in tables["member_profiles"]}
    found = defaultdict(lambda: [0, 0])

    def add(figure, place, parts=("",), top=1, bottom=0):
        for part in parts:
            cell = found[figure, place or NOWHERE, part]
            cell[0], cell[1] = cell[0] + top, cell[1] + bottom

    def age(born_on, born_in):
        if born_on:
            born_in_years = 2026 - born_on.year - ((born_on.month, born_on.day) > (10, 31))
            return "young" if 15 <= born_in_years <= 35 else "older"
        return "-" if born_in is None else "young" if 15 <= 2026 - born_in <= 35 else "older"

    def parts_of(member, told=None, *, trade=False):
        one = profiles.get(member)
        parts = ["", f"sex:{(one and one.sex) or '-'}", f"age:{age(one and one.born_on, (one and one.born_in) or told)}"]
        if trade:
            house = member and by_id["cooperatives"][by_id["members"][member].cooperative_id]
            parts.append(f"filiere:{by_id['filieres'][house.filiere_id].code if house else '-'}")
        return parts

    def inside(at):
        return at is not None and OCTOBER.start <= at < OCTOBER.end

    for row in tables["cooperatives"]:
        add("cooperatives", row.id, ("", f"form:{row.legal_form}"))
    since = OCTOBER.end - timedelta(days=90)
    moved = {row.member_id for row in tables["journal_entries"] if since <= row.at < OCTOBER.end}
    moved |= {row.member_id for row in tables["declarations"] if since <= row.declared_at < OCTOBER.end}
    for row in tables["members"]:
        if row.joined_on < date(2026, 11, 1) and (row.left_on is None or row.left_on >= date(2026, 11, 1)):
            add("members", row.cooperative_id, parts_of(row.id))
            if row.id in moved:
                add("active", row.cooperative_id, parts_of(row.id))
    reversed_ = {row.reverses_id for row in tables["journal_entries"]}
    measures = {(row.product_id, row.unit): row.grams for row in tables["measures"]}
    good = [
        row for row in tables["weighings"] if row.state == "credited" and inside(row.weighed_at) and row.entry_id not in reversed_
    ]
    for member in {row.member_id for row in good}:
        add("producers", by_id["members"][member].cooperative_id, parts_of(member))
    milligrams = Counter()
    massed = Counter()
    for row in good:
        place, product = row.cooperative_id, by_id["products"][row.product_id]
        add("deliveries", place)
        add("worth", place, top=row.gross)
        add("to_fund", place, top=row.share, bottom=row.gross)
        add("to_advances", place, top=row.repaid, bottom=row.gross)
        unit = by_id["declarations"][row.declaration_id].unit
        grams = measures.get((row.product_id, unit)) or {"kg": 1000, "g": 1, "t": 1_000_000}.get(unit)
        for part in ("", f"filiere:{by_id['filieres'][product.filiere_id].code}"):
            milligrams[place, part] += int(row.weight * 1000) * (grams or 0)
            massed[place, part] += row.gross if grams else 0
    for (place, part), mass in milligrams.items():
        add("tonnes", place, (part,), mass // 1000)
        add("price", place, (part,), massed[place, part], mass // 1000)
    balances = Counter()
    for row in tables["postings"]:
        entry, account = by_id["journal_entries"][row.entry_id], by_id["accounts"][row.account_id]
        if account.member_id and account.kind in ("shares", "savings", "payable", "advance", "leasing") and entry.at < OCTOBER.end:
            balances[account.id] += row.amount
        if account.kind == "solidarity" and inside(entry.at):
            undone = by_id["journal_entries"].get(entry.reverses_id, entry)  # a reversal counts with what it takes back
            aid = undone.kind == "aid"
            add("fund_out" if aid else "fund_in", account.cooperative_id, top=row.amount if aid else -row.amount)
    for account, amount in balances.items():
        add(by_id["accounts"][account].kind, by_id["accounts"][account].cooperative_id, top=abs(amount))
    for row in tables["payment_lines"]:
        payment = by_id["payments"][row.payment_id]
        if payment.state == "paid" and inside(payment.paid_at):
            days = max(0, (payment.paid_at - by_id["weighings"][row.weighing_id].weighed_at).days)
            add("days", payment.cooperative_id, top=days, bottom=1)
    for row in tables["sms_messages"]:
        if inside(row.created_at):
            left = not (
                row.state in ("queued", "sending", "expired") or (row.state in ("failed", "refused") and not row.provider_id)
            )
            cost = row.price * 100 if row.actual_centimes is None else row.actual_centimes
            add("sms", row.cooperative_id)
            add("sms_parts", row.cooperative_id, top=left * (row.actual_parts or row.parts))
            add("sms_cost", row.cooperative_id, top=left * cost)
    for row in tables["trainings"]:
        if date(2026, 10, 1) <= row.starts_on < date(2026, 11, 1) and row.state == "open":
            add("seats", row.cooperative_id, top=row.seats)
    applications = by_id["training_applications"]
    for figure, rows in (("applicants", tables["training_applications"]), ("certified", tables["certificates"])):
        for row in rows:
            applied = row if figure == "applicants" else applications[row.application_id]
            if inside(row.applied_at) if figure == "applicants" else date(2026, 10, 1) <= row.given_on < date(2026, 11, 1):
                place = by_id["trainings"][applied.training_id].cooperative_id
                add(figure, place, parts_of(applied.member_id, applied.born_in, trade=True))
    for row in tables["placement_questions"]:
        if inside(row.asked_at):
            applied = applications[row.application_id]
            place, works = by_id["trainings"][applied.training_id].cooperative_id, row.works is True
            add(f"placed_{row.months}", place, parts_of(applied.member_id, applied.born_in, trade=True), works, 1)
    _boutiques_by_hand(tables, by_id, inside, add)
    return {key: tuple(cell) for key, cell in found.items() if any(cell)}


def _boutiques_by_hand(tables, by_id, inside, add):
    for row in tables["ideas"]:
        if inside(row.proposed_at):
            add("ideas", row.cooperative_id)
        if inside(row.decided_at):
            add("filieres", row.cooperative_id, top=row.state == "accepted", bottom=1)
    for row in tables["bookings"]:
        if inside(row.out_at):
            add("machine_days", row.cooperative_id)
    for row in tables["orders"]:
        if row.state in ("sold", "delivered") and inside(row.sold_at):
            add("sales", row.cooperative_id, top=row.amount)
    for row in tables["lot_events"]:
        if inside(row.at):
            place = row.cooperative_id
            add("tonnes_in", place, top=row.entered if row.kind in ("delivery", "bought", "correction") else 0)
            add("tonnes_out", place, top={"sale": row.gone, "refund": -row.entered}.get(row.kind, 0))
            add("run_hours", place, top=(row.minutes or 0) * (row.workers or 1) if row.kind == "run" else 0)
    for row in tables["lot_moves"]:
        move = by_id["lot_events"][row.event_id]
        if move.kind == "run" and inside(move.at):
            grams = abs(row.grams or 0)
            add("yield", move.cooperative_id, top=grams if row.units > 0 else 0, bottom=0 if row.units > 0 else grams)


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
