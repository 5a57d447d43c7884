"""`jappoo cooperative`: begin a CPS, its products, what it sets."""

from datetime import UTC, datetime
from typing import Any

import click

from app.amounts import francs, number
from app.cli.context import open_database, operator_act, scope_of
from app.cli.outputs import in_json, in_lines

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
    from app.coop import foundation

    with operator_act("cooperative add", code=code, name=name, commune=commune, filiere=filiere, form=form) as session:
        foundation.found(session, code, name, commune=commune, filiere=filiere, form=form, now=datetime.now(UTC))
    click.echo(f"{code.upper()} is there")


@cooperative.command()
@click.argument("code")
@click.argument("name")
@click.option("--unit", help="The usual unit of a new product: kg, caisse, sac.")
@click.option("--divisible/--whole", default=True, help="Whether half of a unit can be declared.")
@click.option("--filiere", help="The trade's code of a new product.")
@click.option("--alias", "aliases", multiple=True, help="Another spelling; may be given several times.")
@click.option("--stop", is_flag=True, help="Take it no more; its slot is never another's.")
@click.option("--dry-run", is_flag=True, help="Say which number it would have, and change nothing.")
def product(
    code: str,
    name: str,
    unit: str | None,
    filiere: str | None,
    aliases: tuple[str, ...],
    *,
    divisible: bool,
    stop: bool,
    dry_run: bool,
) -> None:
    """Give a product its number in a co-operative, for life: look with --dry-run first.

    Example: jappoo cooperative product CPS12 Thiof --unit kg --filiere PECHE --alias tiof
    """
    from app.coop import foundation

    given = {"code": code, "name": name, "unit": unit, "filiere": filiere, "stop": stop}
    with operator_act("cooperative product", dry_run=dry_run, **given) as session:
        if stop:
            foundation.drop_product(session, code, name)
            click.echo(f"{code.upper()} takes no more {name}{'; nothing was changed' if dry_run else ''}")
            return
        slot = foundation.take_product(session, code, name, unit=unit, divisible=divisible, filiere=filiere, aliases=aliases)
    click.echo(f"{slot.slot} {slot.product}, {slot.unit}{'; nothing was changed' if dry_run else ''}")


@cooperative.command(name="set")
@click.argument("code")
@click.argument("setting", type=click.Choice(SETTINGS), required=False)
@click.argument("value", type=int, required=False)
@click.option("--name", help="As members know it, instead of a SETTING.")
@click.option("--commune", help="One of the sixteen of Mbour.")
@click.option("--filiere", help="The trade's code: PECHE, TRANSFO, MARAICHAGE, ELEVAGE.")
@click.option("--form", type=click.Choice(FORMS), help="The legal form.")
def change(code: str, setting: str | None, value: int | None, form: Any, **told: str | None) -> None:
    """Change what a co-operative sets for itself, or what it is, from now on; its officers are told by SMS.

    A loan that another legal form voids, and that nobody handed over yet, is let go: its member and who asked for it are told.
    What is owed already stays owed: see jappoo cooperative show.

    Example: jappoo cooperative set CPS1 payment-threshold 300000, or jappoo cooperative set CPS1 --name "CPS Joal" --form SCOOPS
    """
    from app.coop import foundation

    now, given = datetime.now(UTC), {name: words for name, words in (told | {"form": form}).items() if words is not None}
    if (setting is None or value is None) if not given else setting is not None:
        raise click.UsageError("give SETTING and VALUE, or --name, --commune, --filiere, --form.")
    what = {"setting": setting, "value": value} if setting else given
    gone = None
    with operator_act("cooperative set", code=code, **what) as session:
        if setting is not None and value is not None:
            foundation.change(session, code, setting.replace("-", "_"), value, now=now)
        if given.keys() - {"form"}:
            foundation.describe(session, code, **told, now=now)
        if form:
            gone = foundation.reform(session, code, form, now=now)
    said = [f"{setting} {value}"] if setting else list(given.values())
    click.echo(f"{code.upper()}: {', '.join(said)}" + ("" if gone is None else f", {gone} loans not handed over let go"))


@cooperative.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show_all(*, as_json: bool) -> None:
    """List the co-operatives by code: name, commune, trade, legal form, members with an account and without one yet.

    Example: jappoo cooperative list --json
    """
    from app.coop import foundation

    with open_database() as database, database.read() as reader:
        found = foundation.listed(reader)
    for one in in_lines(found, as_json):
        where = f"{one.commune}, {one.filiere}, {one.legal_form}"
        click.echo(f"{one.code:16} {one.name:30} {where:40} {number(one.active):>9} + {number(one.pending)}")


@cooperative.command()
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show(code: str, *, as_json: bool) -> None:
    """Show a co-operative, what it sets, its products, and what is owed to it that the law wouldn't let it lend today.

    Example: jappoo cooperative show CPS1
    """
    from app.coop import foundation
    from app.coop.till import void_loans

    with open_database() as database, database.read() as reader:
        found, slots = foundation.shown(reader, code)
        owed = void_loans.owed(reader, datetime.now(UTC).date(), scope_of(reader, code))
    if as_json:
        click.echo(in_json(found | {"products": slots, "void_loans": owed}))
        return
    for name, value in found.items():
        click.echo(f"{name.replace('_', '-'):24} {value}")
    for slot in slots:
        click.echo(f"  {slot.slot:3} {slot.product}, {slot.unit}{'' if slot.active else ' (no more)'}")
    for loan in owed:
        click.echo(f"  owed, but void by article {loan.article}: {loan.card} {loan.kind} {francs(loan.amount)}")
