"""The service's role can do all that the service does, and neither change the schema nor what is written for good."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.cli import main
from app.coop import subjects
from app.coop.models import Base
from app.coop.verify import verify
from app.db import operations, schema
from app.sms import months, retention, sweeper
from app.sms.broadcasts import rounds
from tests import sample_cooperative
from tests.service_role import NAME, service_database
from tests.sms.conftest import Desk
from tests.sms.test_reports import report

__all__ = ["service_database"]


def test_it_does_what_the_scheduler_and_the_workers_do(service_database, postgres_database, clock):
    sample_cooperative.build(postgres_database)
    post = Desk(service_database, clock)
    post.put("a", purpose="receipt")
    assert post.send("notice") == 1
    report(post, "Success", post.all()[0].provider_id)
    for year in (0, 2):
        clock.forward(days=366 * year)
        for do in (
            *(lambda session, sweep=sweep: sweep.do(session, clock()) for sweep in subjects.SWEEPS),
            lambda session: sweeper.sweep(session, now=clock(), wake=print),
            lambda session: rounds.follow(session, now=clock(), wake=print),
            lambda session: months.add(session, now=clock()),
            lambda session: months.drop(session, before=clock() - retention.KEPT),
            lambda session: retention.forget(session, now=clock()),
            lambda session: operations.forget(session, now=clock() + timedelta(days=400)),
        ):
            with service_database.transaction() as session:
                do(session)
    assert post.all() == []
    with service_database.read() as reader:
        assert verify(reader).wrong == ()
    schema.check(service_database, Base.metadata)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM journal_entries",
        "DELETE FROM postings",
        "DELETE FROM lot_moves",
        "UPDATE postings SET amount = 0",
        "UPDATE journal_entries SET kind = 'x'",
        "TRUNCATE postings",
        "ALTER TABLE postings DISABLE TRIGGER ALL",
        "DROP TRIGGER journal_entries_append_only ON journal_entries",
        "ALTER TABLE members ADD COLUMN x INTEGER",
        "DROP TABLE sms_messages_default",
        "TRUNCATE sms_messages",
        "CREATE TABLE x (id INTEGER)",
        "UPDATE alembic_version SET version_num = 'x'",
        "DELETE FROM alembic_version",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    ],
)
def test_it_changes_neither_the_schema_nor_the_books(service_database, statement):
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), service_database.transaction() as session:
        session.execute(text(statement))


def test_an_entry_that_it_may_lock_is_kept_by_its_trigger(service_database, postgres_database):
    sample_cooperative.build(postgres_database)
    with pytest.raises(Exception, match="append-only"), service_database.transaction() as session:
        session.execute(text("UPDATE journal_entries SET id = id"))


def test_the_owner_is_told_whom_it_cant_grant_to(postgres_database, monkeypatch, capsys):
    monkeypatch.setenv("JAPPOO_ENV", "test")
    monkeypatch.setenv("DATABASE_URL", postgres_database.url)
    with postgres_database.engine.connect() as connection:
        me = connection.scalar(text("SELECT current_user"))
    for name in ("nobody_of_that_name", me):
        assert main(["db", "grant", name]) == 1
        assert f"{name} is no role" in capsys.readouterr().err


def test_granting_again_is_the_owners_after_each_upgrade(service_database, postgres_database, monkeypatch, capsys):
    with postgres_database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE later (id INTEGER)"))
    monkeypatch.setenv("JAPPOO_ENV", "test")
    monkeypatch.setenv("DATABASE_URL", postgres_database.url)
    assert main(["db", "grant", NAME]) == 0, capsys.readouterr()
    with service_database.transaction() as session:
        session.execute(text("INSERT INTO later VALUES (1)"))
