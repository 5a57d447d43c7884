"""What commands share: settings and a database, or one line on stderr."""

import getpass
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import click

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

    from app.coop.act import Act
    from app.coop.scope import Scope
    from app.db.database import Database
    from config.settings import Settings


def read_settings() -> "Settings":
    """Return the settings; a value that can't be read ends the command with its one line."""
    from config.settings import BadSetting, load

    try:
        return load()
    except BadSetting as fault:
        raise click.ClickException(str(fault)) from fault


@contextmanager
def open_database(*, statement_ms: int = 60_000, acts: bool = True) -> "Iterator[Database]":
    """Give the database of the settings; one that is out of reach ends the command with one line.

    A command that `acts` may lead to what any subject has declared; one that doesn't starts in half the time.
    """
    from sqlalchemy.exc import DBAPIError

    if acts:
        import app.coop.subjects  # noqa: F401 - commands lead to what any subject has declared
    from app.db.database import Database, is_outage

    settings = read_settings()
    database = Database(settings.database_url, statement_ms=statement_ms, service=settings.service)
    try:
        yield database
    except DBAPIError as fault:
        if is_outage(fault):
            # The driver's words alone: around them SQLAlchemy puts the statement.
            raise click.ClickException(f"the database can't be used: {str(fault.orig).splitlines()[0]}") from fault
        raise
    finally:
        database.dispose()


@contextmanager
def of_this_version() -> "Iterator[None]":
    """End the command with one line when the schema is of a version that this one doesn't know, and say what to do."""
    from app.db.schema import RevisionUnknown

    try:
        yield
    except RevisionUnknown as fault:
        settings = read_settings()
        words = "run the version that it belongs to, or restore one of its backups into an empty database"
        if settings.jappoo_env == "demo":
            kept = settings.database_url == type(settings)().database_url
            words = "it is another demo's: run make clean-demo" + ("" if kept else ", and give DATABASE_URL an empty database")
        raise click.ClickException(f"{fault}; {words}") from fault


@contextmanager
def operator_act(command: str, *, dry_run: bool = False, **arguments: str | int | bool | None) -> "Iterator[Session]":
    """Give the one transaction of a command that writes; who at this machine did what is a row of it.

    After an error, or with `dry_run`, nothing of it stays. `arguments` are what was changed: no secret, no name.
    """
    from app.coop.offices.audit import record_operator

    with open_database() as database, database.session() as session:
        record_operator(session, operator(), socket.gethostname(), command, arguments, datetime.now(UTC))
        yield session
        session.rollback() if dry_run else session.commit()


def act_of_operator() -> "Act":
    """Return an act by no office, under a key of its own: what a command is told to do it does."""
    from app.coop.act import Act

    return Act(0, "cli", f"cli:{uuid4()}", datetime.now(UTC))


def operator() -> str:
    """Return the name of this machine's user who runs the command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "unknown"


def cooperative_id(session: "Session | Connection", code: str) -> int:
    """Return the co-operative with a code, as people write it; an unknown one ends the command."""
    from app.coop.cooperatives.queries import cooperative_by_code

    found = cooperative_by_code(session, code)
    if found is None:
        raise click.ClickException(f"no co-operative has the code {code}")
    return found


def scope_of(session: "Session | Connection", code: str | None) -> "Scope":
    """Return the scope of a co-operative's code, or the federation without one; an unknown code ends the command."""
    from app.coop.scope import FEDERATION, Scope

    return FEDERATION if code is None else Scope(cooperative_id(session, code))
