"""`jappoo import`: files of others."""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import IO, Any

import click
import msgspec

from app.cli.desk import cooperative_id, operator_act, read_settings


@click.group(name="import")
def import_() -> None:
    """Take files of others in.

    Example: jappoo import payments references.csv --dry-run
    """


@import_.command()
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@click.option("--cooperative", help="The co-operative's code, when a reference is not of one alone.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print each line's outcome as JSON.")
def payments(file: IO[str], cooperative: str | None, *, dry_run: bool, as_json: bool) -> int:
    """Take in the operator's references from FILE (CSV with `reference`, `operator_reference` and perhaps `amount`).

    Each line is accepted, known (the same as before: nothing changes) or refused with a reason; the member is told by SMS, and
    says whether the money has come. Exit 1 when a line was refused.

    Example: jappoo import payments references.csv --dry-run
    """
    from app.coop.approvals.sweeping import Said
    from app.coop.payments import files, telling

    settings, now = read_settings(), datetime.now(UTC)
    said = Said(settings.ussd_code, settings.ussd_cost_text, settings.sms_part_price)
    try:
        lines = list(files.read(file.read()))
    except ValueError as fault:
        raise click.ClickException(str(fault)) from fault
    with operator_act("import payments", dry_run=dry_run, cooperative=cooperative, lines=len(lines)) as session:
        scope = cooperative_id(session, cooperative)
        done = [files.take_in(session, line, row, cooperative_id=scope, now=now) for line, row in lines]
        for row in done:
            if row.outcome == "accepted" and row.payment_id:
                telling.tell_handed_over(session, row.payment_id, said=said, now=now)
    _say(done, dry_run, as_json)
    return 1 if any(row.outcome == "refused" for row in done) else 0


def _say(done: list[Any], dry_run: bool, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([msgspec.to_builtins(row) for row in done]))
        return
    for row in done:
        if row.outcome != "accepted":
            click.echo(f"line {row.line}: {row.reference or '-'} {row.outcome}{f': {row.reason}' if row.reason else ''}")
    counted = Counter(row.outcome for row in done)
    words = ", ".join(f"{counted[outcome]} {outcome}" for outcome in ("accepted", "known", "refused"))
    click.echo(words + ("; nothing was changed" if dry_run else ""))
