"""Nothing is written on an account that has been closed: in any order, at once, and between two screens."""

from threading import Thread

import pytest
from sqlalchemy import func, select

from app.coop.contests.services import TooLate
from app.coop.ledger.queries import balances_of
from app.coop.members.models import Member
from app.coop.payments.batches import BatchChanged
from app.coop.payments.models import Payment
from app.coop.production.declarations import NotActive
from app.coop.production.models import Weighing
from app.coop.subjects import approvals
from app.coop.till.payouts import NotHers
from app.coop.verify import verify
from app.db.database import Database
from tests import sample_declarations
from tests.races import closing
from tests.races.closing import KEPT, NOW, OTHER

LONG = 30_000
"""Milliseconds that a statement may wait for the other act here."""


def nothing(database):
    del database


def declared(database):
    sample_declarations.declared(database, [OTHER], NOW)


WAYS = [
    # closes, prepares, writes, refused with, the closing refused when the writing came first
    ("settlement", nothing, closing.take_in, NotHers, True),
    ("merge", nothing, closing.take_in, NotHers, False),
    ("settlement", declared, closing.note, NotActive, True),
    ("merge", nothing, closing.note, NotActive, True),
    ("merge", closing.paid, closing.contest, TooLate, True),
    ("merge", closing.credited, closing.contest_weighing, TooLate, False),
    ("merge", closing.credited, closing.pay, BatchChanged, True),
]
IDS = [f"{row[0]}-{row[2].__name__}" for row in WAYS]


@pytest.fixture
def house(postgres_database):
    closing.village_with_two_cards(postgres_database)
    database = Database(postgres_database.url, statement_ms=LONG)
    yield database
    database.dispose()


def asked(database, kind):
    with database.transaction() as session:
        return {"settlement": closing.ask_settlement, "merge": closing.ask_merge}[kind](session)


def outcome(database, act):
    """Do an act in a transaction of its own; return the refusal."""
    try:
        with database.transaction() as session:
            act(session)
    except Exception as refusal:
        return refusal
    return None


def race(database, first, second):
    """Do the first act, the second while the first isn't committed yet; return how the second ended."""
    ended = []
    with database.transaction() as session:
        first(session)
        waiter = Thread(target=lambda: ended.append(outcome(database, second)))
        waiter.start()
        waiter.join(0.4)
        assert not ended, f"it waits for the member's row: {ended}"
    waiter.join(30)
    return ended[0]


def right(database):
    with database.read() as reader:
        assert verify(reader).wrong == ()


@pytest.mark.parametrize(("kind", "prepare", "write", "refusal", "_"), WAYS, ids=IDS)
def test_who_writes_while_the_account_is_closed_is_refused(house, kind, prepare, write, refusal, _):
    prepare(house)
    wish = asked(house, kind)
    assert isinstance(race(house, lambda session: closing.close(session, kind, wish), write), refusal)
    right(house)
    with house.read() as reader:
        assert balances_of(reader, OTHER).savings == 0


@pytest.mark.parametrize(("kind", "prepare", "write", "_", "closed_no_more"), WAYS, ids=IDS)
def test_who_closes_while_somebody_writes_sees_it(house, kind, prepare, write, _, closed_no_more):
    prepare(house)
    wish = asked(house, kind)
    refused = race(house, write, lambda session: closing.close(session, kind, wish))
    left_open = kind == "settlement"
    assert isinstance(refused, approvals.Impossible) if closed_no_more and not left_open else refused is None
    right(house)
    with house.read() as reader:
        if left_open:
            assert reader.scalar(select(Member.state).where(Member.id == OTHER)) == "active"
        whose = OTHER if closed_no_more else KEPT
        handed = 700 if left_open else 0
        assert balances_of(reader, whose).savings == (5_700 if write is closing.take_in else 700) - handed


@pytest.mark.parametrize(("kind", "prepare", "write", "refusal", "_"), WAYS, ids=IDS)
def test_a_slow_officer_is_refused_after_it(database, kind, prepare, write, refusal, _):
    closing.village_with_two_cards(database)
    prepare(database)
    wish = asked(database, kind)
    with database.transaction() as session:
        shown = closing.shown(session)
    with database.transaction() as session:
        closing.close(session, kind, wish)
    late = (lambda session: closing.note(session, shown)) if write is closing.note else write
    assert isinstance(outcome(database, late), refusal)
    right(database)
    with database.read() as reader:
        noted = select(func.count()).select_from(Weighing).where(Weighing.state == "noted")
        assert (reader.scalar(noted), balances_of(reader, OTHER).savings) == (0, 0)


def test_what_was_declared_on_the_other_card_is_credited_to_the_one_that_is_kept(database):
    closing.village_with_two_cards(database)
    sample_declarations.declared(database, [OTHER], NOW)
    wish = asked(database, "merge")
    with database.transaction() as session:
        shown = closing.shown(session)
        assert shown.member_id == OTHER
    with database.transaction() as session:
        closing.close(session, "merge", wish)
    with database.transaction() as session:
        line = closing.note(session, shown)
        assert line.member_id == KEPT
        closing.credit(session)
    right(database)
    with database.read() as reader:
        assert balances_of(reader, KEPT).payable == 12_250


def test_a_batch_holds_nothing_of_a_card_that_is_gone(house):
    closing.credited(house)
    wish = asked(house, "merge")
    assert isinstance(race(house, lambda session: closing.close(session, "merge", wish), closing.pay), BatchChanged)
    with house.read() as reader:
        assert reader.scalar(select(func.count()).select_from(Payment)) == 0
    with house.transaction() as session:
        session.get_one(Member, KEPT).money_frozen_until = None
    with house.transaction() as session:
        closing.pay(session)
    with house.read() as reader:
        assert reader.scalars(select(Payment.member_id)).all() == [KEPT]
