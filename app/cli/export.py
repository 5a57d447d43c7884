"""`jappoo export`: files for others."""

from datetime import UTC, datetime

import click

from app.cli.context import operator, operator_act


@click.group()
def export() -> None:
    """Write files for others.

    Example: jappoo export payments 12
    """


@export.command()
@click.argument("batch", type=int)
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", help="What to write.")
@click.option("--all", "everything", is_flag=True, help="The record: all payments, whatever became of them, without numbers.")
def payments(batch: int, form: str, *, everything: bool) -> None:
    """Write what is still to be paid of a BATCH: the cash list, or the mobile-money file. Each time is written down.

    Columns: reference, card, name, number (E.164, only of a number that is the member's alone), amount (XOF), way, state,
    operator_reference, signature. What a spreadsheet would take for a formula gets an apostrophe.

    Example: jappoo export payments 12 > lot-12.csv
    """
    import json

    from app.coop.payments import files

    now = datetime.now(UTC)
    try:
        with operator_act("export payments", batch=batch, form=form, all=everything) as session:
            if everything:
                rows = files.record_of(session, batch, now)
            else:
                out = files.export(session, batch, by=operator(), now=now)
                rows = out.rows
                if out.before:
                    times = ", ".join(f"{at:%Y-%m-%d %H:%M} UTC" for at in out.before)
                    click.echo(f"batch {batch} went out before ({times}): pay by one of these files only", err=True)
    except files.NoBatch as fault:
        raise click.ClickException(str(fault)) from fault
    click.echo(json.dumps(rows) if form == "json" else files.written(rows), nl=form == "json")
