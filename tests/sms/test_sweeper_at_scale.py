"""Sweeping looks at the few rows that it concerns, however many wait: by the plans that PostgreSQL chooses."""

import re
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import event

from app.sms import claims, sweeper
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


@pytest.mark.parametrize(("lane", "indexes"), [("notice", "large"), ("bulk", "small")])
def test_a_lane_is_claimed_by_what_is_due_on_it_whatever_else_waits(postgres_database, clock, lane, indexes):
    """The planner knows the table as it was before a broadcast: nearly nothing waited, in indexes still large or small."""
    with psycopg.connect(postgres_database.url.replace("+psycopg", ""), autocommit=True) as connection:
        expand(connection, "before", ROWS, own=False)
        connection.execute("UPDATE sms_messages SET state = 'delivered'")
        expand(connection, "rest", 1, own=False)
        if indexes == "small":
            connection.execute("REINDEX TABLE sms_messages")
        connection.execute("VACUUM ANALYZE")
        expand(connection, "broadcast", ROWS, own=False)
        clock.now = datetime.now(UTC)
    asked = []

    def note(connection, cursor, statement, parameters, *_):
        del connection, cursor
        asked.append((statement, parameters))

    event.listen(postgres_database.engine, "before_cursor_execute", note)
    with postgres_database.transaction() as session:
        claimed = claims.claim(session, lane, now=clock(), most=400)
        session.rollback()
    event.remove(postgres_database.engine, "before_cursor_execute", note)
    assert sum(len(one.ids) for one in claimed) == (400 if lane == "bulk" else 0)
    *before, (statement, given) = next(asked[: at + 1] for at, one in enumerate(asked) if "WITH due" in one[0])
    with postgres_database.engine.begin() as connection:
        for setting, _ in before:
            connection.exec_driver_sql(setting)
        for setting in ("force_custom_plan", "force_generic_plan"):
            connection.exec_driver_sql(f"SET plan_cache_mode = {setting}")
            plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", given))
            assert not re.search(f"expires_at_idx|Seq Scan on sms_messages_{datetime.now(UTC):%Y_%m}", plan), plan
