"""`jappoo technique`: how things are made."""

import click

from app.cli.context import open_database, operator_act
from app.cli.outputs import in_json, in_lines


@click.group()
def technique() -> None:
    """Look after techniques and their how-to.

    Example: jappoo technique list
    """


@technique.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show_all(*, as_json: bool) -> None:
    """List the techniques, with their usual yields.

    Example: jappoo technique list --json
    """
    from app.coop.techniques.queries import techniques

    with open_database() as database, database.read() as reader:
        found = techniques(reader)
    for one in in_lines(found, as_json):
        usual = f"{one.yield_low}-{one.yield_high} %" if one.yield_low else ""
        click.echo(f"{one.id:5} {one.filiere:12} {one.name:20} {usual}")


@technique.command()
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show(number: int, *, as_json: bool) -> None:
    """Show a technique's how-to.

    Example: jappoo technique show 1
    """
    from app.coop.techniques.models import Technique
    from app.coop.techniques.queries import techniques

    with open_database() as database, database.read() as reader:
        found = techniques(reader, Technique.id == number)
    if not found:
        raise click.ClickException(f"there is no technique {number}")
    click.echo(in_json(found[0]) if as_json else f"{found[0].name}\n{found[0].steps}")


@technique.command()
@click.argument("name")
@click.argument("steps")
@click.option("--filiere", required=True, help="The trade's code.")
@click.option(
    "--yield", "usual", type=(click.IntRange(1, 100), click.IntRange(1, 100)), help="Its usual yield, per cent: from, to."
)
def add(name: str, steps: str, filiere: str, usual: tuple[int, int] | None) -> None:
    """Write a technique down, as members read it.

    Example: jappoo technique add "Séchage du yeet" "Laver. Fendre. Saler. Sécher 4 jours." --filiere TRANSFO --yield 30 45
    """
    from sqlalchemy import select

    from app.coop.cooperatives.models import Filiere
    from app.coop.techniques.services import add_technique

    with operator_act("technique add", name=name, filiere=filiere) as session:
        trade = session.scalar(select(Filiere.id).where(Filiere.code == filiere.upper()))
        if trade is None:
            raise click.ClickException(f"no filière is called {filiere}")
        row = add_technique(session, name, steps, trade, usual)
        click.echo(f"technique {row.id}: {row.name}")
