"""`jappoo import`: files of others."""

import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import click

from app.cli import sheet_imports
from app.cli.context import open_database, operator_act, scope_of
from app.cli.outputs import in_json


@click.group(name="import")
def import_() -> None:
    """Take files of others in.

    Example: jappoo import payments references.csv --dry-run
    """


@import_.command()
@click.argument("file", type=click.File("rb"))
@click.option("--cooperative", help="The co-operative's code, when a reference is not of one alone.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print each line's outcome as JSON.")
def payments(file: BinaryIO, cooperative: str | None, *, dry_run: bool, as_json: bool) -> int:
    """Take in the operator's references from FILE (with columns `reference`, `operator_reference` and perhaps `amount`).

    A column `status` is the operator's word: a line that it doesn't call paid is refused.
    The file is XLSX, XLS, ODS, CSV or text with tabs. Titles and totals around the table are left out.
    Each line is accepted, known (the same as before: nothing changes) or refused with a reason; the member is told by SMS, and
    says whether the money has come. Each line is kept by itself: cut off, the same file again goes on where it stopped.
    Exit 1 when a line was refused.

    Example: jappoo import payments references.csv --dry-run
    """
    from app.coop.act import Act
    from app.coop.payments import files
    from app.coop.payments.operator_references import forecast, take

    try:
        lines = files.read(file)
    except ValueError as fault:
        raise click.ClickException(str(fault)) from fault
    # Written down first, by itself: each line is then committed alone, and
    # a command that is cut leaves its trace all the same.
    with operator_act("import payments", dry_run=dry_run, cooperative=cooperative, lines=len(lines)) as session:
        scope = scope_of(session, cooperative)
    act = Act(0, "file", f"import:{uuid4()}", datetime.now(UTC))
    with open_database() as database:
        bring = forecast if dry_run else take
        done = list(bring(database, act, scope, lines))
    _say(done, dry_run, as_json)
    return 1 if any(row.outcome == "refused" for row in done) else 0


@import_.command()
@sheet_imports.options
def members(**given: Any) -> int:
    """Take the members of a co-operative in from FILE: XLSX, XLS, ODS, CSV or text. jappoo import template members has the columns.

    First comes the forecast: each row is new, changed, known, to be answered, refused or left out, with its reason. Nothing is
    written while a row must be answered or mended. Questions are in FILE.questions.xlsx: answer them there, and give it with
    --answers. The same file again creates nothing; cut off, it goes on.

    Example: jappoo import members registre.xlsx --cooperative CPS1 --dry-run
    """
    return sheet_imports.take("members", **given)


@import_.command()
@sheet_imports.options
def balances(**given: Any) -> int:
    """Take what members own and owe over from FILE, as the co-operative's paper has it.

    Nothing is in the books before the co-operative's officers agree, once for the whole file; no cash comes in. Each member is then
    asked whether it is right. Forecast, questions, --only-good and undo are as for members.

    Example: jappoo import balances soldes.xlsx --cooperative CPS1 --dry-run
    """
    return sheet_imports.take("balances", **given)


@import_.command()
@sheet_imports.options
def prices(**given: Any) -> int:
    """Take prices in from FILE: they count from now on, and one that moves far waits for the officers.

    A product is found by any of its spellings, and never made here. Without --cooperative the prices are the federation's, but
    where a column CPS says another's.

    Example: jappoo import prices tarifs.xlsx --cooperative CPS1 --dry-run
    """
    return sheet_imports.take("prices", **given)


@import_.command()
@sheet_imports.options
def deliveries(**given: Any) -> int:
    """Take deliveries of before in from FILE: they are told and counted, and move no franc.

    None is after the day on which the co-operative's books began here.

    Example: jappoo import deliveries livraisons.xlsx --cooperative CPS1 --dry-run
    """
    return sheet_imports.take("deliveries", **given)


@import_.command()
@click.argument("kind", type=click.Choice(sheet_imports.KINDS))
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to write it; standard output otherwise.")
def template(kind: str, output: Path | None) -> None:
    """Write the empty XLSX of a KIND, to be filled in.

    Example: jappoo template members > membres.xlsx, or jappoo import template members > membres.xlsx
    """
    from app import sheets
    from app.coop.imports.kinds import KINDS

    body = sheets.template(KINDS[kind].columns(datetime.now(UTC).date()))
    if output is not None:
        try:
            sheets.write_body(output, body)
        except sheets.SheetRefused as fault:
            raise click.ClickException(str(fault)) from fault
    elif sys.stdout.isatty():
        raise click.UsageError("a spreadsheet needs --output FILE, or a pipe")
    else:
        sys.stdout.buffer.write(body)


@import_.command()
@click.argument("id", type=int)
def undo(id: int) -> None:  # noqa: A002 - the contract's word
    """Take an import back, by its number, while nothing rests on it: no opened account, no movement, no declaration.

    One that was cut off and gone on with is taken back whole, by any of its numbers: all of it, or nothing.

    Example: jappoo import undo 12
    """
    click.echo(sheet_imports.take_back(id))


def _say(done: list[Any], dry_run: bool, as_json: bool) -> None:
    if as_json:
        click.echo(in_json(done))
        return
    for row in done:
        if row.outcome != "accepted":
            click.echo(f"line {row.line}: {row.reference or '-'} {row.outcome}{f': {row.reason}' if row.reason else ''}")
    counted = Counter(row.outcome for row in done)
    words = ", ".join(f"{counted[outcome]} {outcome}" for outcome in ("accepted", "known", "refused"))
    click.echo(words + ("; nothing was changed" if dry_run else ""))
