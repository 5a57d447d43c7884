"""`jappoo report`: figures with their definitions."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from app.cli.context import cooperative_id, open_database, operator_act, read_settings
from app.cli.outputs import output
from app.cli.sheets import FORMATS, write_rows

if TYPE_CHECKING:
    from app.coop.kpi.cells import Month
    from app.db.database import Database


@click.group()
def report() -> None:
    """Figures of the co-operatives.

    Example: jappoo report payments
    """


@report.command()
@click.option("--days", type=click.IntRange(1, 36_500), default=90, show_default=True, help="How far back payments are counted.")
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
    days = first is not None or last is not None
    if month is not None and days:
        raise click.UsageError("a month, or days: not both")
    zone = read_settings().zone
    try:
        if days:
            start = datetime.fromisoformat(first) if first is not None else datetime(2020, 1, 1)  # noqa: DTZ001 - given its zone below
            end = (datetime.fromisoformat(last) if last is not None else datetime.now(zone)) + timedelta(days=1)
        else:
            wanted = f"{datetime.now(zone):%Y-%m}" if month is None else month
            start = datetime.fromisoformat(f"{wanted}-01")
            end = start + timedelta(days=32)
            end = end.replace(day=1)
    except (ValueError, OverflowError) as fault:
        raise click.UsageError("days are like 2026-11-01, months like 2026-11") from fault
    if start >= end:
        raise click.UsageError("the last day is before the first.")
    return start.replace(tzinfo=zone).astimezone(UTC), end.replace(tzinfo=zone).astimezone(UTC)


@report.command()
@click.option("--month", help="A month: 2026-10. The last one that may be published by default.")
@click.option("--cooperative", help="Of one co-operative, by its code.")
@click.option("--commune", help="Of the co-operatives of a commune.")
@click.option("--filiere", help="Of the co-operatives of a filière, by its code: PECHE.")
@click.option("--each", is_flag=True, help="Of each co-operative, one after the other.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="csv", help="What to write.")
@output
@click.option("--definitions", is_flag=True, help="Print what each figure means, and nothing else.")
def kpi(
    *,
    month: str | None,
    cooperative: str | None,
    commune: str | None,
    filiere: str | None,
    each: bool,
    form: str,
    output: Path | None,
    definitions: bool,
) -> None:
    """Write a month's figures as they are published: co-operatives, members, work, economy, SMS, boutiques, trainings.

    What few persons are behind is hidden; numbers of persons of a commune or a filière are rounded (docs/figures.md). A month that
    wasn't published yet is published by this. Columns have French names in CSV and spreadsheets.

    Example: jappoo report kpi --month 2026-10 --commune Mbour --format xlsx --output mbour.xlsx
    """
    from sqlalchemy import select

    from app.coop.cooperatives.models import Filiere
    from app.coop.kpi import queries, sheets
    from app.coop.kpi.definitions import FIGURES
    from app.coop.kpi.queries import Place

    if definitions:
        for figure in FIGURES:
            click.echo(
                f"{figure.name:14} {figure.unit:12} {figure.numerator}{' / ' * bool(figure.denominator)}{figure.denominator}"
            )
        return
    place = Place((cooperative or "").strip().upper(), commune or "", (filiere or "").strip().upper())
    if bool(cooperative) + bool(commune or filiere) + each > 1:
        raise click.UsageError("one co-operative, a commune and a filière, or each: not both")
    with open_database(statement_ms=600_000, acts=False) as database:
        if cooperative is not None:
            with database.session() as session:
                cooperative_id(session, cooperative)
        # Before the month is published: a slip in a name publishes nothing.
        with database.read() as reader:
            if commune is not None and commune not in queries.communes(reader):
                raise click.ClickException(f"no commune is called {commune}")
            if filiere is not None and reader.scalar(select(Filiere.id).where(Filiere.code == place.filiere)) is None:
                raise click.ClickException(f"no filière has the code {filiere}")
        wanted = _publish_month(database, month)
        with database.read() as reader:
            [found] = [one for one in queries.months(reader, most=10_000) if one.month.first == wanted.first]
            some = [Place(code) for code, *_ in queries.places(reader, found)] if each else [place]
            rows = [row for one in some for row in sheets.rows(found, one, queries.told(reader, found, one))]
    if not rows:
        raise click.ClickException("no co-operative is there in that month")
    write_rows(rows, sheets.COLUMNS, form, output, sheets.HEADS)


def _publish_month(database: "Database", month: str | None) -> "Month":
    """Publish a month that isn't yet; return it."""
    from app.coop.kpi import months
    from app.coop.kpi.cells import Month

    now = datetime.now(UTC)
    try:
        wanted = Month(datetime.strptime(f"{month}-01", "%Y-%m-%d").date()) if month is not None else months.last_month(now)  # noqa: DTZ007
    except ValueError as fault:
        raise click.UsageError("months are like 2026-11") from fault
    try:
        _go_on(database, wanted)
    except OverflowError as fault:  # December 9999 has no next month
        raise click.UsageError("months are like 2026-11") from fault
    except months.MonthNotOver as fault:
        raise click.ClickException(f"the figures of {wanted} can be published from {fault} on") from fault
    except months.MonthEmpty as fault:
        raise click.ClickException(f"no co-operative was there in {fault}") from fault
    return wanted


def _go_on(database: "Database", month: "Month") -> None:
    """Publish a month, or the correction that is under way, step by step to its end."""
    from app.coop.kpi import months

    more = True
    while more:
        with database.transaction() as session:
            more = months.publish_next(session, month, datetime.now(UTC))


@report.command()
@click.argument("month")
@click.option("--reason", required=True, help="What is corrected, in a few words; it stays with the revision.")
def revise(month: str, reason: str) -> None:
    """Publish a month anew, as another revision; the one before stays.

    Example: jappoo report revise 2026-10 --reason "livraisons de Joal entrées en retard"
    """
    from app.coop.kpi import months

    if not reason.strip():
        raise click.UsageError("say in --reason what is corrected.")
    with open_database(statement_ms=600_000) as database:
        wanted = _publish_month(database, month)
    try:
        with operator_act("report revise", month=str(wanted)) as session:
            revision = months.begin(session, wanted, datetime.now(UTC), reason[:80]).revision
    except months.MonthNotPublished as fault:
        raise click.ClickException(f"a correction of {fault} is under way") from fault
    with open_database(statement_ms=600_000) as database:
        _go_on(database, wanted)
    click.echo(f"published {wanted}, revision {revision}")


@report.command(name="definitions")
def write_definitions() -> None:
    """Write docs/figures.md, what each figure means, to standard output.

    Example: jappoo report definitions > docs/figures.md
    """
    from app.coop.kpi.definitions import page

    click.echo(page(), nl=False)
