"""A store and a database that fail where they are told to: at any call, before it, after it, or by a death of the process."""

from collections.abc import Callable
from typing import Any, Literal

import msgspec
import psycopg

from app.db.database import Database
from app.ussd.ports import Store, StoreDown

How = Literal["before", "after", "died before", "died after", "emptied", "meanwhile"]
HOWS: tuple[How, ...] = ("before", "after", "died before", "died after", "emptied", "meanwhile")


class Died(BaseException):
    """The process was killed here: nothing of it runs on, nobody is answered."""


class Fault(msgspec.Struct, frozen=True):
    """What goes wrong at one call of a hop, counted from 0; with `lasts` the same service stays away for the rest of the hop."""

    at: int
    how: How
    lasts: bool = False


class Faults:
    """The faults of the hop that is under way. `meanwhile` is run at a call, `empty` empties the store."""

    def __init__(self, empty: Callable[[], object]) -> None:
        self._empty = empty
        self.quiet()

    def quiet(self) -> None:
        """Let everything work."""
        self.begin(())

    def begin(self, plan: tuple[Fault, ...]) -> None:
        """Count a hop's calls from here, and let them fail as planned."""
        self.plan = plan
        self.away: set[str] = set()
        self.calls, self.struck = 0, 0
        self.meanwhile: Callable[[], object] = lambda: None

    def call(self, service: str, do: Callable[[], Any], error: Callable[[], BaseException]) -> Any:
        """Do what a service was asked for, or fail as planned."""
        fault = next((one for one in self.plan if one.at == self.calls), None)
        self.calls += 1
        if service in self.away:
            raise error()
        if fault is None:
            return do()
        self.struck += 1
        if fault.lasts:
            self.away.add(service)
        if fault.how == "died before":
            raise Died
        if fault.how == "before":
            raise error()
        if fault.how == "emptied":
            self._empty()
        if fault.how == "meanwhile":
            plan, calls, self.plan = self.plan, self.calls, ()
            self.meanwhile()
            self.plan, self.calls = plan, calls
        given = do()
        if fault.how == "died after":
            raise Died
        if fault.how == "after":
            raise error()
        return given


class FaultyStore:
    """A Store whose every call may fail."""

    def __init__(self, store: Store, faults: Faults) -> None:
        self._store, self._faults = store, faults

    def __getattr__(self, name: str) -> Callable[..., Any]:
        real = getattr(self._store, name)
        return lambda *args, **more: self._faults.call("store", lambda: real(*args, **more), lambda: StoreDown("planned"))


def break_at(database: Database, faults: Faults) -> Callable[[], None]:
    """Make every statement and commit of a PostgreSQL database a call that may fail; return what undoes it."""
    undone: list[Callable[[], None]] = []
    for engine in (database.engine, database.reader):
        dialect: Any = engine.dialect
        execute, commit = dialect.do_execute, dialect.do_commit

        def do_execute(
            cursor: Any, statement: Any, parameters: Any, context: Any = None, execute: Callable[..., Any] = execute
        ) -> None:
            faults.call("database", lambda: execute(cursor, statement, parameters, context), lambda: _cut(cursor.connection))

        def do_commit(connection: Any, commit: Callable[..., Any] = commit) -> None:
            faults.call("database", lambda: commit(connection), lambda: _cut(getattr(connection, "dbapi_connection", connection)))

        dialect.do_execute, dialect.do_commit = do_execute, do_commit
        undone.append(lambda dialect=dialect, execute=execute, commit=commit: _mend(dialect, execute, commit))

    def mend() -> None:
        for one in undone:
            one()

    return mend


def _mend(dialect: Any, execute: Any, commit: Any) -> None:
    dialect.do_execute, dialect.do_commit = execute, commit


def _cut(connection: Any) -> psycopg.OperationalError:
    connection.close()
    return psycopg.OperationalError("server closed the connection unexpectedly")
