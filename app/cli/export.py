"""`jappoo export`: files for others."""

from datetime import UTC, datetime

import click

from app.cli.desk import operator_act


@click.group()
def export() -> None:
    """Write files for others.

    Example: jappoo export payments 12
    """


@export.command()
@click.argument("batch", type=int)
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", help="What to write.")
def payments(batch: int, form: str) -> None:
    """Write a BATCH of payments: the cash list, or the mobile-money file.

    Columns: reference, card, name, number (E.164, only of a number that is the member's alone), amount (XOF), way, state,
    operator_reference, signature. What a spreadsheet would take for a formula gets an apostrophe.

    Example: jappoo export payments 12 > lot-12.csv
    """
    import json

    from app.coop.payments import files

    with operator_act("export payments", batch=batch, form=form) as session:
        rows = files.payments_of(session.connection(), batch, datetime.now(UTC))
    click.echo(json.dumps(rows) if form == "json" else files.written(rows), nl=form == "json")
