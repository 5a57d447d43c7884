import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.coop.models import Base
from app.db import schema
from app.db.database import Database
from tests.conftest import PATIENT_MS
from tests.sample_cooperative import build

BOOKS = ("journal_entries", "postings", "prices", "consents", "officer_acts", "sms_prices", "approval_votes")


def test_models_and_migrations_agree(database):
    schema.check(database, Base.metadata)


def test_an_empty_database_is_told_to_upgrade(tmp_path):
    empty = Database(f"sqlite:///{tmp_path}/deep/below/empty.db", statement_ms=PATIENT_MS)
    with pytest.raises(schema.Drift, match="run jappoo db upgrade"):
        schema.check(empty, Base.metadata)
    empty.dispose()


def test_a_column_too_many_is_drift(database):
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE members ADD COLUMN shoe_size INTEGER"))
    with pytest.raises(schema.Drift, match="shoe_size"):
        schema.check(database, Base.metadata)


def test_upgrading_twice_changes_nothing(database):
    schema.upgrade(database)
    schema.check(database, Base.metadata)


@pytest.fixture
def kept(database):
    build(database)
    with database.engine.begin() as connection:
        insert = "INSERT INTO consents (phone, purpose, given, at, channel, notice) VALUES ('+1', 'x', true, :at, 'x', 'x')"
        connection.execute(text(insert), {"at": "2026-01-01 00:00:00"})
        act = "INSERT INTO officer_acts (operation, person_id, role, act, about, channel, at) VALUES ('x', 1, '', '', '', '', :at)"
        connection.execute(text(act), {"at": "2026-01-01 00:00:00"})
        connection.execute(text("INSERT INTO sms_prices (from_at, amount) VALUES (:at, 20)"), {"at": "2026-01-01 00:00:00"})
        asked = (
            "INSERT INTO approvals (id, kind, subject, subject_id, details, words, asked_by, asked_at, expires_at, "
            "needed, roles, state, told, operation) "
            "VALUES (1, 'x', 'x', 1, '{}', 'x', 1, :at, :at, 1, '', 'waiting', 'nothing', 'x')"
        )
        connection.execute(text(asked), {"at": "2026-01-01 00:00:00"})
        vote = "INSERT INTO approval_votes (approval_id, person_id, approved, at, operation) VALUES (1, 1, true, :at, 'x')"
        connection.execute(text(vote), {"at": "2026-01-01 00:00:00"})
    return database


@pytest.mark.parametrize("table", BOOKS)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_books_are_append_only(kept, table, statement):
    with pytest.raises(DBAPIError, match=f"{table} is append-only"), kept.engine.begin() as connection:
        connection.execute(text(statement.format(table)))
    with kept.read() as reader:
        assert reader.scalar(text(f"SELECT count(*) FROM {table}")) > 0  # noqa: S608 - a name of the table above


@pytest.mark.parametrize("table", BOOKS)
def test_the_books_are_not_truncated(postgres_database, table):
    with pytest.raises(DBAPIError, match="is append-only"), postgres_database.engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {table} CASCADE"))


def test_the_triggers_that_are_expected_are_the_migrations(database):
    with database.read() as reader:
        assert schema.working(reader) == schema.expected(database.engine.dialect.name)


@pytest.mark.parametrize("table", BOOKS)
def test_a_missing_or_disabled_trigger_is_drift(database, table):
    spoil = f"DROP TRIGGER {table}_no_update"
    if database.engine.dialect.name == "postgresql":
        spoil = f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only"
    with database.engine.begin() as connection:
        connection.execute(text(spoil))
    with pytest.raises(schema.Drift, match=rf"trigger {table}\.\w+ is missing or disabled"):
        schema.check(database, Base.metadata)
