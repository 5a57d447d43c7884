"""`jappoo cooperative`: begin a CPS, its products, what it sets."""

import json
from datetime import UTC, datetime

import click
import msgspec

from app.cli.desk import open_database

FORMS = ("SCOOPS", "COOP-CA", "GIE", "AER")
SETTINGS = ("solidarity-percent", "instalment-percent", "price-threshold-percent", "payment-threshold")


@click.group()
def cooperative() -> None:
    """Begin a co-operative, give it its products, change what it sets for itself.

    Example: jappoo cooperative show CPS1
    """


@cooperative.command()
@click.argument("code")
@click.option("--name", required=True, help="As members know it.")
@click.option("--commune", required=True, help="One of the sixteen of Mbour.")
@click.option("--filiere", required=True, help="The trade's code: PECHE, TRANSFO, MARAICHAGE, ELEVAGE.")
@click.option("--form", type=click.Choice(FORMS), default="AER", show_default=True, help="The legal form.")
def add(code: str, name: str, commune: str, filiere: str, form: str) -> None:
    """Begin a co-operative under CODE, with its accounts. Officers come next: jappoo admin add.

    Example: jappoo cooperative add CPS12 --name "CPS Joal 12" --commune Joal-Fadiouth --filiere PECHE
    """
    from app.coop import founding

    with open_database() as database, database.transaction() as session:
        founding.found(session, code, name, commune=commune, filiere=filiere, form=form, now=datetime.now(UTC))
    click.echo(f"{code.upper()} is there")


@cooperative.command()
@click.argument("code")
@click.argument("name")
@click.option("--unit", help="The usual unit of a new product: kg, caisse, sac.")
@click.option("--divisible/--whole", default=True, help="Whether half of a unit can be declared.")
@click.option("--filiere", help="The trade's code of a new product.")
@click.option("--alias", "aliases", multiple=True, help="Another spelling; may be given several times.")
@click.option("--stop", is_flag=True, help="Take it no more; its slot is never another's.")
def product(
    code: str, name: str, unit: str | None, filiere: str | None, aliases: tuple[str, ...], *, divisible: bool, stop: bool
) -> None:
    """Give a product its number in a co-operative, for life.

    Example: jappoo cooperative product CPS12 Thiof --unit kg --filiere PECHE --alias tiof
    """
    from app.coop import founding

    with open_database() as database, database.transaction() as session:
        if stop:
            founding.drop_product(session, code, name)
            click.echo(f"{code.upper()} takes no more {name}")
            return
        slot = founding.take_product(session, code, name, unit=unit, divisible=divisible, filiere=filiere, aliases=aliases)
    click.echo(f"{slot.slot} {slot.product}, {slot.unit}")


@cooperative.command(name="set")
@click.argument("code")
@click.argument("setting", type=click.Choice(SETTINGS))
@click.argument("value", type=int)
def change(code: str, setting: str, value: int) -> None:
    """Change what a co-operative sets for itself, from now on.

    Example: jappoo cooperative set CPS1 payment-threshold 300000
    """
    from app.coop import founding

    with open_database() as database, database.transaction() as session:
        founding.change(session, code, setting.replace("-", "_"), value)
    click.echo(f"{code.upper()}: {setting} {value}")


@cooperative.command()
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show(code: str, *, as_json: bool) -> None:
    """Show a co-operative, what it sets, and its products.

    Example: jappoo cooperative show CPS1
    """
    from app.coop import founding

    with open_database() as database, database.read() as reader:
        found, slots = founding.shown(reader, code)
    if as_json:
        click.echo(json.dumps(found | {"products": msgspec.to_builtins(slots)}))
        return
    for name, value in found.items():
        click.echo(f"{name.replace('_', '-'):24} {value}")
    for slot in slots:
        click.echo(f"  {slot.slot:3} {slot.product}, {slot.unit}{'' if slot.active else ' (no more)'}")
