"""What tests stand on: real servers, a migrated database each, a clock that they set."""

import gc
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import redis
import structlog
from jinja2 import Environment
from werkzeug.routing import Rule

from app.db.database import Database
from app.service import Service
from app.ussd.menu import Menu, menu_from_json
from config.processes import collect_seldom
from menus.publication import demand_bound
from tests import sample_cooperative, samples, standing, statements
from tests.scratch import Scratch, migrate
from tests.servers import Server, make_postgres, make_valkey

EDGES = ["sqlite", "postgresql"] if os.environ.get("EVERY_DATABASE") else ["postgresql"]
"""Where the console, the menus, the commands and the browser are tried: where they run in earnest; `make soak` asks both.

What they call is tried on both in tests/coop, and every talk (tests/conversations) is held on both.
"""
PATIENT_MS = 60_000
"""A test fills and measures as a command does: the service's own time-outs are for hops, and fall on a busy machine."""


MEMORY, ENOUGH = Path("/dev/shm"), 4 << 30  # noqa: S108 - pytest makes a folder of its own there
"""Where files of tests are, if it has so many bytes: the disk costs them a tenth of their time. What passed is removed at once."""

SERVICE = Service("*384*44135#", "Gratuit", 20)


class Clock:
    """A clock that stands still until a test moves it; always aware UTC."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **delta: float) -> datetime:
        """Move it by a timedelta's arguments and give the new time."""
        self.now += timedelta(**delta)
        return self.now


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-guide", action="store_true", help="write the screens and counts that talks have seen into docs/")


def pytest_configure() -> None:
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    collect_seldom()
    statements.share()
    standing.stand()
    setattr(Rule, "_compile_builder", _built_once)  # noqa: B010 - mypy refuses the plain assignment
    setattr(Environment, "compile", _page_once)  # noqa: B010
    plainly = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)  # rich draws one for half a second
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plainly])
    hypothesis.settings.register_profile("unhurried", deadline=None)
    hypothesis.settings.load_profile("unhurried")


def pytest_collection_finish() -> None:
    """What stands by now stays, and little that a test makes wants a collector: always asked, it takes a fifth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say in which order the tests ran when one failed: the plugin's own line is hidden by `-q`."""
    seed = getattr(config.option, "randomly_seed", None)
    if seed is not None and (terminalreporter.stats.get("failed") or terminalreporter.stats.get("error")):
        terminalreporter.write_line(f"the same order again: pytest --randomly-seed={seed}")


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give hops in the test's own process time: a busy machine isn't what they are about. A test of the deadline sets its own.

    PINs are hashed as cheaply as argon2id can (tests/coop/test_pins.py holds the cost), one menu is read from its bytes and held
    against its bindings once, and what many ask for is asked anew each time (tests/menus/test_hop_costs.py lets it stand for its
    second).
    """
    monkeypatch.setattr("app.web.ussd_webhook.HOP_SECONDS", 60.0)
    monkeypatch.setattr("app.db.database.STATEMENT_MS", PATIENT_MS)
    sample_cooperative.hash_cheaply(monkeypatch)
    monkeypatch.setattr("menus.publication.menu_from_json", _read_once)
    monkeypatch.setattr("menus.publication.demand_bound", _bound_once)
    monkeypatch.setattr("app.ussd.shared.SECONDS", 0.0)


_read_once = cache(menu_from_json)
_bound: dict[int, Menu] = {}


def _bound_once(menu: Menu) -> None:
    if id(menu) not in _bound:
        demand_bound(menu)
        _bound[id(menu)] = menu


_build_rule = Rule._compile_builder
_rules: dict[Any, Callable[..., Any]] = {}


def _built_once(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
    """Give a route's function that writes its addresses: a thousand applications are made here, all of the same routes."""
    name = rule.rule, str(rule.subdomain), str(rule.defaults), append_unknown
    if name not in _rules:
        _rules[name] = _build_rule(rule, append_unknown)
    return _rules[name]


_compile_page = Environment.compile
_pages: dict[tuple[str, ...], Any] = {}


def _page_once(environment: Environment, source: str, name: str, filename: str, **more: Any) -> Any:
    """Compile a page of the console for all applications alike, which took a tenth of the time of its tests."""
    page = source, name, filename
    if page not in _pages:
        _pages[page] = _compile_page(environment, source, name, filename, **more)
    return _pages[page]


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 24, 10, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = make_valkey(tmp_path_factory.mktemp("valkey"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def valkey(valkey_server: Server) -> Iterator[Server]:
    """Give the running Valkey, empty. A test may kill it: the next one finds it started again."""
    valkey_server.thaw()
    valkey_server.start()
    with redis.Redis.from_url(valkey_server.url) as client:
        client.config_set("maxmemory", "0")
        client.flushall()
    yield valkey_server
    valkey_server.thaw()


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = make_postgres(tmp_path_factory.mktemp("postgres"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def postgres(postgres_server: Server) -> Iterator[Server]:
    """Give the running PostgreSQL. A test may kill it: the next one finds it started again."""
    postgres_server.thaw()
    if not postgres_server.running:  # to ask whether it answers takes a new connection
        postgres_server.start()
    yield postgres_server
    postgres_server.thaw()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a migrated file without a row, a third as large as usual: hundreds of tables and indexes have a page each."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as connection:
        for step in ("PRAGMA journal_mode=DELETE", "PRAGMA page_size=1024", "VACUUM"):
            connection.execute(step)
    return file


@pytest.fixture(scope="session")
def scratch(postgres_server: Server) -> Iterator[Scratch]:
    with closing(Scratch(postgres_server)) as scratch:
        yield scratch


@pytest.fixture
def another(sqlite_template: Path, tmp_path: Path) -> Iterator[Callable[[], Database]]:
    """Give as many SQLite files of the test's own as it asks for, migrated and empty."""
    made: list[Database] = []

    def another() -> Database:
        file = shutil.copyfile(sqlite_template, tmp_path / f"jappoo{len(made) or ''}.db")
        database = Database(f"sqlite:///{file}", statement_ms=PATIENT_MS, service=SERVICE)
        made.append(database)
        samples.begin(database, samples.File(file))
        return database

    yield another
    for database in made:
        database.dispose()


@pytest.fixture
def sqlite_database(another: Callable[[], Database]) -> Database:
    """Give one of them."""
    return another()


@pytest.fixture
def postgres_database(postgres: Server, scratch: Scratch) -> Iterator[Database]:  # noqa: ARG001 - it must run
    """Give a PostgreSQL database, migrated and empty, that is the test's own while it runs."""
    database = Database(scratch.fresh(), statement_ms=PATIENT_MS, service=SERVICE)
    samples.begin(database, scratch)
    yield database
    database.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """Give a migrated, empty database of the test's own, once on each kind."""
    return one_of(request)


def one_of(request: pytest.FixtureRequest) -> Database:
    """Give the kind of database that a fixture's parameter names."""
    name = "sqlite_database" if request.param == "sqlite" else "postgres_database"
    given: Database = request.getfixturevalue(name)
    return given
