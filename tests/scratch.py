"""A PostgreSQL database for each test in turn: emptied between them, which takes a tenth of making it anew."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg

from app.db import schema
from app.db.database import Database
from tests import standing
from tests.servers import Server

TEMPLATE = "template_jappoo"

# The next test's role is this one under another name: whoever was left behind can't come back, and is waited for.
_CUT = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = 'scratch' AND pid <> pg_backend_pid() AND NOT pid = ANY(%s::int[])
"""
_DROP_ROLES = """
DO $$
DECLARE one record;
BEGIN
    FOR one IN SELECT rolname AS name FROM pg_roles WHERE rolname LIKE 'scratch%' LOOP
        EXECUTE format('DROP ROLE %I', one.name);
    END LOOP;
END $$;
"""
# Where nothing was ever written there is nothing to delete.
_WRITTEN = """
SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0
"""
# A counter that is set, not restarted, stays in its file.
_BEGIN_COUNTING = """
SELECT setval(sequencename::regclass, start_value, false) FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
"""

# What a test may have changed of the schema itself: tables, columns, indexes, triggers and whether they fire, constraints, its
# revision. Each version of a catalogue's row has the number of who wrote it.
_SHAPE = """
SELECT concat_ws('/', count(*), sum(a.xmin::text::bigint + c.xmin::text::bigint),
    (SELECT sum(xmin::text::bigint) FROM pg_trigger WHERE NOT tgisinternal),
    (SELECT sum(xmin::text::bigint) FROM pg_constraint WHERE connamespace = 'public'::regnamespace),
    (SELECT version_num FROM alembic_version))
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0
"""
_TABLES = "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
_COUNTERS = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
_MARK = "SELECT pg_snapshot_xmin(now)::text, pg_snapshot_xmax(now)::text FROM pg_current_snapshot() now"


class Rows(NamedTuple):
    """What a sample has left in a database."""

    went: set[str]
    came: dict[str, bytes]
    counters: dict[str, int]


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
            standing.allow("")
            anew = f"CREATE ROLE scratch{self._number} SUPERUSER LOGIN", f"CREATE DATABASE scratch TEMPLATE {TEMPLATE}"
            self._run("postgres", "DROP DATABASE IF EXISTS scratch WITH (FORCE)", _DROP_ROLES, *anew)
            [self._shape] = self._on().execute(_SHAPE).fetchone() or [""]
        role = f"scratch{self._number}"
        standing.allow(role)
        return self.url("scratch").replace("//jappoo@", f"//{role}@")

    def mark(self) -> object:
        """As tests/samples.py asks it: who writes takes a number."""
        oldest, next_one = self._on().execute(_MARK).fetchone() or (0, 1)
        return next_one if oldest == next_one else None

    def fill(self, fills: Callable[[], None]) -> "Rows":
        """Have it filled, and return what has changed: rows that came, tables where some went, and counters."""
        before, counted = self._rows(), dict(self._on().execute(_COUNTERS))
        fills()
        changed = {name: rows for name, rows in self._rows().items() if rows != before[name]}
        went = {name for name, rows in changed.items() if before[name].keys() - rows.keys()}
        came = {name: b"".join(one for one in rows if name in went or one not in before[name]) for name, rows in changed.items()}
        counters = {name: last for name, last in self._on().execute(_COUNTERS) if counted.get(name) != last}
        return Rows(went, came, counters)

    def write(self, left: "Rows") -> None:
        """Write what was left, on the connection that empties: no trigger looks at it, as none did before."""
        connection = self._on()
        with connection.transaction(), connection.cursor() as cursor:
            for name in left.went:
                cursor.execute(f"DELETE FROM {name}".encode())  # noqa: S608 - our own tables
            for name, rows in left.came.items():
                with cursor.copy(f"COPY {name} FROM STDIN".encode()) as copy:
                    copy.write(rows)
            for name, last in left.counters.items():
                cursor.execute("SELECT setval(%s::regclass, %s)", [name, last])

    def _rows(self) -> dict[str, dict[bytes, None]]:
        found = {}
        with self._on().cursor() as cursor:
            for [name] in cursor.execute(_TABLES.encode()).fetchall():
                with cursor.copy(f"COPY {name} TO STDOUT".encode()) as copy:
                    found[name] = dict.fromkeys(b"".join(copy).splitlines(keepends=True))
        return found

    def _on(self) -> psycopg.Connection[Any]:
        if self._cleaner is None:
            self._cleaner = self._connect("scratch")
            self._cleaner.execute("SET session_replication_role = replica")
        return self._cleaner

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
            kept = standing.allow(f"scratch{self._number}")
            while self._cleaner.execute(_CUT, [kept]).fetchone() != (0,):
                time.sleep(0.002)
            same = self._cleaner.execute(_SHAPE).fetchone() == (self._shape,)
            if same:
                self._empty(self._cleaner)
        except psycopg.Error:
            return False
        return same

    def _empty(self, cleaner: psycopg.Connection[Any]) -> None:
        cleaner.execute(_BEGIN_COUNTING)
        names = [name for [name] in cleaner.execute(_WRITTEN)]
        if not names:
            return
        cleaner.execute("; ".join(f"DELETE FROM {name}" for name in names).encode())  # noqa: S608 - our own tables
        # Without what is dead the files are empty: rows come in the order in which the next test writes them, as in a new one.
        cleaner.execute(f"VACUUM (SKIP_DATABASE_STATS) {', '.join(names)}".encode())

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
