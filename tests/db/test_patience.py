"""A PostgreSQL that falls silent: whoever asks is told in time, and served again when it speaks."""

import time

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from app.db.database import Database, is_outage
from app.db.patience import REST_SECONDS


def asked(database: Database) -> float:
    """Ask for something, which must fail as an outage; return the seconds it took."""
    began = time.monotonic()
    with pytest.raises(OperationalError) as fault, database.read() as reader:
        reader.execute(select(1))
    assert is_outage(fault.value)
    return time.monotonic() - began


def test_a_silent_server_is_given_up_and_then_left_alone(postgres_database, postgres):
    with postgres_database.read() as reader, postgres_database.transaction() as session:
        reader.execute(select(1))
        session.execute(select(1))
    postgres.freeze()
    assert 1 < asked(postgres_database) < 1.8
    with pytest.raises(OperationalError) as fault, postgres_database.transaction() as session:
        session.execute(select(1))
    assert is_outage(fault.value)
    assert asked(postgres_database) < 0.5
    postgres.thaw()
    time.sleep(REST_SECONDS)
    with postgres_database.read() as reader:
        assert reader.scalar(select(1)) == 1


def test_a_server_that_takes_no_connection_is_given_up(postgres_database, postgres):
    postgres.freeze()
    assert asked(postgres_database) < 1.2


def test_a_statement_that_is_too_slow_leaves_the_server_in_use(postgres_database):
    with pytest.raises(OperationalError) as fault, postgres_database.read() as reader:
        reader.execute(text("SELECT pg_sleep(5)"))
    assert is_outage(fault.value)
    with postgres_database.read() as reader:
        assert reader.scalar(select(1)) == 1
