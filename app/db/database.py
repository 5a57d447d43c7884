"""Connections: one engine for transactions, one for single reads (AUTOCOMMIT saves it BEGIN and ROLLBACK)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker

from app import deadline
from app.db.patience import ServerPatience
from app.service import KEY, Service

STATEMENT_MS = 1200
"""A statement of a hop has this long, of the gateway's two seconds."""


class Database:
    """A database by its URL, SQLite or PostgreSQL. Connects on first use.

    `statement_ms` bounds a statement on PostgreSQL, also when the server falls silent, and the wait for a writer on SQLite.
    `lock_ms` bounds the wait for a row that somebody holds (PostgreSQL): a hop that can't have it must have time to say so.
    With the default the pool waits half a second at the most, so that a hop whose database is gone has its answer in time;
    a command that fills or measures gives more. `service` is what messages say of us; its sessions carry it.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 5,
        statement_ms: int | None = None,
        lock_ms: int | None = None,
        service: Service | None = None,
    ) -> None:
        statement_ms = statement_ms or STATEMENT_MS
        options = _options(url, pool_size, statement_ms, lock_ms or statement_ms)
        options["hide_parameters"] = True  # an error's words go to the logs
        self.url, self.service = url, service or Service()
        self.engine: Engine = create_engine(url, **options)
        self.reader: Engine = create_engine(url, isolation_level="AUTOCOMMIT", **options)
        if self.engine.dialect.name == "sqlite":
            for engine in (self.engine, self.reader):
                event.listen(engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", lambda connection: _begin_sqlite(connection, statement_ms))
        else:
            ServerPatience((self.engine, self.reader), statement_ms)
        # Objects can be read behind the commit: each would else be asked for anew.
        self.session = sessionmaker(self.engine, expire_on_commit=False, info={KEY: self.service})
        """Makes sessions that their user commits."""

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session that commits at the end, or rolls back on an error."""
        with self.session.begin() as session:
            yield session

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection for single SELECTs: each sees what is committed at its own moment."""
        with self.reader.connect() as connection:
            yield connection

    def dispose(self) -> None:
        """Close all connections: at the end, and in a child after a fork."""
        self.engine.dispose()
        self.reader.dispose()


def is_outage(error: BaseException) -> bool:
    """Tell whether an error means that the database can't be reached or didn't answer in time."""
    return isinstance(error, OperationalError | InterfaceError | PoolTimeout) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


def _options(url: str, pool_size: int, statement_ms: int, lock_ms: int) -> dict[str, Any]:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        return {"connect_args": {"timeout": statement_ms / 1000}, "pool_size": pool_size}
    # The kernel gives a connection up whose bytes nobody acknowledges; by itself it tries for a quarter of an hour.
    connect: dict[str, Any] = {
        # UTC: a day in SQL (func.date) is of the session's zone, and a server, database or role may set another.
        "options": f"-c statement_timeout={statement_ms} -c lock_timeout={lock_ms} -c timezone=UTC",
        "tcp_user_timeout": 1500,
        "keepalives_idle": 30,
    }
    wait = max(0.5, statement_ms / 1000 - 1)
    # Nothing over the pool: so the server's connections can be counted, two pools a process.
    pool = {"pool_size": pool_size, "max_overflow": 0, "pool_timeout": wait, "pool_recycle": 1800}
    return {"connect_args": connect, "use_native_hstore": False} | pool  # we have none: a first connection needn't ask


def _begin_sqlite(connection: Connection, statement_ms: int) -> None:
    """Begin as a writer at once, waiting for another as long as there is time: in a hop no longer than it has."""
    connection.exec_driver_sql(f"PRAGMA busy_timeout={deadline.left(statement_ms / 1000) * 1000:.0f}")
    # A transaction that read first would fail at its first write, at once and whatever the time-out,
    # where another has written meanwhile.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _prepare_sqlite(connection: Any, record: Any) -> None:
    del record
    # The driver would begin a transaction by itself, and only before a write.
    connection.isolation_level = None
    # With WAL readers go on while one writes, and NORMAL may lose the last commits to a power cut, but spoils nothing.
    # Foreign keys are off in each new connection.
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")
