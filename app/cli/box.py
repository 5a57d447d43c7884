"""`jappoo box`: the cash that lies in a co-operative's box."""

from typing import TYPE_CHECKING

import click
import msgspec

from app.cli.context import act_of_operator, cooperative_id, open_database, operator_act
from app.cli.outputs import in_json

if TYPE_CHECKING:
    from app.coop.handover.box import Box

SOURCES = ("sale", "bank", "count")


@click.group()
def box() -> None:
    """Look into a co-operative's box, and note cash that comes and goes.

    Example: jappoo box show CPS1
    """


@box.command()
@click.argument("cooperative")
@click.option("--json", "as_json", is_flag=True, help="Print the box as JSON.")
def show(cooperative: str, *, as_json: bool) -> None:
    """Say what lies in the box of a COOPERATIVE, what of it officers have promised, and what is free, in XOF.

    Example: jappoo box show CPS1
    """
    from app.coop.handover.box import box_of

    with open_database() as database, database.read() as reader:
        found = box_of(reader, cooperative_id(reader, cooperative))
    if as_json:
        click.echo(in_json(msgspec.to_builtins(found) | {"there": found.there, "free": found.free}))
        return
    click.echo(_words(cooperative, found))


@box.command()
@click.argument("cooperative")
@click.argument("amount", type=click.IntRange(1))
@click.option("--source", type=click.Choice(SOURCES), required=True, help="Goods sold, the bank, or a first count of the box.")
@click.option("--out", is_flag=True, help="Cash that went there instead, or a slip that is mended.")
def note(cooperative: str, amount: int, source: str, *, out: bool) -> None:
    """Note AMOUNT XOF of cash that came into the box of a COOPERATIVE; never below what the box must still pay.

    Example: jappoo box note CPS1 250000 --source count
    """
    from app.coop.handover.box import BoxShort, box_of, put_in

    try:
        with operator_act("box note", cooperative=cooperative, amount=amount, source=source, out=out) as session:
            scope = cooperative_id(session, cooperative)
            put_in(session, act_of_operator(), scope, source, amount, out=out)
            found = box_of(session, scope)
    except BoxShort as short:
        raise click.ClickException(f"only {short.free} F may leave this box") from short
    except ValueError:
        raise click.ClickException(f"{amount} F can't be moved at once") from None
    click.echo(_words(cooperative, found))


def _words(code: str, found: "Box") -> str:
    return f"{code.upper()}: {found.there} F in the box, {found.promised} F promised, {found.free} F free"
