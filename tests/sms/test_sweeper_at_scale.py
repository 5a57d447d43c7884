"""Sweeping looks at the few rows that it concerns, however many wait: by the plans that PostgreSQL chooses."""

from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import event

from app.sms import sweeper
from tests.bench.floor_messages import expand
from tests.sms.conftest import Desk

ROWS = 10_000


@pytest.fixture
def full(postgres_database, clock):
    with psycopg.connect(postgres_database.url.replace("+psycopg", ""), autocommit=True) as connection:
        expand(connection, "much", ROWS, own=False)
        connection.execute("UPDATE sms_messages SET next_at = %s, expires_at = %s", [clock.now, clock.now.replace(year=2027)])
        connection.execute("VACUUM ANALYZE")
    return Desk(postgres_database, clock)


def test_no_look_reads_all_that_waits(full):
    asked = []

    def note(connection, cursor, statement, parameters, *_):
        del connection, cursor
        asked.append((statement, parameters))

    event.listen(full.database.engine, "before_cursor_execute", note)
    with full.database.transaction() as session:
        sweeper.sweep(session, now=full.clock(), wake=[].append)
    event.remove(full.database.engine, "before_cursor_execute", note)
    looks = [(statement, given) for statement, given in asked if "sms_messages" in statement]
    assert len(looks) > 5
    full_one = f"Seq Scan on sms_messages_{datetime.now(UTC):%Y_%m}"  # the other months are empty
    with full.database.engine.connect() as connection:
        for statement, given in looks:
            plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", given))
            assert full_one not in plan, plan


def test_what_is_too_late_expires_a_thousand_a_round(full):
    full.clock.forward(days=800)
    with full.database.transaction() as session:
        sweeper.sweep(session, now=full.clock(), wake=[].append)
    with full.database.read() as reader:
        assert reader.exec_driver_sql("SELECT count(*) FROM sms_messages WHERE state = 'expired'").scalar() == sweeper.MOST
