"""What commands share: settings and a database, or one line on stderr."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
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
def open_database(*, statement_ms: int = 60_000) -> "Iterator[Database]":
    """Give the database of the settings; one that is out of reach ends the command with one line."""
    from sqlalchemy.exc import DBAPIError

    from app.db.database import Database, is_outage

    database = Database(read_settings().database_url, statement_ms=statement_ms)
    try:
        yield database
    except DBAPIError as fault:
        if is_outage(fault):
            raise click.ClickException(f"the database can't be used: {str(fault.orig).splitlines()[0]}") from fault
        raise
    finally:
        database.dispose()
