"""`jappoo seed`: members to try things on."""

import sys
from datetime import UTC, datetime

import click

from app.cli.context import open_database, read_settings


@click.command()
@click.option("--members", type=click.IntRange(1, 5_000_000), required=True, help="How many members.")
@click.option(
    "--cooperatives", type=click.IntRange(1, 100_000), help="In how many co-operatives (default: a hundred members each)."
)
def seed(members: int, cooperatives: int | None) -> None:
    """Fill an empty database with members, the same ones for the same number and day; never a production one.

    Example: jappoo seed --members 200
    """
    from app.coop.demo.seed import AlreadySeeded, Plan
    from app.coop.demo.seed import seed as fill

    settings = read_settings()
    if settings.jappoo_env == "production":
        raise click.ClickException("JAPPOO_ENV is production: a production database is never seeded")
    plan = Plan(members, cooperatives, settings.peppers, settings.key("members"), datetime.now(UTC))
    with open_database(statement_ms=600_000) as database:
        try:
            with click.progressbar(length=members, label="seeding", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
                fill(database, plan, bar.update)
        except AlreadySeeded:
            click.echo("there are members already: nothing was changed")
            return
    click.echo(f"seeded {members} members in {plan.count} co-operatives")
