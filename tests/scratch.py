"""A PostgreSQL database for each test in turn: emptied between them, which takes a tenth of making it anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from app.db import schema
from app.db.database import Database
from tests.servers import Server

TEMPLATE = "template_jappoo"

# Whoever still holds a connection, and locks, is cut off.
_CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"
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
    UNION ALL SELECT concat(conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT version_num FROM alembic_version
) parts
"""


class Scratch:
    """The one scratch database of a server. What a test leaves in it is gone before the next one gets it.

    Each test has it under a name of its own: a thread or a process that another one left behind finds no database to write to.
    """

    def __init__(self, server: Server) -> None:
        self._server, self._shape, self._number = server, "", 0

    def fresh(self) -> str:
        """Return the URL of a migrated, empty database; made anew only when a test has changed its schema."""
        if not self._shape:
            self._run("postgres", f"CREATE DATABASE {TEMPLATE}")
            migrate(self.url(TEMPLATE))
        if not self._emptied():
            self._run("postgres", f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)")
            self._run("postgres", f"CREATE DATABASE {self._name} TEMPLATE {TEMPLATE}")
            [self._shape] = self._run(self._name, _SHAPE)
        return self.url(self._name)

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

    @property
    def _name(self) -> str:
        return f"scratch{self._number}"

    def _emptied(self) -> bool:
        if not self._shape:
            return False
        before = self._name
        self._number += 1
        try:
            self._run("postgres", _CUT.format(before), f"ALTER DATABASE {before} RENAME TO {self._name}")
            with self._connect(self._name) as connection:
                same = connection.execute(_SHAPE.encode()).fetchone() == (self._shape,)
                if same:
                    connection.execute(_EMPTY.encode())
        except psycopg.Error:
            return False
        return same

    def _run(self, name: str, *statements: str) -> list[str]:
        with self._connect(name) as connection:
            done = [connection.execute(statement.encode()) for statement in statements]
            return [str(row[0]) for row in done[-1].fetchall()] if done[-1].description else []

    def _connect(self, name: str) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url(name).replace("+psycopg", ""), autocommit=True)


def migrate(url: str) -> None:
    """Bring a database to the newest schema."""
    database = Database(url, statement_ms=60_000)
    schema.upgrade(database)
    database.dispose()
