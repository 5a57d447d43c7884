"""`jappoo job`: jobs of CARE's companies."""

from datetime import UTC, datetime

import click
import msgspec

from app.cli.context import open_database, operator_act
from app.cli.outputs import in_lines
from app.cli.partners import partner_group


@click.group()
def job() -> None:
    """Look after jobs of companies, and who is interested.

    Example: jappoo job list
    """


job.add_command(partner_group("company", "job company"))


@job.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show_all(*, as_json: bool) -> None:
    """List the jobs, the soonest to end first.

    Example: jappoo job list --json
    """
    from app.coop.jobs.queries import jobs

    with open_database() as database, database.read() as reader:
        found = jobs(reader, most=None)
    for one in in_lines(found, as_json):
        click.echo(
            f"{one.id:5} {one.until} {one.state:7} {one.trade:20} {one.place:16} {one.company:20} {one.interested} interested"
        )


@job.command()
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show(number: int, *, as_json: bool) -> None:
    """Show a job.

    Example: jappoo job show 1
    """
    from app.coop.jobs.models import Job
    from app.coop.jobs.queries import jobs

    with open_database() as database, database.read() as reader:
        found = jobs(reader, Job.id == number)
    if not found:
        raise click.ClickException(f"there is no job {number}")
    told = msgspec.to_builtins(found[0])
    for name, value in in_lines(told.items(), as_json, told):
        click.echo(f"{name:10} {value}")


@job.command()
@click.argument("trade")
@click.option("--company", required=True, help="Whose it is: a company under agreement (job company list), or 2 to 20 letters.")
@click.option("--place", required=True, help="Where: 2 to 16 letters.")
@click.option("--places", type=int, default=1, show_default=True, help="For how many.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The last day to be interested.")
@click.option("--filiere", help="The filière whose members are told of it, as PECHE; all without.")
@click.option("--commune", help="The commune whose members are told of it; all without.")
def add(trade: str, company: str, place: str, places: int, until: datetime, filiere: str | None, commune: str | None) -> None:
    """Open a job. An officer tells of it on Bureau 12, 3, with estimate and budget: to whoever agreed to hear of jobs.

    Example: jappoo job add Soudeur --company "Chantier naval" --place Mbour --until 2026-12-31
    """
    from app.coop.jobs.queries import MeantNowhere, meant
    from app.coop.jobs.services import JobRefused, NewJob, add_job

    today = datetime.now(UTC).date()
    with operator_act("job add", trade=trade, company=company, places=places) as session:
        try:
            told = NewJob(company, trade, place, places, until.date(), *meant(session, today, company, filiere, commune))
            row = add_job(session, told, today)
        except (JobRefused, MeantNowhere) as refused:
            raise click.ClickException(str(refused)) from None
        click.echo(f"job {row.id}: {row.trade}")
    click.echo("to tell of it: Bureau 12, 3, 1, then 2")


@job.command()
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def candidates(number: int, *, as_json: bool) -> None:
    """List who is interested, for the company: numbers of those who agreed; that the list was taken out is written down.

    Example: jappoo job candidates 1 --json
    """
    from app.coop.jobs.models import Job
    from app.coop.jobs.queries import candidates as candidates_of

    with operator_act("job candidates", number=number) as session:
        if session.get(Job, number) is None:
            raise click.ClickException(f"there is no job {number}")
        found = candidates_of(session, number)
    for one in in_lines(found, as_json):
        click.echo(f"{one.name:40} {one.phone or ''}")


@job.command()
@click.argument("number", type=int)
@click.option("--filled", is_flag=True, help="Somebody has it; without, the offer is taken back.")
def close(number: int, *, filled: bool) -> None:
    """Close a job; all who are interested are told.

    Example: jappoo job close 1 --filled
    """
    from app.coop.jobs.services import JobClosed, end

    with operator_act("job close", number=number, filled=filled) as session:
        try:
            told = end(session, number, "filled" if filled else "closed")
        except JobClosed:
            raise click.ClickException(f"there is no open job {number}") from None
    click.echo(f"job {number}: {told} will be told")
