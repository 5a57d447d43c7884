"""Bring a database's schema up to date, and hold it against the models."""

import time
from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from pathlib import Path

import psycopg
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.exc import DBAPIError, OperationalError

from app.db.database import Database

LOCK_TIMEOUT = "SET lock_timeout = '2s'"
"""Whoever wants a table behind a migration that waits for it waits, too: for this long at the most."""
PAUSES = (1, 2, 4, 8)
"""Seconds between one try for a lock and the next."""
_SHOWN = 80
"""Characters of a statement in an error."""
# The number of an advisory lock; the next one is that of the function that makes months.
_ONE_AT_A_TIME = 7_236_114_907_002
# A partition has a copy of each trigger of its table, which no migration names: it has a parent.
# Enabled is O (as made) or A (always); D is disabled, and R fires where changes are replicated alone.
_TRIGGERS = {
    "postgresql": (
        "SELECT c.relname || '.' || t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE NOT t.tgisinternal AND t.tgparentid = 0 "
        "AND t.tgenabled IN ('O', 'A') AND c.relnamespace = current_schema()::regnamespace"
    ),
    "sqlite": "SELECT tbl_name || '.' || name FROM sqlite_master WHERE type = 'trigger'",
}
_FOLDER = Path(__file__).parent / "migrations"


class Drift(Exception):
    """The database's schema is not what the models say; its argument says how."""


class RevisionUnknown(Exception):
    """The database is at a revision that isn't among the migrations: an older or a newer program's."""


class RowsOrphaned(Exception):
    """Migrations on SQLite would leave a row that refers to none; nothing was changed."""


class SchemaInUse(Exception):
    """A migration couldn't have a table, or another upgrade runs; those before it stay, the rest runs the next time."""


def upgrade(database: Database, sleep: Callable[[float], None] = time.sleep) -> None:
    """Run what migrations are missing: on PostgreSQL each in its own transaction, on SQLite all in one.

    On PostgreSQL a lock that somebody holds is waited for two seconds and tried again four times.
    Raises RevisionUnknown, SchemaInUse, RowsOrphaned.
    """
    if database.engine.dialect.name == "sqlite":
        return _upgrade_sqlite(database)
    for pause in PAUSES:
        with suppress(SchemaInUse):
            return _upgrade_postgresql(database)
        sleep(pause)
    return _upgrade_postgresql(database)


def check(database: Database, metadata: MetaData) -> None:
    """Raise Drift when migrations or triggers are missing, or the models' metadata says something else.

    Raises RevisionUnknown when the database isn't of this program.
    """
    with database.engine.connect() as connection:
        months = _partitions(connection)
        ours = {"compare_type": True, "include_name": lambda name, kind, _: kind != "table" or name not in months}
        context = MigrationContext.configure(connection, opts=ours)
        found = _known(context)
        if found != head():
            raise Drift(f"at {found}, not {head()}: run jappoo db upgrade")
        differences = [str(difference) for difference in compare_metadata(context, metadata)]
        missing = sorted(expected(database.engine.dialect.name) - working(connection))
    if differences or missing:
        raise Drift("; ".join([*differences, *(f"trigger {name} is missing or disabled" for name in missing)]))


def head() -> str:
    """Return the newest revision."""
    return _script().get_current_head() or "base"


def expected(dialect: str) -> set[str]:
    """Return the triggers that the migrations leave, as `table.trigger`: their `TRIGGERS` without their `DROPPED`."""
    left: set[str] = set()
    for migration in migrations():
        left -= _declared(migration, "DROPPED", dialect)
        left |= _declared(migration, "TRIGGERS", dialect)
    return left


def working(connection: Connection) -> set[str]:
    """Return the triggers that a database has and would run, as `table.trigger`."""
    return set(connection.scalars(text(_TRIGGERS[connection.dialect.name])))


def _partitions(connection: Connection) -> set[str]:
    """Return the partitions of tables, which no model speaks of."""
    if connection.dialect.name != "postgresql":
        return set()
    return set(connection.scalars(text("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'")))


def migrations() -> list[Script]:
    """Return all migrations, the oldest first."""
    return [*_script().walk_revisions()][::-1]


def offline(revision: str) -> str:
    """Return the SQL that one migration would run on PostgreSQL."""
    config, written = _config(), StringIO()
    config.output_buffer = written
    command.upgrade(config, f"{_script().get_revision(revision).down_revision or 'base'}:{revision}", sql=True)
    return written.getvalue()


def _declared(migration: Script, name: str, dialect: str) -> set[str]:
    return {str(trigger) for trigger in getattr(migration.module, name, ()) if trigger.dialect == dialect}


def _upgrade_sqlite(database: Database) -> None:
    """Run what is missing as SQLite asks for it where a table is made anew: others refer to it that isn't there for a moment."""
    with database.engine.connect() as connection:
        # of no effect inside a transaction, so not by the connection, which would begin one
        pragma = connection.connection.cursor().execute
        pragma("PRAGMA foreign_keys=OFF")
        # SQLite refuses to rename a table while another's trigger names one that isn't there for the moment.
        pragma("PRAGMA legacy_alter_table=ON")
        try:
            with connection.begin():
                _run(connection)
                if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise RowsOrphaned(f"a row of {broken[0]} would refer to none of {broken[2]}: nothing was changed")
        finally:
            pragma("PRAGMA legacy_alter_table=OFF")
            pragma("PRAGMA foreign_keys=ON")


def _upgrade_postgresql(database: Database) -> None:
    """Run what is missing; raises SchemaInUse when another upgrade runs, or a lock isn't to be had."""
    with database.engine.connect() as connection:
        try:
            connection.execute(text(LOCK_TIMEOUT))
            # not by waiting for it: an index that is made CONCURRENTLY would wait for who waits
            if not connection.scalar(text(f"SELECT pg_try_advisory_lock({_ONE_AT_A_TIME})")):
                raise SchemaInUse("another upgrade is under way: run it again after that")
            connection.commit()
            _run(connection)
        except OperationalError as fault:
            if not isinstance(fault.orig, psycopg.errors.LockNotAvailable):
                raise
            words = " ".join((fault.statement or "").split())[:_SHOWN]
            raise SchemaInUse(f"others use the table, so that this was left undone: {words}") from fault
        finally:
            with suppress(DBAPIError):
                connection.rollback()
                # not by closing alone: the server may look after that later than the next try
                connection.execute(text("SELECT pg_advisory_unlock_all()"))
            connection.invalidate()  # nobody else gets one with this time-out


def _run(connection: Connection) -> None:
    _known(MigrationContext.configure(connection))
    if connection.dialect.name == "postgresql":
        connection.commit()  # or all migrations would be in the transaction that this has begun
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _known(context: MigrationContext) -> str | None:
    """Return the database's revision; raises RevisionUnknown."""
    revision = context.get_current_revision()
    if revision is not None and revision not in {migration.revision for migration in migrations()}:
        raise RevisionUnknown(f"the database is at {revision}, which this version of Jappoo doesn't know")
    return revision


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    return config
