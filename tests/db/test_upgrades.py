"""Each migration stands by itself, waits for nobody long, and keeps nobody waiting."""

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from app.coop.models import Base
from app.db import schema
from app.db.database import Database
from tests import sample_cooperative
from tests.conftest import PATIENT_MS

ADD = 'op.execute("ALTER TABLE members ADD COLUMN {} INTEGER")'


def columns(database):
    return {column["name"] for column in inspect(database.engine).get_columns("members")}


def revision(database):
    with database.read() as reader:
        return reader.scalar(text("SELECT version_num FROM alembic_version"))


def indexes(database):
    return {index["name"] for index in inspect(database.engine).get_indexes("members")}


def test_one_that_fails_leaves_those_before_it_and_nothing_of_itself(postgres_database, plant):
    good = plant("good", ADD.format("good"))
    plant("bad", f"{ADD.format('half')}; op.execute('nonsense')")
    with pytest.raises(DBAPIError, match="nonsense"):
        schema.upgrade(postgres_database)
    assert revision(postgres_database) == good
    assert "good" in columns(postgres_database)
    assert "half" not in columns(postgres_database)


def test_on_sqlite_all_or_nothing_is_done(sqlite_database, plant):
    before = revision(sqlite_database)
    plant("good", ADD.format("good"))
    plant("bad", "op.execute('nonsense')")
    with pytest.raises(DBAPIError, match="nonsense"):
        schema.upgrade(sqlite_database)
    assert (revision(sqlite_database), "good" in columns(sqlite_database)) == (before, False)


def test_a_table_that_somebody_holds_is_tried_again(postgres_database, plant):
    plant("more", ADD.format("more"))
    holder, pauses = postgres_database.session(), []
    holder.execute(text("SELECT 1 FROM members"))

    def sleep(seconds):
        pauses.append(seconds)
        if len(pauses) == 2:
            holder.rollback()

    schema.upgrade(postgres_database, sleep)
    assert pauses == [1, 2]
    assert "more" in columns(postgres_database)
    with postgres_database.engine.connect() as connection:
        assert connection.scalar(text("SHOW lock_timeout")) == f"{PATIENT_MS // 1000 // 60}min"


def test_a_table_that_somebody_keeps_is_said_and_left(postgres_database, plant):
    plant("more", ADD.format("more"))
    with postgres_database.transaction() as holder:
        holder.execute(text("SELECT 1 FROM members"))
        with pytest.raises(schema.SchemaInUse, match="left undone: ALTER TABLE members ADD COLUMN more INTEGER"):
            schema.upgrade(postgres_database, lambda _: None)
    assert "more" not in columns(postgres_database)
    schema.upgrade(postgres_database)


def test_two_upgrades_at_once_are_one_after_the_other(postgres_database, plant):
    plant("more", ADD.format("more"))
    plant("most", ADD.format("most"))
    other = Database(postgres_database.url, statement_ms=PATIENT_MS)
    with postgres_database.engine.connect() as first:
        first.execute(text(f"SELECT pg_advisory_lock({schema._ONE_AT_A_TIME})"))
        with pytest.raises(schema.SchemaInUse, match="another upgrade is under way"):
            schema.upgrade(other, lambda _: None)
        first.execute(text("SELECT pg_advisory_unlock_all()"))
    schema.upgrade(other)
    assert revision(other) == "most"
    other.dispose()


def test_an_index_is_made_while_others_write(database, plant):
    plant("indexed", 'indexes.create_index("ix_members_joined", "members", ["joined_on"])')
    schema.upgrade(database)
    assert "ix_members_joined" in indexes(database)
    assert revision(database) == "indexed"


def test_an_index_that_was_broken_off_is_made_anew(postgres_database, plant):
    plant("indexed", 'indexes.create_index("ix_members_joined", "members", ["joined_on"])')
    with postgres_database.engine.begin() as connection:
        connection.execute(text("CREATE INDEX ix_members_joined ON members (state)"))
        connection.execute(text("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_members_joined'::regclass"))
    schema.upgrade(postgres_database)
    (made,) = (index for index in inspect(postgres_database.engine).get_indexes("members") if index["name"] == "ix_members_joined")
    assert made["column_names"] == ["joined_on"]
    with postgres_database.read() as reader:
        assert reader.scalar(text("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_members_joined'::regclass"))


def test_a_later_migrations_triggers_are_expected_too(database, plant):
    plant("kept", "triggers.create(*TRIGGERS)", 'TRIGGERS = triggers.append_only("offers")')
    with pytest.raises(schema.Drift, match="run jappoo db upgrade"):
        schema.check(database, Base.metadata)
    schema.upgrade(database)
    schema.check(database, Base.metadata)
    assert any(name.startswith("offers.") for name in schema.expected(database.engine.dialect.name))
    plant("let_go", "triggers.drop(*DROPPED)", 'DROPPED = triggers.append_only("offers")')
    schema.upgrade(database)
    with database.read() as reader:
        assert schema.working(reader) == schema.expected(database.engine.dialect.name)


def test_a_table_that_sqlite_makes_anew_keeps_its_rows_those_that_refer_to_it_and_its_triggers(database, plant):
    sample_cooperative.build(database)
    does = 'with triggers.alter_table("members") as table: table.create_check_constraint("ck_members_more", "alone >= 0")'
    plant("altered", does)
    with database.read() as reader:
        held = reader.execute(text("SELECT * FROM members ORDER BY id")).all()
    schema.upgrade(database)
    with database.read() as reader:
        assert reader.execute(text("SELECT * FROM members ORDER BY id")).all() == held
        assert schema.working(reader) == schema.expected(database.engine.dialect.name)
    with pytest.raises(DBAPIError, match="ck_members_more"), database.engine.begin() as connection:
        connection.execute(text("UPDATE members SET alone = -1"))
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"), database.engine.begin() as connection:
        connection.execute(text("UPDATE numbers SET person_id = 0 WHERE id = 1"))


def test_a_migration_that_leaves_a_row_without_what_it_refers_to_is_undone(database, plant):
    sample_cooperative.build(database)
    plant("orphans", 'op.execute("DELETE FROM people WHERE id = 1")')
    with pytest.raises((DBAPIError, schema.RowsOrphaned)):
        schema.upgrade(database)
    with database.read() as reader:
        assert reader.scalar(text("SELECT count(*) FROM people WHERE id = 1")) == 1
