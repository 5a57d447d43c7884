"""One deadline a hop, whatever it waits for: an answer in time, and an honest one."""

import time
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select, text

from app import deadline
from app.coop.production import declarations
from app.coop.production.models import Declaration
from app.db.database import Database
from app.ussd.redis_store import POINTER, RedisStore
from config.redis import connect
from tests import sample_cooperative
from tests.ussd.conftest import Handset, engine_on

HOP = 1.4
GATEWAY = 2.0
"""Seconds that the gateway waits."""


class Confirming(Handset):
    """A phone that knows how long a hop takes on this machine just now."""

    usual = 0.0


@pytest.fixture
def served(valkey, postgres_database):
    """A member who stands before her confirmation, on real servers with a hop's own budgets."""
    sample_cooperative.build(postgres_database)
    database = Database(postgres_database.url, lock_ms=400)
    client = connect(valkey.url)
    client.set(POINTER, "v1")
    phone = Confirming(engine_on(postgres_database, RedisStore(client)), sample_cooperative.AWA)
    phone.dial()
    for entry in ("2", "2468", "2", "25"):
        began = time.monotonic()
        phone.type(entry)
        phone.usual = max(phone.usual, time.monotonic() - began)
    phone.engine = engine_on(database, RedisStore(client))
    yield phone, postgres_database
    database.dispose()


def confirmed(phone: Confirming, seconds: float = HOP) -> str:
    """Confirm within a hop's deadline, and hold it to what the gateway waits besides what a hop takes here anyway."""
    begun = time.monotonic()
    with deadline.within(seconds):
        said = phone.type("1").text
    assert time.monotonic() - begun < seconds - HOP + GATEWAY + 5 * phone.usual, said
    return said


def written(database) -> int:
    with database.read() as reader:
        return reader.scalar(select(func.count()).select_from(Declaration))


@contextmanager
def held(database, statement: str):
    with database.engine.connect() as other, other.begin():
        other.execute(text(statement))
        yield


def test_a_locked_row_is_waited_for_no_longer_than_the_hop_has(served):
    phone, database = served
    with held(database, "SELECT 1 FROM members WHERE id = 1 FOR UPDATE"):
        assert "Rien n'est enregistré" in confirmed(phone)
    assert written(database) == 0


def test_several_slow_statements_share_the_one_deadline(served, monkeypatch):
    phone, database = served
    declare = declarations.declare

    def slowly(session, **more):
        for _ in range(3):
            session.execute(text("SELECT pg_sleep(0.7)"))
        return declare(session, **more)

    monkeypatch.setattr(declarations, "declare", slowly)
    assert "Rien n'est enregistré" in confirmed(phone)
    assert written(database) == 0


def test_a_silent_database_is_given_up_in_time(served, postgres):
    phone, database = served
    postgres.freeze()
    try:
        assert "Rien n'est enregistré" in confirmed(phone)
    finally:
        postgres.thaw()
    assert written(database) == 0


def test_a_silent_store_is_given_up_in_time(served, valkey):
    phone, database = served
    valkey.freeze()
    try:
        assert "Nous vérifions" in confirmed(phone)
    finally:
        valkey.thaw()
    assert written(database) == 0


def test_what_was_committed_late_is_still_told(served, monkeypatch):
    phone, database = served
    swap = RedisStore.swap

    def slow(self, *args, **more):
        if written(database):
            time.sleep(deadline.left(60))
        return swap(self, *args, **more)

    monkeypatch.setattr(RedisStore, "swap", slow)
    assert "Enregistré" in confirmed(phone, seconds=10)
    assert written(database) == 1


def test_without_a_deadline_nothing_is_bounded():
    assert deadline.left(7) == 7
    with deadline.within(0.5):
        assert 0 < deadline.left(7) <= 0.5
        with deadline.within(9):
            assert 8 < deadline.left(70) <= 9
    assert deadline.left(7) == 7
