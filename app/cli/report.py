"""`jappoo report`: figures with their definitions."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import msgspec

from app.cli.context import open_database, read_settings
from app.cli.outputs import output
from app.cli.sheets import FORMATS, write_rows


@click.group()
def report() -> None:
    """Figures of the co-operatives.

    Example: jappoo report payments
    """


@report.command()
@click.option("--days", type=click.IntRange(1), default=90, show_default=True, help="How far back payments are counted.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="csv", help="What to write.")
@output
def payments(days: int, form: str, output: Path | None) -> None:
    """Write each co-operative's days to payment, from the scales to the member's word that she has the money.

    Columns: cooperative; paid (deliveries), their median and worst days; waiting (credited, not paid) and the oldest's days. They
    have French names in CSV and spreadsheets, these in JSON.

    Example: jappoo report payments --days 30
    """
    from app.coop.payments.delays import HEADS, delays

    now = datetime.now(UTC)
    with open_database(statement_ms=600_000) as database, database.read() as reader:
        found = [msgspec.to_builtins(row) for row in delays(reader, now - timedelta(days=days), now)]
    write_rows(found, tuple(HEADS), form, output, HEADS)


@report.command()
@click.option("--month", help="A month: 2026-11. This one by default.")
@click.option("--from", "first", help="The first day, instead of a month: 2026-11-01.")
@click.option("--to", "last", help="The last day.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="csv", help="What to write.")
@output
def sms(month: str | None, first: str | None, last: str | None, form: str, output: Path | None) -> None:
    """Write what SMS came to, by co-operative and purpose: messages, parts, what became of them, XOF.

    `parts` and XOF are of messages that left, maybe-sent ones too. `xof_estimated` is by our price of a part, `xof_actual` what the
    provider said, for all but the `unknown`; `xof_best` takes the estimate for those. `refused_…` say why one never left.
    Columns have French names in CSV and spreadsheets, these in JSON.

    Example: jappoo report sms --month 2026-11 --format xlsx --output sms.xlsx
    """
    from app.coop.kpi.messages import COLUMNS, HEADS, by_cooperative

    start, end = _days(month, first, last)
    with open_database(statement_ms=600_000) as database, database.read() as reader:
        write_rows(by_cooperative(reader, start, end), COLUMNS, form, output, HEADS)


def _days(month: str | None, first: str | None, last: str | None) -> tuple[datetime, datetime]:
    """Return the instants from which and before which: of a month, or of two days that both count, by members' clock."""
    if month and (first or last):
        raise click.UsageError("a month, or days: not both")
    zone = read_settings().zone
    try:
        if first or last:
            start = datetime.fromisoformat(first) if first else datetime(2020, 1, 1)  # noqa: DTZ001 - given its zone below
            end = (datetime.fromisoformat(last) if last else datetime.now(zone)) + timedelta(days=1)
        else:
            start = datetime.fromisoformat(f"{month or f'{datetime.now(zone):%Y-%m}'}-01")
            end = start + timedelta(days=32)
            end = end.replace(day=1)
    except (ValueError, OverflowError) as fault:
        raise click.UsageError("days are like 2026-11-01, months like 2026-11") from fault
    return start.replace(tzinfo=zone).astimezone(UTC), end.replace(tzinfo=zone).astimezone(UTC)


@report.command()
@click.option("--days", type=click.IntRange(1), default=90, show_default=True, help="How far back.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="csv", help="What to write.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="The file to write, instead of standard output.")
@click.option("--definitions", is_flag=True, help="Print what each figure means, and nothing else.")
def kpi(days: int, form: str, output: Path | None, *, definitions: bool) -> None:
    """Write each co-operative's figures of the four boutiques, from ideas to what producers got of the price.

    Example: jappoo report kpi --days 365
    """
    from app.coop.chain.figures import DEFINITIONS, Figures, figures

    if definitions:
        for name, words in DEFINITIONS.items():
            click.echo(f"{name:14} {words}")
        return
    now = datetime.now(UTC)
    with open_database(statement_ms=600_000) as database, database.read() as reader:
        found = [msgspec.structs.astuple(row) for row in figures(reader, now - timedelta(days=days), now)]
    columns = [field.encode_name for field in msgspec.structs.fields(Figures)]
    write_rows([dict(zip(columns, row, strict=True)) for row in found], columns, form, output)
