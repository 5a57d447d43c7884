"""`jappoo db`: the schema."""

import click

from app.cli.desk import open_database


@click.group()
def db() -> None:
    """Bring the database's schema up to date, or check it.

    Example: jappoo db upgrade
    """


@db.command()
def upgrade() -> None:
    """Run the migrations that are missing.

    Example: jappoo db upgrade
    """
    from app.db import schema

    with open_database(statement_ms=600_000) as database:
        schema.upgrade(database)
    click.echo("the schema is up to date")


@db.command()
def check() -> None:
    """Check that the schema is what this version wants.

    Example: jappoo db check
    """
    from app.coop.models import Base
    from app.db import schema

    with open_database() as database:
        try:
            schema.check(database, Base.metadata)
        except schema.Drift as drift:
            raise click.ClickException(str(drift)) from drift
    click.echo("the schema is up to date")
