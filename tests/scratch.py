"""A PostgreSQL database for each test in turn: emptied between them, which takes a tenth of making it anew."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from app.db import schema
from app.db.database import Database
from tests.servers import Server

TEMPLATE, NAME = "template_jappoo", "scratch"

# Whoever still holds a connection, and locks, is cut off; triggers would refuse to delete what is append-only.
_EMPTY = """
SET session_replication_role = replica;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
DO $$
DECLARE one record;
BEGIN
    FOR one IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('DELETE FROM %I', one.name);
    END LOOP;
    FOR one IN SELECT sequencename AS name FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
        EXECUTE format('ALTER SEQUENCE %I RESTART', one.name);
    END LOOP;
END $$;
"""

# What a test may have changed of the schema itself: columns, triggers and whether they fire, indexes, constraints, its revision.
_SHAPE = """
SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
    SELECT concat(c.relname, a.attname, a.atttypid, a.attnotnull) AS part FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL SELECT concat(tgrelid::regclass, tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT concat(conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT version_num FROM alembic_version
) parts
"""


class Scratch:
    """The one scratch database of a server. What a test leaves in it is gone before the next one gets it."""

    def __init__(self, server: Server) -> None:
        self._server, self._shape = server, ""

    def fresh(self) -> str:
        """Return the URL of a migrated, empty database; made anew only when a test has changed its schema."""
        if not self._shape:
            self._run("postgres", f"CREATE DATABASE {TEMPLATE}")
            migrate(self.url(TEMPLATE))
        if not self._emptied():
            self._run("postgres", f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
            self._run("postgres", f"CREATE DATABASE {NAME} TEMPLATE {TEMPLATE}")
            self._shape = self._run(NAME, _SHAPE)
        return self.url(NAME)

    @contextmanager
    def another(self, name: str) -> Iterator[str]:
        """Give the URL of another database, with nothing in it, for a while."""
        self._run("postgres", f"CREATE DATABASE {name}")
        try:
            yield self.url(name)
        finally:
            self._run("postgres", f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, name: str) -> str:
        """Return a database's URL."""
        return self._server.url.rsplit("/", 1)[0] + "/" + name

    def _emptied(self) -> bool:
        try:
            if not self._shape or self._run(NAME, _SHAPE) != self._shape:
                return False
            self._run(NAME, _EMPTY)
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, name: str, statement: str) -> str:
        with psycopg.connect(self.url(name).replace("+psycopg", ""), autocommit=True) as connection:
            done = connection.execute(statement.encode())
            return str(done.fetchone()) if statement is _SHAPE else ""


def migrate(url: str) -> None:
    """Bring a database to the newest schema."""
    database = Database(url, statement_ms=60_000)
    schema.upgrade(database)
    database.dispose()
