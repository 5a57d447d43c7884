"""`jappoo doctor`: what is set, where it came from, and what is in reach."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from app.cli.context import of_this_version
from app.cli.outputs import in_json
from config.demands import demand, masked
from config.running_demo import running_demo
from config.settings import NAMES, BadSetting, Settings, given, load, surroundings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print settings and checks as JSON.")
@click.option("--strict", is_flag=True, help="Exit with 1 also where nothing is set up yet.")
def doctor(*, as_json: bool, strict: bool) -> int:
    """Show every setting with its origin, secrets masked, and check what the service stands on. Exit 1 when a check fails.

    Needs no setting to run: where none is set and no demo runs in this folder, nothing has failed yet. A demo that runs here is
    looked at with its own settings.

    Example: jappoo doctor --json
    """
    running = _running()
    environ = running | surroundings({})
    settings, checks = list(_settings(environ, running)), list(_checks(environ))
    nothing_yet = not given(environ)
    if as_json:
        click.echo(in_json({"settings": settings, "checks": checks}))
    else:
        for row in settings:
            click.echo(f"{row['name']:<22} {row['value']:<44} {row['origin']}")
        click.echo()
        for check in checks:
            click.echo(f"{check['check']:<22} {'ok  ' if check['ok'] else '-   ' if nothing_yet else 'FAIL'} {check['says']}")
    return 1 if (strict or not nothing_yet) and not all(check["ok"] for check in checks) else 0


def _running() -> dict[str, str]:
    """Return what the demo has set that runs in this folder; {} where another environment is set."""
    set_to = given().get("jappoo_env", ("demo", ""))[0]
    return running_demo() if set_to == "demo" else {}


def _settings(environ: Mapping[str, str], running: Mapping[str, str]) -> Iterator[dict[str, str]]:
    found = given(environ)
    defaults = Settings()
    for name in NAMES:
        value, origin = found.get(name, (getattr(defaults, name), "default"))
        if name.upper() in running and environ[name.upper()] == running[name.upper()]:
            origin = "running demo"
        yield {"name": name.upper(), "value": masked(name, value), "origin": origin}


def _checks(environ: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    yield {"check": "python", "ok": True, "says": sys.version.split()[0]}
    try:
        settings = load(environ)
    except BadSetting as error:
        yield {"check": "settings", "ok": False, "says": str(error)}
        return
    yield _check("settings", lambda: f"good enough to start in {demand(settings).jappoo_env}")
    yield _check("database", lambda: _database(settings))
    yield _check("menus", lambda: _menus(settings))
    yield _check("redis for sessions", lambda: _redis(settings.sessions_url))
    yield _check("redis for queues", lambda: _redis(settings.queues_url))


def _check(name: str, ask: Callable[[], str]) -> dict[str, Any]:
    try:
        return {"check": name, "ok": True, "says": ask()}
    except Exception as error:
        words = next(iter(str(error).splitlines()), "") or type(error).__name__
        return {"check": name, "ok": False, "says": words}


def _database(settings: Settings) -> str:
    with _opened(settings) as database, of_this_version():
        from app.coop.models import Base
        from app.db import schema

        schema.check(database, Base.metadata)
        return f"{database.engine.dialect.name}, schema up to date"


def _menus(settings: Settings) -> str:
    with _opened(settings) as database:
        from menus.publication import versions

        served = [found for found, _, _, current in versions(database) if current]
    if not served:
        raise BadSetting("none is published: run jappoo menus publish")
    return f"serving {served[0][:12]}"


@contextmanager
def _opened(settings: Settings) -> Iterator[Any]:
    """Open the database; a file that isn't there is not made."""
    file = settings.database_url.partition("sqlite:///")[2]
    if file and not Path(file).is_file():
        raise BadSetting(f"no file {file} yet: run jappoo db upgrade")
    from app.db.database import Database

    database = Database(settings.database_url)
    try:
        yield database
    finally:
        database.dispose()


def _redis(url: str) -> str:
    from config.redis import connect

    with connect(url) as client:
        client.ping()
    return "answers"
