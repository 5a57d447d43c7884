"""A list is credited once, to the franc, whoever races and whatever dies."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from app.coop.cooperatives.models import Cooperative
from app.coop.ledger.queries import balances_of
from app.coop.ledger.services import reverse
from app.coop.offices.models import Role
from app.coop.prices.models import PriceRow
from app.coop.prices.queries import price_at
from app.coop.production import declarations, orphaned_lines, weighing_lookup, weighings
from app.coop.production.deliveries import shared_out
from app.coop.production.models import Weighing
from app.coop.rights import Office
from app.coop.scope import Scope
from app.coop.verify import verify
from app.db.operations import once
from app.sms.models import Message
from tests import sample_cooperative, sample_declarations
from tests.acts import by, own

PRESIDENT = Office(102, "president", 1)
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.fixture
def quayside(database):
    sample_cooperative.build(database)
    sample_declarations.appoint(database)
    return database


def noted(database, count, weight="12.5", grade="A"):
    refs = sample_declarations.declared(database, sample_declarations.women(database, count), NOW)
    with database.transaction() as session:
        for at, reference in enumerate(refs):
            weighings.note(
                session,
                by(sample_declarations.CLERK, f"line:{at}", NOW),
                weighing_lookup.by_reference(session, 1, reference, NOW.year),
                weight=Decimal(weight),
                grade=grade,
                weighed_at=NOW,
            )
    return refs


def shown(database):
    with database.read() as reader:
        lines = weighings.open_list(reader, 101)
    return {"upto": lines[-1].id, "francs": sum(line.gross for line in lines)}


@given(st.integers(0, 10**9), st.integers(0, 10**7), st.integers(0, 100), st.integers(0, 100))
def test_sharing_out_loses_no_franc_and_takes_no_more_than_is_owed(gross, owed, solidarity, instalment):
    share, repaid = shared_out(gross, owed, solidarity, instalment)
    assert 0 <= share <= gross
    assert 0 <= repaid <= min(owed, gross - share)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(weights=st.lists(st.decimals("0.001", "99999", places=3), min_size=1, max_size=6), solidarity=st.integers(0, 100))
def test_any_list_balances(another, weights, solidarity):
    database = another()
    sample_cooperative.build(database)
    sample_declarations.appoint(database)
    refs = sample_declarations.declared(database, sample_declarations.women(database, len(weights)), NOW)
    with database.transaction() as session:
        session.execute(update(Cooperative).values(solidarity_percent=solidarity))
        for reference, weight in zip(refs, weights, strict=True):
            what = weighing_lookup.by_reference(session, 1, reference, NOW.year)
            given_line = {"weight": weight, "grade": "A", "weighed_at": NOW}
            weighings.note(session, by(sample_declarations.CLERK, reference, NOW), what, **given_line)
    with database.transaction() as session:
        weighings.confirm(session, by(sample_declarations.CLERK, "done", NOW), **shown(database))
    with database.read() as reader:
        assert verify(reader).wrong == ()
        for at, weight in enumerate(weights):
            row = reader.execute(select(Weighing.__table__).where(Weighing.member_id == 201 + at)).one()
            found = balances_of(reader, 201 + at)
            assert row.gross == int((weight * 1000).quantize(Decimal(1), "ROUND_HALF_UP"))
            assert found.payable + row.share + row.repaid == row.gross
            assert found.advance == 10_000 - row.repaid
    database.dispose()


def test_eight_confirm_the_same_list_and_it_is_credited_once(postgres_database):
    sample_cooperative.build(postgres_database)
    sample_declarations.appoint(postgres_database)
    noted(postgres_database, 20)
    seen, start, outcomes = shown(postgres_database), Barrier(8), []

    def race(number):
        start.wait()
        try:
            with postgres_database.transaction() as session:
                told = weighings.confirm(session, by(sample_declarations.CLERK, f"race:{number}", NOW), **seen)
            outcomes.append(len(told))
        except weighings.ListChanged:
            outcomes.append("changed")

    threads = [Thread(target=race, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == ["20", *["changed"] * 7]
    with postgres_database.read() as reader:
        assert verify(reader).wrong == ()
        assert all(balances_of(reader, member).payable == 12_500 - 250 - 2_450 for member in range(201, 221))


def test_a_confirmation_cut_off_credits_nothing_and_the_next_one_everything(quayside):
    noted(quayside, 200)
    seen = shown(quayside)

    session = quayside.session()
    weighings.confirm(session, by(sample_declarations.CLERK, "cut", NOW), **seen)
    session.connection().invalidate()  # the process dies before its commit
    session.close()
    with quayside.read() as reader:
        assert weighings.last_line(reader, 101)[0] == 200
        assert balances_of(reader, 201).payable == 0
    for _ in range(2):
        with quayside.transaction() as session:
            done = once(
                session,
                "k",
                "confirm",
                {},
                lambda: {"n": len(weighings.confirm(session, by(sample_declarations.CLERK, "k", NOW), **seen))},
                person_id=101,
                now=NOW,
            )
    assert done == {"n": 200}
    with quayside.read() as reader:
        assert verify(reader).wrong == ()
        assert reader.scalar(select(func.count()).select_from(Weighing).where(Weighing.entry_id.is_not(None))) == 200


def test_nobody_weighs_their_own_catch(quayside):
    [reference] = sample_declarations.declared(quayside, [101], NOW)
    with quayside.transaction() as session:
        own = weighing_lookup.by_reference(session, 1, reference, NOW.year)
        line = {"weight": Decimal(50), "grade": "A", "weighed_at": NOW}
        for what in (own, weighing_lookup.by_product(session, 101, 2)):
            with pytest.raises(weighings.OwnCatch):
                weighings.note(session, by(sample_declarations.CLERK, "own", NOW), what, **line)
        weighings.note(session, by(PRESIDENT, "own", NOW), own, **line)


def test_open_lines_of_one_who_left_the_office_go_to_another_who_weighs(quayside):
    noted(quayside, 2)
    with quayside.transaction() as session:
        assert orphaned_lines.sweep(session, now=NOW) == 0
        session.execute(update(Role).where(Role.person_id == 101).values(until_on=NOW.date() - timedelta(days=1)))
        assert [orphaned_lines.sweep(session, now=NOW) for _ in range(2)] == [2, 0]
        ((to, words, parts),) = session.execute(select(Message.to_number, Message.text, Message.parts))
        assert (to, parts) == (sample_declarations.PRESIDENT, 1)
        assert "dans votre liste, pesées d'un responsable qui n'est plus en charge: 2." in words
        lines = weighings.open_list(session, 102)
        worth = sum(line.gross for line in lines)
        assert len(weighings.confirm(session, by(PRESIDENT, "done", NOW), upto=lines[-1].id, francs=worth)) == 2


def test_a_line_that_comes_back_to_an_officer_is_told_again(quayside):
    noted(quayside, 1)
    ended, stays = {"until_on": NOW.date() - timedelta(days=1)}, {"until_on": None}
    with quayside.transaction() as session:
        for days, (clerk, president) in enumerate(((ended, stays), (stays, ended), (ended, stays))):
            for person, until in ((101, clerk), (102, president)):
                session.execute(update(Role).where(Role.person_id == person).values(until))
            assert orphaned_lines.sweep(session, now=NOW + timedelta(hours=days)) == 1
        to = session.scalars(select(Message.to_number).order_by(Message.id)).all()
    assert (len(to), to[0]) == (3, to[2])


def test_a_line_without_a_price_stays_open(quayside):
    noted(quayside, 2)
    with quayside.transaction() as session:
        row = session.scalars(select(Weighing).order_by(Weighing.id)).first()
        row.weighed_at = datetime(2020, 1, 1, tzinfo=UTC)
    with quayside.transaction() as session:
        told = weighings.confirm(session, by(sample_declarations.CLERK, "k", NOW), **shown(quayside))
        assert len(told) == 1
        assert weighings.last_line(session, 101)[0] == 1


def test_what_was_shown_is_what_is_credited(quayside):
    refs = noted(quayside, 2)
    seen = shown(quayside)
    with quayside.transaction() as session:
        session.add(PriceRow(product_id=1, cooperative_id=1, grade="A", unit="kg", amount=900, from_at=sample_cooperative.LONG_AGO))
    with pytest.raises(weighings.ListChanged), quayside.transaction() as session:
        weighings.confirm(session, by(sample_declarations.CLERK, "k", NOW), **seen)
    with quayside.read() as reader, pytest.raises(weighing_lookup.AlreadyWeighed):
        weighing_lookup.by_reference(reader, 1, refs[0], NOW.year)


def test_a_weighed_declaration_is_not_taken_back_by_its_member_and_an_undone_one_is(quayside):
    noted(quayside, 1)
    with quayside.transaction() as session:
        row = session.scalars(select(Weighing)).one()
        with pytest.raises(declarations.DeclarationClosed):
            declarations.cancel(session, own(201, "c", NOW), 201, row.declaration_id)
        weighings.undo(session, by(sample_declarations.CLERK, "u", NOW), row.id)
        declarations.cancel(session, own(201, "c", NOW), 201, row.declaration_id)


def test_the_price_is_the_days_and_the_grades_and_the_co_operatives_own_first(quayside):
    later = NOW.replace(hour=11)
    with quayside.transaction() as session:
        for cooperative, grade, amount, at in (
            (1, None, 1100, NOW),
            (1, "A", 1300, NOW),
            (None, "A", 9000, NOW),
            (1, None, 1200, later),
        ):
            session.add(PriceRow(product_id=1, cooperative_id=cooperative, grade=grade, unit="kg", amount=amount, from_at=at))
    wanted = [
        (1, 1, "A", NOW),
        (1, 1, "B", NOW),
        (1, 1, "B", later),
        (2, 1, "A", NOW),
        (1, 1, "B", sample_cooperative.LONG_AGO),
        (1, 99, None, NOW),
    ]
    with quayside.read() as reader:
        assert price_at(reader, [(Scope(where), *of) for where, *of in wanted]) == [1300, 1100, 1200, 9000, 1000, None]


def test_a_paper_whose_delivery_was_reversed_is_entered_again_once(quayside):
    yesterday, members = NOW - timedelta(days=1), sample_declarations.women(quayside, 1)

    def enter(weight, operation):
        with quayside.transaction() as session:
            on = {"grade": "A", "weighed_at": yesterday, "paper": "4711"}
            what = weighing_lookup.by_product(session, members[0], 1)
            weighings.note(session, by(sample_declarations.CLERK, operation, NOW), what, weight=Decimal(weight), **on)
            lines = weighings.open_list(session, 101)
            upto, francs = lines[-1].id, sum(line.gross for line in lines)
            weighings.confirm(session, by(sample_declarations.CLERK, f"{operation}:confirm", NOW), upto=upto, francs=francs)

    enter("125", "slip")
    with pytest.raises(weighings.PaperKnown):
        enter("12.5", "too early")
    with quayside.transaction() as session:
        slip = session.scalars(select(Weighing.entry_id).where(Weighing.member_id == members[0])).one()
        reverse(session, slip, operation="mended", now=NOW)
    with quayside.read() as reader:
        assert weighings.can_note(reader, 101, members[0], None, "4711")
    enter("12.5", "right")
    with pytest.raises(weighings.PaperKnown):
        enter("12.5", "again")
    with quayside.read() as reader:
        assert balances_of(reader, members[0]).payable == 9_800
        assert verify(reader).wrong == ()


def test_a_paper_takes_no_declaration_made_after_its_day(quayside):
    sample_declarations.declared(quayside, sample_declarations.women(quayside, 1), NOW)
    with quayside.transaction() as session:
        assert weighing_lookup.by_product(session, 201, 1, NOW).declaration_id
        assert weighing_lookup.by_product(session, 201, 1, NOW - timedelta(days=1)).declaration_id is None
