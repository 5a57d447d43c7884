"""`jappoo export`: files for others."""

import io
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import click

from app.cli.context import operator, operator_act, scope_of
from app.cli.outputs import in_json


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
    click.echo(in_json(rows) if form == "json" else files.written(rows), nl=form == "json")


def _rows_out(kind: str, help_: str, example: str) -> None:
    @export.command(name=kind, help=f"{help_}\n\nExample: {example}")
    @click.option("--cooperative", help="The co-operative's code; without it all.")
    @click.option("--format", "form", type=click.Choice(["csv", "xlsx", "json"]), default="csv", help="What to write.")
    @click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to write it; standard output otherwise.")
    def command(cooperative: str | None, form: Any, output: Path | None) -> None:
        write = _everything if kind == "everything" else _one(kind)
        if output is None and sys.stdout.isatty() and (form == "xlsx" or kind == "everything"):
            raise click.UsageError("this needs --output FILE, or a pipe")
        with operator_act(f"export {kind}", cooperative=cooperative, form=form) as session:
            from app.sheets import SheetRefused

            scope = scope_of(session, cooperative)
            try:
                write(session.connection(), scope, form, output)
            except SheetRefused as fault:
                raise click.ClickException(str(fault)) from fault


def _one(kind: str) -> Callable[..., None]:
    def write(reader: Any, scope: Any, form: Any, output: Path | None) -> None:
        from app.coop.imports.exports import EXPORTS
        from app.coop.kpi.ministry import ministry
        from app.sheets import write_table

        columns, rows = (EXPORTS | {"ministry": ministry})[kind](reader, scope, datetime.now(UTC))
        if output is not None:
            write_table(output, columns, rows, form=form)
            return
        body = io.BytesIO()
        write_table(body, columns, rows, form=form)
        sys.stdout.buffer.write(body.getvalue())

    return write


def _everything(reader: Any, scope: Any, form: Any, output: Path | None) -> None:
    """Write a ZIP with a file a kind."""
    from app.coop.imports.exports import EXPORTS
    from app.sheets import write_body, write_table

    body = io.BytesIO()
    with ZipFile(body, "w", ZIP_DEFLATED) as files:
        for kind, rows_of in EXPORTS.items():
            one = io.BytesIO()
            write_table(one, *rows_of(reader, scope, datetime.now(UTC)), form=form)
            files.writestr(f"{kind}.{form}", one.getvalue())
    write_body(output, body.getvalue()) if output is not None else sys.stdout.buffer.write(body.getvalue())


for _kind, _help in (
    ("members", "Write the members, as they can be imported again; no PIN, consent or trusted number is in it."),
    ("balances", "Write what members' accounts hold, in XOF."),
    ("prices", "Write all prices there were, each with its first instant."),
    ("deliveries", "Write what was weighed and credited."),
    ("movements", "Write each movement on members' accounts, in XOF."),
    ("ministry", "Write what the ministry's register asks of each co-operative, in the words of the ILO: figures, never persons."),
    ("everything", "Write a ZIP with a file of each of these."),
):
    _rows_out(_kind, f"{_help} Who did it is written down.", f"jappoo export {_kind} --cooperative CPS1 --output {_kind}.csv")
