"""A PostgreSQL that falls silent: whoever asks is told in time, and served again when it speaks."""

import time

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from app.db import patience
from app.db.database import STATEMENT_MS, Database, is_outage

LONG = 30
"""Seconds: what is bounded at all takes less than this on any machine."""


@pytest.fixture
def service(postgres_database):
    """Give the same database with the patience of a hop."""
    given = Database(postgres_database.url, statement_ms=STATEMENT_MS)
    yield given
    given.dispose()


def asked(database: Database) -> float:
    """Ask for something, which must fail as an outage; return the seconds it took."""
    began = time.monotonic()
    with pytest.raises(OperationalError) as fault, database.read() as reader:
        reader.execute(select(1))
    assert is_outage(fault.value)
    return time.monotonic() - began


def test_a_silent_server_is_given_up_and_then_left_alone(service, postgres, monkeypatch):
    monkeypatch.setattr(patience, "REST_SECONDS", 600)
    with service.read() as reader, service.transaction() as session:
        reader.execute(select(1))
        session.execute(select(1))
    postgres.freeze()
    assert 1 < asked(service) < LONG
    for ask in (service.read, service.transaction):
        with pytest.raises(OperationalError, match="a moment ago") as fault, ask() as session:
            session.execute(select(1))
        assert is_outage(fault.value)
    postgres.thaw()
    monkeypatch.setattr(patience, "monotonic", lambda: time.monotonic() + 600)
    with service.read() as reader:
        assert reader.scalar(select(1)) == 1


def test_a_server_that_takes_no_connection_is_given_up(service, postgres):
    postgres.freeze()
    assert asked(service) < LONG


def test_a_statement_that_is_too_slow_leaves_the_server_in_use(service):
    with pytest.raises(OperationalError) as fault, service.read() as reader:
        reader.execute(text("SELECT pg_sleep(60)"))
    assert is_outage(fault.value)
    with service.read() as reader:
        assert reader.scalar(select(1)) == 1
