"""`jappoo equipment`: what a co-operative has, and lends."""

from datetime import UTC, datetime

import click
import msgspec

from app.amounts import francs
from app.cli.context import act_of_operator, cooperative_id, open_database, operator_act, scope_of
from app.cli.outputs import in_json, in_lines


@click.group()
def equipment() -> None:
    """Look after equipment that members book by half-days.

    Example: jappoo equipment list
    """


@equipment.command(name="list")
@click.option("--cooperative", help="Only this co-operative's, by code.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show_all(cooperative: str | None, *, as_json: bool) -> None:
    """List the equipment.

    Example: jappoo equipment list --cooperative CPS1 --json
    """
    from app.coop.equipment.queries import equipment_of

    with open_database() as database, database.read() as reader:
        found = equipment_of(reader, scope_of(reader, cooperative))
    for one in in_lines(found, as_json):
        money = f"{francs(one.fee)}, deposit {francs(one.deposit)}"
        click.echo(f"{one.id:5} {one.cooperative:8} {one.name:20} {one.place:16} {one.state:7} {money}")


@equipment.command()
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show(number: int, *, as_json: bool) -> None:
    """Show which half-days of a piece of equipment are free, and who has the others, by card.

    Example: jappoo equipment show 1
    """
    from app.coop.equipment.queries import booked_ahead, equipment_of, free_half_days
    from app.coop.scope import FEDERATION

    now = datetime.now(UTC)
    with open_database() as database, database.read() as reader:
        found = next((one for one in equipment_of(reader, FEDERATION) if one.id == number), None)
        if found is None:
            raise click.ClickException(f"there is no equipment {number}")
        free = free_half_days(reader, number, found.horizon, now)
        booked = booked_ahead(reader, number, now.date())
    if as_json:
        told = {"free": free, "booked": [(one.on_day, one.half, one.state, one.card) for one in booked]}
        click.echo(in_json(msgspec.to_builtins(found) | msgspec.to_builtins(told)))
        return
    for one in booked:
        click.echo(f"{one.on_day} {one.half} {one.state:8} {one.card}")
    for day, half in free:
        click.echo(f"{day} {half} free")


@equipment.command()
@click.argument("code")
@click.argument("name")
@click.option("--place", required=True, help="Where it stands: 1 to 16 letters.")
@click.option("--fee", type=click.IntRange(0), default=0, help="XOF a half-day.")
@click.option("--deposit", type=click.IntRange(0), default=0, help="XOF, back on the member's savings when it comes back well.")
@click.option("--horizon", type=click.IntRange(1, 90), default=14, show_default=True, help="How many days ahead it is booked.")
@click.option("--most", type=click.IntRange(1), default=4, show_default=True, help="Half-days that a member may have ahead.")
@click.option("--approval", is_flag=True, help="An officer decides on each half-day.")
def add(code: str, name: str, place: str, fee: int, deposit: int, horizon: int, most: int, *, approval: bool) -> None:
    """Give a co-operative a piece of equipment.

    Example: jappoo equipment add CPS1 Séchoir --place "Quai de Joal" --fee 500
    """
    from app.coop.equipment import custody

    terms = custody.HireTerms(fee, deposit, horizon, most, approval)
    with operator_act("equipment add", code=code, name=name, place=place, fee=fee, deposit=deposit) as session:
        row = custody.add(session, act_of_operator(), cooperative_id(session, code), name, place, terms)
        click.echo(f"equipment {row.id}: {row.name}")


@equipment.command()
@click.argument("number", type=int)
@click.argument("code")
@click.option("--stop", is_flag=True, help="Lend it no more.")
def lend(number: int, code: str, *, stop: bool) -> None:
    """Let another co-operative's members book it too, as its owner has decided.

    Example: jappoo equipment lend 1 CPS2
    """
    from app.coop.equipment import custody

    with operator_act("equipment lend", number=number, code=code, stop=stop) as session:
        custody.lend(session, act_of_operator(), number, cooperative_id(session, code), lent=not stop)
    click.echo(f"equipment {number}: {'no more ' if stop else ''}lent to {code.upper()}")
