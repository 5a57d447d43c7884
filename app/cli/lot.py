"""`jappoo lot`: lots, from deliveries and goods that are bought to what is sold."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from app.cli import lot_work
from app.cli.context import act_of_operator, cooperative_id, open_database, operator_act, scope_of
from app.cli.lot_work import read_lot
from app.cli.outputs import in_json, in_lines, written

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from app.coop.chain.family import Family


@click.group()
def lot() -> None:
    """Look after lots: made of deliveries, transformed, split, merged, moved, counted.

    Example: jappoo lot list
    """


@lot.command(name="list")
@click.option("--cooperative", help="Only this co-operative's, by code.")
@click.option("--all", "every", is_flag=True, help="Those that are used up, too.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show_all(cooperative: str | None, *, every: bool, as_json: bool) -> None:
    """List the lots, newest first: code, product, what is left, place.

    Example: jappoo lot list --cooperative CPS1 --json
    """
    from app.coop.lots import queries
    from app.coop.lots.models import Lot

    with open_database() as database, database.read() as reader:
        scope = scope_of(reader, cooperative)
        reach = scope.reach(Lot.cooperative_id)
        found = queries.lots(reader, reach, most=None) if every else queries.stock(reader, scope, most=None)
    for one in in_lines(found, as_json):
        mass = "" if one.grams is None else f"{Decimal(one.grams) / 1000} kg"
        click.echo(f"{one.code} {one.cooperative:8} {one.product:20} {one.units} {one.unit} {mass:>10} {one.place:16} {one.made}")


@lot.command()
@click.argument("code")
@click.option("--forward", is_flag=True, help="Buyers and members to tell, with their numbers.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show(code: str, *, forward: bool, as_json: bool) -> None:
    """Show a lot's way back to its deliveries and on to its sales, and what each link earned; private lots too.

    Example: jappoo lot show L123456782 --forward
    """
    from app.coop.chain.earnings import earned, kilos
    from app.coop.chain.recall import concerned

    with open_database() as database, database.read() as reader:
        family = _family(reader, code)
        told = {"lot": family.target, "links": list(family.links.values()), "earned": earned(family), "kilos": kilos(family)}
        people = concerned(reader, family) if forward else []
    if as_json:
        more = {"concerned": msgspec.to_builtins(people)} if forward else {}
        click.echo(in_json(msgspec.to_builtins(told, str_keys=True) | more))
        return
    for link in family.links.values():
        size = f"{link.made_units} {link.unit}"
        click.echo(
            f"{link.code} {link.at:%Y-%m-%d} {link.kind:9} {size:>14} {link.product:20} {link.technique or link.source or ''}"
        )
    for name, value in msgspec.structs.asdict(earned(family)).items():
        click.echo(f"{name:14} {value}")
    for one in people:
        click.echo(f"{one.kind:9} {one.to or 'no number':14} {one.who} ({one.lot})")


@lot.command()
@click.argument("code")
@click.argument("words")
@click.option("--dry-run", is_flag=True, help="Say how many, send nothing.")
def recall(code: str, words: str, *, dry_run: bool) -> None:
    """Tell buyers and members of a lot and of all that was made of it that something is wrong: an urgent SMS each.

    Example: jappoo lot recall L123456782 "Ne mangez pas ce lot. Rapportez-le a la boutique."
    """
    from app.coop.chain import recall as recalls

    with open_database() as database, database.read() as reader:
        family = _family(reader, code)
    with operator_act("lot recall", dry_run=dry_run, code=code) as session:
        number = recalls.recall(session, act_of_operator(), family, words)
    click.echo(f"{number} numbers {'would be ' if dry_run else ''}told")


@lot.command()
@click.argument("code")
@click.option(
    "--out", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A .pdf or .svg file; else SVG is printed."
)
@click.option("--count", type=click.IntRange(1, 500), default=10, show_default=True, help="How many a PDF has; ten fill a page.")
@click.option("--private/--public", default=None, help="Whether its page is shown, from now on.")
def label(code: str, out: Path | None, count: int, *, private: bool | None) -> None:
    """Write a lot's label to print: product, code, best before, and the QR code of its page where PUBLIC_URL is set.

    Example: jappoo lot label L123456782 --out etiquettes.pdf --count 40
    """
    from app.coop.lots import queries
    from app.coop.lots.models import Lot
    from app.documents import lot_label
    from app.paper import labels

    known = read_lot(code)
    if private is not None:
        from sqlalchemy import update

        with operator_act("lot label", dry_run=False, code=known, private=private) as session:
            session.execute(update(Lot).where(Lot.code == known).values(public=not private))
    with open_database() as database, database.read() as reader:
        found = queries.lots(reader, Lot.code == known)
    if not found:
        raise click.ClickException("no such lot")
    drawn = lot_label(found[0], database.service.page_of(known))
    if out is None:
        click.echo(labels.draw_svg(drawn))
        return
    pdf = out.suffix.lower() == ".pdf"
    with written(out, "a label") as write:
        write(labels.draw_sheet(drawn, count, datetime.now(UTC)) if pdf else labels.draw_svg(drawn).encode())
    click.echo(f"{out}: {known}")


@lot.command()
@click.argument("cooperative")
@click.option("--stop", is_flag=True, help="Tell them again.")
def quiet(cooperative: str, *, stop: bool) -> None:
    """Don't tell a co-operative's producers by SMS what became of their lots.

    Example: jappoo lot quiet CPS1
    """
    from sqlalchemy import delete

    from app.coop.chain.models import QuietChain

    with operator_act("lot quiet", dry_run=False, cooperative=cooperative, stop=stop) as session:
        of = cooperative_id(session, cooperative)
        session.execute(delete(QuietChain).where(QuietChain.cooperative_id == of))
        if not stop:
            session.add(QuietChain(cooperative_id=of))
    click.echo(f"{cooperative.upper()}: producers are {'' if stop else 'not '}told")


def _family(reader: "Connection", code: str) -> "Family":
    from app.coop.chain.family import family_of

    found = family_of(reader, read_lot(code))
    if found is None:
        raise click.ClickException("no such lot")
    return found


for _command in lot_work.COMMANDS:
    lot.add_command(_command)
