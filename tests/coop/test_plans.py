"""What is asked about a few people doesn't read through everybody's numbers: by the plans that PostgreSQL chooses."""

import re
from datetime import date

import pytest
from sqlalchemy import Engine, event, text

from app.coop.members.contact import reach
from app.coop.offices.queries import Directory
from tests.coop.test_audience import MANY

TODAY = date(2026, 11, 24)
OFFICERS = "INSERT INTO roles (person_id, role, cooperative_id, from_on) SELECT n, 'secretary', n % 100 + 1, '2026-01-01' \
FROM generate_series(1, 300) n"
MOST_PAGES = 60


@pytest.fixture
def asked(postgres_database):
    """Fill a database with 20,000 people, and give what is asked of it, with its parameters."""
    with postgres_database.transaction() as session:
        for statement in (*MANY, OFFICERS):
            session.execute(text(statement))
    with postgres_database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    statements = []

    def note(connection, cursor, statement, parameters, *_):
        del connection, cursor
        statements.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    yield statements
    event.remove(Engine, "before_cursor_execute", note)


def _plan(database, asked) -> str:
    statement, parameters = next(one for one in asked if "numbers" in one[0])
    with database.engine.connect() as connection:
        return "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS) {statement}", parameters))


def test_few_peoples_numbers_are_found_by_index(postgres_database, asked):
    with postgres_database.read() as reader:
        found = reach(reader, [7, 8])
    assert {member: one.own for member, one in found.items()} == {7: "+221770000007", 8: "+221770000008"}
    plan = _plan(postgres_database, asked)
    [pages] = re.findall(r"Buffers: shared hit=(\d+)", plan)[:1]
    assert int(pages) < MOST_PAGES, plan
    asked.clear()
    directory = Directory(postgres_database)
    assert [directory.holds(phone, TODAY) for phone in ("+221770000300", "+221770000301")] == [True, False]
    assert "Seq Scan on numbers" not in _plan(postgres_database, asked)
