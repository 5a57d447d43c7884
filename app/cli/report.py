"""`jappoo report`: figures with their definitions."""

import csv
import json
import sys
from datetime import UTC, datetime, timedelta

import click
import msgspec

from app.cli.desk import open_database


@click.group()
def report() -> None:
    """Figures of the co-operatives.

    Example: jappoo report payments
    """


@report.command()
@click.option("--days", type=click.IntRange(1), default=90, show_default=True, help="How far back payments are counted.")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", help="What to write.")
def payments(days: int, form: str) -> None:
    """Write each co-operative's days to payment, from the scales to the member's word that she has the money.

    Columns: cooperative; paid (deliveries), their median and worst days; waiting (credited, not paid) and the oldest's days.

    Example: jappoo report payments --days 30
    """
    from app.coop.payments.delays import Delay, delays

    now = datetime.now(UTC)
    with open_database(statement_ms=600_000) as database, database.read() as reader:
        found = [msgspec.to_builtins(row) for row in delays(reader, now - timedelta(days=days), now)]
    if form == "json":
        click.echo(json.dumps(found))
        return
    writer = csv.DictWriter(sys.stdout, Delay.__struct_fields__, lineterminator="\n")
    writer.writeheader()
    writer.writerows(found)
