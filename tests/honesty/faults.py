"""What a hop stands on, failing where it is told to: at any call, before it, after it, or by a death of the process."""

from collections import Counter
from collections.abc import Callable
from typing import Any, Literal

import msgspec
import psycopg
import pytest

from app.db.database import Database
from app.ussd import engine
from app.ussd.bindings import Bindings
from app.ussd.menu import Menu
from app.ussd.ports import Store, StoreDown
from app.ussd.walk import Walk

Service = Literal["store", "database", "shelf", "ours"]
"""`ours` are the engine's and the menu's own functions: what they raise is an ordinary exception."""
How = Literal["before", "after", "died before", "died after", "emptied", "meanwhile"]
CALLS: dict[Service, int] = {"store": 4, "database": 8, "shelf": 1, "ours": 6}
"""About how often a hop calls each."""
HOWS: tuple[How, ...] = ("before", "after", "died before", "died after", "emptied", "meanwhile")


class Died(BaseException):
    """The process was killed here: nothing of it runs on, nobody is answered."""


class Fault(msgspec.Struct, frozen=True):
    """What goes wrong at one call of a service in a hop, counted from 0; with `lasts` it stays away for the rest of the hop."""

    service: Service
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
        self.away: set[Service] = set()
        self.calls, self.struck = Counter[Service](), 0
        self.meanwhile: Callable[[], object] = lambda: None

    def call(self, service: Service, do: Callable[[], Any], error: Callable[[], BaseException]) -> Any:
        """Do what a service was asked for, or fail as planned."""
        fault = next((one for one in self.plan if (one.service, one.at) == (service, self.calls[service])), None)
        self.calls[service] += 1
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
            plan, calls, self.plan = self.plan, self.calls.copy(), ()
            self.meanwhile()
            self.plan, self.calls = plan, calls
        given = do()
        if fault.how == "died after":
            raise Died
        if fault.how == "after":
            raise error()
        return given

    def ours(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function of our own whose every call may raise what nobody has foreseen."""
        return lambda *given, **named: self.call("ours", lambda: function(*given, **named), lambda: RuntimeError("planned"))


class FaultyStore:
    """A Store whose every call may fail."""

    def __init__(self, store: Store, faults: Faults) -> None:
        self._store, self._faults = store, faults

    def __getattr__(self, name: str) -> Callable[..., Any]:
        real = getattr(self._store, name)
        return lambda *args, **more: self._faults.call("store", lambda: real(*args, **more), lambda: StoreDown("planned"))


class FaultyShelf:
    """A shelf with one menu on it, which a process must read once, and may not be able to."""

    def __init__(self, menu: Menu, faults: Faults) -> None:
        self._menu, self._faults, self._read = menu, faults, False

    def current(self, version: str | None) -> tuple[str, Menu]:  # noqa: ARG002 - one menu whatever the version
        try:
            self.version("v1")
        except Exception:
            return self.remembered()
        return "v1", self._menu

    def remembered(self) -> tuple[str, Menu]:
        return "v1", self._menu

    def version(self, version: str) -> Menu:
        if not self._read:
            self._faults.call("shelf", lambda: version, lambda: psycopg.OperationalError("planned"))
            self._read = True
        return self._menu


def break_bindings(bindings: Bindings, faults: Faults) -> Bindings:
    """Return the same functions, of which every call may fail."""
    broken = Bindings.join(bindings.name, [bindings])
    for group in broken.groups().values():
        group.update({name: msgspec.structs.replace(one, call=faults.ours(one.call)) for name, one in group.items()})
    broken.caller_of = faults.ours(bindings.caller_of) if bindings.caller_of else None
    return broken


def break_engine(faults: Faults) -> Callable[[], None]:
    """Make every screen that is shown, and every session that is written, a call that may fail; return what undoes it."""
    patched = pytest.MonkeyPatch()
    for owner, name in ((Walk, "show"), (engine, "write")):
        patched.setattr(owner, name, faults.ours(getattr(owner, name)))
    return patched.undo


def break_database(database: Database, faults: Faults) -> Callable[[], None]:
    """Make every statement and commit of a PostgreSQL database a call that may fail; return what undoes it."""
    undone: list[Callable[[], None]] = []
    for pool in (database.engine, database.reader):
        dialect: Any = pool.dialect
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
