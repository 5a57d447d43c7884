"""A PostgreSQL database for each test in turn: emptied between them, which takes a tenth of making it anew."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from app.db import schema
from app.db.database import Database
from tests.servers import Server

TEMPLATE = "template_jappoo"

# The next test's role is this one under another name: whoever was left behind can't come back, and is waited for.
_CUT = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'scratch' AND pid <> pg_backend_pid()"
_DROP_ROLES = """
DO $$
DECLARE one record;
BEGIN
    FOR one IN SELECT rolname AS name FROM pg_roles WHERE rolname LIKE 'scratch%' LOOP
        EXECUTE format('DROP ROLE %I', one.name);
    END LOOP;
END $$;
"""
# Triggers would refuse to delete what is append-only.
_EMPTY = """
SET session_replication_role = replica;
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
    UNION ALL SELECT concat(conrelid, conname, xmin) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT version_num FROM alembic_version
) parts
"""


class Scratch:
    """The one scratch database of a server. What a test leaves in it is gone before the next one gets it.

    Each test comes to it under a name of its own: a thread or a process that another one left behind finds no way in. It is emptied
    on one connection that stays, for a new one has the whole catalogue to read first.
    """

    def __init__(self, server: Server) -> None:
        self._server, self._shape, self._number, self._ready = server, "", 0, False
        self._cleaner: psycopg.Connection[Any] | None = None

    def fresh(self) -> str:
        """Return the URL of a migrated, empty database; made anew only when a test has changed its schema."""
        self._have_template()
        self._number += 1
        if not self._emptied():
            self.close()
            anew = f"CREATE ROLE scratch{self._number} SUPERUSER LOGIN", f"CREATE DATABASE scratch TEMPLATE {TEMPLATE}"
            self._run("postgres", "DROP DATABASE IF EXISTS scratch WITH (FORCE)", _DROP_ROLES, *anew)
            self._cleaner = self._connect("scratch")
            [self._shape] = self._cleaner.execute(_SHAPE).fetchone() or [""]
        return self.url("scratch").replace("//jappoo@", f"//scratch{self._number}@")

    def close(self) -> None:
        """Let go of the connection that empties."""
        if self._cleaner:
            self._cleaner.close()
        self._cleaner = None

    @contextmanager
    def another(self, name: str, template: str = "template1") -> Iterator[str]:
        """Give the URL of another database for a while: with nothing in it, or migrated and empty as TEMPLATE is."""
        self._have_template()
        self._run("postgres", f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            self._run("postgres", f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, name: str) -> str:
        """Return a database's URL."""
        return self._server.url.rsplit("/", 1)[0] + "/" + name

    def _have_template(self) -> None:
        if not self._ready:
            self._run("postgres", f"CREATE DATABASE {TEMPLATE}")
            migrate(self.url(TEMPLATE))
            self._ready = True

    def _emptied(self) -> bool:
        """Cut off whoever is left and empty the database; tell whether it is as it was made."""
        if self._cleaner is None:
            return False
        try:
            self._cleaner.execute(f"ALTER ROLE scratch{self._number - 1} RENAME TO scratch{self._number}".encode())
            while self._cleaner.execute(_CUT).fetchone() != (0,):
                time.sleep(0.002)
            same = self._cleaner.execute(_SHAPE).fetchone() == (self._shape,)
            if same:
                self._cleaner.execute(_EMPTY)
        except psycopg.Error:
            return False
        return same

    def _run(self, name: str, *statements: str) -> None:
        with self._connect(name) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def _connect(self, name: str) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url(name).replace("+psycopg", ""), autocommit=True)


def migrate(url: str) -> None:
    """Bring a database to the newest schema."""
    database = Database(url, statement_ms=60_000)
    schema.upgrade(database)
    database.dispose()
