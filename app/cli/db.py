"""`jappoo db`: the schema, backups."""

from pathlib import Path

import click

from app.cli.context import of_this_version, open_database, read_settings


@click.group()
def db() -> None:
    """Bring the database's schema up to date, check it, back it up.

    Example: jappoo db upgrade
    """


@db.command()
def upgrade() -> None:
    """Run the migrations that are missing; on PostgreSQL each by itself, so that none keeps the service waiting.

    Example: jappoo db upgrade
    """
    from app.db import schema

    # An hour: an index over millions of rows takes longer than any request may.
    with open_database(statement_ms=3_600_000) as database, of_this_version():
        schema.upgrade(database)
    click.echo("the schema is up to date")


@db.command()
def check() -> None:
    """Check that the schema is what this version wants.

    Example: jappoo db check
    """
    from app.coop.models import Base
    from app.db import schema

    with open_database() as database, of_this_version():
        try:
            schema.check(database, Base.metadata)
        except schema.Drift as drift:
            raise click.ClickException(str(drift)) from drift
    click.echo("the schema is up to date")


@db.command()
@click.argument("role")
def grant(role: str) -> None:
    """Give ROLE what web, workers and scheduler need on PostgreSQL, and no more; run by the tables' owner after each upgrade.

    Example: jappoo db grant jappoo_service
    """
    from app.db import roles

    with open_database(statement_ms=60_000) as database, of_this_version():
        if database.engine.dialect.name != "postgresql":
            raise click.ClickException("only PostgreSQL knows roles")
        try:
            with database.engine.begin() as connection:
                roles.grant(connection, role)
        except roles.RoleUnknown as unknown:
            raise click.ClickException(str(unknown)) from unknown
    click.echo(f"{role} may read and write rows, and change neither the schema nor the books")


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write a consistent copy of the running database to FILE. Keep PIN_PEPPER and SECRET_KEY elsewhere.

    Example: jappoo db backup /backups/jappoo-2026-11-24.dump
    """
    from app.db.backup import back_up
    from config.settings import surroundings

    back_up(read_settings().database_url, file, surroundings({}))
    click.echo(f"{file}: {file.stat().st_size:,} bytes")


@db.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Bring a copy back into an empty database, and say whether its books agree.

    Example: jappoo db restore /backups/jappoo-2026-11-24.dump
    """
    from app.coop.verify import verify
    from app.db import backup as copies
    from config.settings import surroundings

    copies.restore(read_settings().database_url, file, surroundings({}))
    with open_database() as database, database.read() as reader:
        found = verify(reader)
    if found.wrong:
        raise click.ClickException(f"restored, but the books don't agree: {found.wrong[0]}")
    click.echo(f"restored: {found.entries:,} entries, the books agree")
