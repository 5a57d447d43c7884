"""An engine on memory and SQLite, with the members' own menu, and a handset to hold."""

import itertools
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from app.coop.offices.queries import Directory
from app.db.database import Database
from app.gateways.africastalking_ussd import AfricasTalkingUssd
from app.ussd.engine import Engine
from app.ussd.entries import Accumulated, Call, Latest
from app.ussd.memory_store import MemoryStore
from app.ussd.menus import Reply
from app.web.ussd_webhook import call_of
from menus.publication import compiled
from menus.registry import bindings
from menus.runtime import Desk, SqlActs
from tests import sample_cooperative
from tests.commands.conftest import TERMS
from tests.conftest import Clock

CONSTANTS = {"cost": "Gratuit", "code": "*384*44135#", "help": "*384*44135*8#"}


_package_menu = cache(compiled)


class OneMenu:
    """A shelf with the package's menu on it."""

    def __init__(self) -> None:
        self.menu = _package_menu()

    def current(self, version: str | None):  # noqa: ARG002 - one menu whatever the version
        return "v1", self.menu

    def remembered(self):
        return "v1", self.menu

    def version(self, version: str):
        return self.menu if version == "v1" else None


class Handset:
    """Dial and type; each entry is sent as its gateway would."""

    _sessions = itertools.count(1)

    def __init__(self, engine: Engine, phone: str, dialect: str = "africastalking") -> None:
        self.engine, self.phone, self.dialect = engine, phone, dialect
        self.parts: list[str] = []
        self.session = ""

    def dial(self, *parts: str) -> Reply:
        self.session, self.parts = f"s{next(self._sessions)}", list(parts)
        return self.again()

    def type(self, *parts: str) -> Reply:
        self.parts += parts
        return self.again()

    def again(self) -> Reply:
        return self.engine.answer(self.call())

    def call(self, parts: list[str] | None = None) -> Call:
        parts = self.parts if parts is None else parts
        if self.dialect == "hubtel":
            entries = Latest(len(parts), parts[-1] if parts else None)
            return Call(self.dialect, self.session, self.phone, entries)
        return Call(self.dialect, self.session, self.phone, Accumulated(tuple(parts)))


def engine_on(database: Database, store: Any, clock: Clock | None = None) -> Engine:
    """Return an engine on the package's own menu, which keeps real time without a clock."""
    times = _times(clock) if clock else {}
    return Engine(
        store=store,
        shelf=OneMenu(),
        acts=SqlActs(database, clock) if clock else SqlActs(database),
        bindings=bindings,
        desk=Desk(database, sample_cooperative.PEPPERS, sample_cooperative.KEY, Directory(database, 0), TERMS),
        secret=sample_cooperative.KEY,
        constants=CONSTANTS,
        **times,
    )


def _times(clock: Clock) -> dict[str, Any]:
    return {"now": clock, "sleep": lambda seconds: clock.forward(seconds=seconds), "clock": lambda: clock().timestamp()}


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def peopled(sqlite_database: Database) -> Database:
    sample_cooperative.build(sqlite_database)
    return sqlite_database


@pytest.fixture
def engine(peopled: Database, store: MemoryStore, clock: Clock) -> Engine:
    return engine_on(peopled, store, clock)


@pytest.fixture
def handset(engine: Engine) -> Callable[..., Handset]:
    return lambda phone=sample_cooperative.AWA, dialect="africastalking": Handset(engine, phone, dialect)


def asked(engine: Engine[Any], code: str, text: str, session: str = "S10") -> str:
    """Return the words of a hop as Africa's Talking posts it."""
    body = f"sessionId={session}&phoneNumber=%2B{sample_cooperative.AWA[1:]}&serviceCode={code}&text={text}".replace("#", "%23")
    return engine.answer(call_of("africastalking", AfricasTalkingUssd(CONSTANTS["code"]).read(body.encode()))).text
