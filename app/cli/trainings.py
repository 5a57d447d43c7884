"""`jappoo training`: trainings, who applied, what the company chose, certificates."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from app.cli.context import act_of_operator, open_database, operator_act, scope_of
from app.cli.outputs import in_json, in_lines
from app.cli.partners import partner_group

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

DAY = click.DateTime(["%Y-%m-%d"])
FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def training() -> None:
    """Look after trainings: their seats, who applied, what the company chose, certificates.

    Example: jappoo training list
    """


training.add_command(partner_group("centre", "training centre"))


@training.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show_all(*, as_json: bool) -> None:
    """List the trainings, soonest first.

    Example: jappoo training list --json
    """
    from app.coop.training.queries import all_trainings

    with open_database() as database, database.read() as reader:
        found = all_trainings(reader)
    for one in in_lines(found, as_json):
        taken = f"{one.free} of {one.seats} free, {one.waiting} wait"
        click.echo(f"{one.id:5} {one.starts_on} {one.state:9} {one.kind:5} {one.title:20} {one.place:16} {taken}")


@training.command()
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show(number: int, *, as_json: bool) -> None:
    """Show a training.

    Example: jappoo training show 1
    """
    from app.coop.training.queries import training_by_id

    with open_database() as database, database.read() as reader:
        found = training_by_id(reader, number)
    if found is None:
        raise click.ClickException(f"there is no training {number}")
    told = msgspec.to_builtins(found)
    for name, value in in_lines(told.items(), as_json, told):
        click.echo(f"{name:16} {value}")


@training.command()
@click.argument("title")
@click.option("--place", required=True, help="Where: 2 to 16 letters.")
@click.option("--starts", type=DAY, required=True, help="The first day, as 2026-12-15.")
@click.option("--ends", type=DAY, help="The last day; the first one without.")
@click.option("--apply-until", type=DAY, help="The last day to apply; the day before the first one without.")
@click.option("--seats", type=int, required=True, help="How many seats.")
@click.option(
    "--kind", type=click.Choice(["short", "pf2e"]), default="short", show_default=True, help="A PF2E course, or a short one."
)
@click.option("--cooperative", help="Whose it is, by code; the federation's without.")
@click.option("--members-only", is_flag=True, help="Only members apply: of that co-operative, or of any.")
@click.option("--min-age", type=int, default=16, show_default=True, help="In years, on the first day.")
@click.option("--max-age", type=int, help="In years, on the first day; 35 for PF2E, else 60.")
@click.option("--level", help="The school level that is asked for: up to 16 letters.")
@click.option("--contract", help="The contract's number, stamped by the labour inspection.")
@click.option("--company-chooses", is_flag=True, help="Who applies has no seat before the company chose.")
@click.option("--centre", type=int, help="The centre under agreement where it is, by number (training centre list).")
@click.option("--company", type=int, help="The company under agreement, by number (job company list).")
@click.option("--one-at-a-time", is_flag=True, help="Nobody is in two such trainings at once.")
def add(title: str, place: str, seats: int, kind: str, cooperative: str | None, **given: Any) -> None:
    """Open a training.

    Example: jappoo training add Soudure --kind pf2e --place Mbour --starts 2026-12-15 --seats 20 --company-chooses
    """
    from datetime import timedelta

    from app.coop.training.seats import NewTraining, TrainingRefused, add_training

    starts: date = given["starts"].date()
    told = NewTraining(
        title=title,
        place=place,
        starts_on=starts,
        ends_on=given["ends"].date() if given["ends"] else starts,
        apply_until=given["apply_until"].date() if given["apply_until"] else starts - timedelta(days=1),
        seats=seats,
        kind=kind,
        audience="members" if given["members_only"] else "all",
        min_age=given["min_age"],
        max_age=given["max_age"] or (35 if kind == "pf2e" else 60),
        level=given["level"],
        contract=given["contract"],
        company_chooses=given["company_chooses"],
        exclusive=given["one_at_a_time"],
        centre_id=given["centre"],
        company_id=given["company"],
    )
    with operator_act("training add", title=title, seats=seats, cooperative=cooperative) as session:
        try:
            row = add_training(session, None, scope_of(session, cooperative).cooperative_id, told, datetime.now(UTC).date())
        except TrainingRefused as refused:
            raise click.ClickException(str(refused)) from None
        click.echo(f"training {row.id}: {row.title}")


@training.command()
@click.argument("number", type=int)
@click.argument("count", type=int)
def seats(number: int, count: int) -> None:
    """Change how many seats there are: more are offered to who waits, fewer turn nobody out.

    Example: jappoo training seats 1 25
    """
    from app.coop.training import seats as rules

    with operator_act("training seats", number=number, seats=count) as session:
        _run(lambda: rules.set_seats(session, None, number, count))
    click.echo(f"training {number}: {count} seats")


@training.command()
@click.argument("number", type=int)
@click.option("--starts", type=DAY, required=True, help="The new first day.")
def move(number: int, starts: datetime) -> None:
    """Put a training on other days; all who applied are told.

    Example: jappoo training move 1 --starts 2026-12-22
    """
    from app.coop.training import seats as rules

    with operator_act("training move", number=number, starts=f"{starts:%Y-%m-%d}") as session:
        _run(lambda: rules.move(session, None, number, starts.date(), datetime.now(UTC).date()))
    click.echo(f"training {number}: {starts:%Y-%m-%d}")


@training.command()
@click.argument("number", type=int)
def cancel(number: int) -> None:
    """Cancel a training; all who applied are told.

    Example: jappoo training cancel 1
    """
    from app.coop.training import seats as rules

    with operator_act("training cancel", number=number) as session:
        _run(lambda: rules.cancel(session, None, number, datetime.now(UTC)))
    click.echo(f"training {number}: cancelled")


@training.command()
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.option(
    "--output", type=FILE, help="The company's list as .xlsx or .csv, without telephone numbers: it writes oui in Choisi."
)
def applicants(number: int, output: Path | None, *, as_json: bool) -> None:
    """List who applied, with names: that the list was taken out is written down.

    Example: jappoo training applicants 1 --output soudure.xlsx
    """
    from app.coop.training.queries import applicants as applicants_of
    from app.coop.training.queries import training_by_id

    with operator_act("training applicants", number=number, file=output is not None) as session:
        if training_by_id(session, number) is None:
            raise click.ClickException(f"there is no training {number}")
        if output is not None:
            _write_list(session, number, output)
            return
        found = applicants_of(session, number)
    for one in in_lines(found, as_json):
        click.echo(
            f"{one.id:7} {one.state:9} {one.rank or '':4} {one.name:40} {one.phone or '':14} {one.born_in or '':4} {one.days} days"
        )


@training.command()
@click.argument("number", type=int)
@click.argument("chosen", type=int, nargs=-1)
@click.option("--file", "path", type=FILE, help="The company's list, with oui in Choisi; instead of the numbers.")
@click.option("--last", is_flag=True, help="The choice is made: all others who applied have no seat, and are told.")
def choose(number: int, chosen: tuple[int, ...], path: Path | None, *, last: bool) -> None:
    """Note whom the company chose, by the numbers of `applicants` or by its file; all of them or none.

    Example: jappoo training choose 3 --file soudure.xlsx --last
    """
    from app.coop.training import choices
    from app.coop.training.presence import choose as note_choice
    from app.sheets import SheetRefused

    if bool(chosen) == bool(path):
        raise click.UsageError("give the numbers, or --file.")
    try:
        named = choices.read_choice(path) if path else list(chosen)
    except SheetRefused as refused:
        raise click.ClickException(str(refused)) from None
    with operator_act("training choose", number=number, chosen=len(named), file=path is not None, last=last) as session:
        new = choices.without_seats(session, number, named) if path else named
        count = _run(lambda: note_choice(session, None, number, new, datetime.now(UTC), last=last))
    click.echo(f"training {number}: {count} chosen")


@training.command()
@click.argument("chosen", type=int, nargs=-1, required=True)
def certify(chosen: tuple[int, ...]) -> None:
    """Give certificates, by the numbers of `applicants`; each hears the number by SMS.

    Example: jappoo training certify 12 15
    """
    from app.coop.training import presence

    with operator_act("training certify", chosen=len(chosen)) as session:
        for one in chosen:
            made = _run(lambda one=one: presence.certify(session, act_of_operator(), one))
            click.echo(f"{one:7} {made.number}")


@training.command()
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def certificate(number: str, *, as_json: bool) -> None:
    """Show what a certificate's number stands for; exit 1 for one that isn't valid.

    Example: jappoo training certificate 123456784
    """
    from app.coop.training.queries import certificate as find

    with open_database() as database, database.read() as reader:
        found = find(reader, number)
    if found is None:
        raise click.ClickException(f"{number} is no valid certificate")
    told = msgspec.to_builtins(found)
    click.echo(in_json(told) if as_json else "  ".join(map(str, told.values())))


def _write_list(session: "Session", number: int, output: Path) -> None:
    from app.coop.training import choices
    from app.sheets import SheetRefused, write_table

    form = output.suffix.removeprefix(".").lower()
    if form not in ("csv", "xlsx"):
        raise click.UsageError("--output wants a name that ends in .xlsx or .csv.")
    rows = choices.list_for_company(session, number)
    try:
        write_table(output, choices.HEADER, rows, form="xlsx" if form == "xlsx" else "csv")
    except SheetRefused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(f"{output}: {len(rows)} applicants")


def _run(do: Any) -> Any:
    """Do it, or end the command with the reason in one line."""
    from app.coop.training import presence, seats
    from app.coop.training.applications import ApplicationNotOpen

    try:
        return do()
    except seats.TrainingGone:
        raise click.ClickException("there is no such training that is on") from None
    except seats.TrainingClosed:
        raise click.ClickException("not now: see the training's days") from None
    except seats.TrainingRefused as refused:
        raise click.ClickException(str(refused)) from None
    except presence.TooManyChosen as many:
        raise click.ClickException(f"there are {max(0, many.args[0])} seats left; nothing is changed") from None
    except ApplicationNotOpen as no:
        raise click.ClickException(f"{no.args[0]}: not in the state that this needs; nothing is changed") from None
