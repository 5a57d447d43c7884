"""`jappoo offer`: the boutique témoin."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import click

from app.amounts import francs
from app.cli.context import act_of_operator, open_database, operator_act, scope_of
from app.cli.outputs import in_json, in_lines

if TYPE_CHECKING:
    from app.coop.boutiques.queries import ShownOrder


@click.group()
def offer() -> None:
    """Look after the boutique témoin: what is for sale, what is ordered, what is owed on invoices.

    Example: jappoo offer list
    """


@offer.command(name="list")
@click.option("--cooperative", help="Only this co-operative's, by code.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show_all(cooperative: str | None, *, as_json: bool) -> None:
    """List what is for sale.

    Example: jappoo offer list --json
    """
    from app.coop.boutiques.models import Offer
    from app.coop.boutiques.queries import for_sale

    with open_database() as database, database.read() as reader:
        scope = scope_of(reader, cooperative)
        found = for_sale(reader, datetime.now(UTC), scope.reach(Offer.cooperative_id))
    for one in in_lines(found, as_json):
        click.echo(f"{one.id:5} {one.name:20} {one.amount} F, {one.quantity} {one.unit} left, {one.place} {one.lot or ''}")


@offer.command()
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show(number: int, *, as_json: bool) -> None:
    """Show an offer and its newest orders.

    Example: jappoo offer show 1
    """
    from sqlalchemy import select

    from app.coop.boutiques.models import Offer, Order
    from app.coop.boutiques.queries import for_sale, orders

    with open_database() as database, database.read() as reader:
        found = for_sale(reader, datetime.now(UTC), Offer.id == number)
        ordered = orders(reader, Order.offer_id == number)
        if reader.scalar(select(Offer.id).where(Offer.id == number)) is None:
            raise click.ClickException(f"there is no offer {number}")
    if as_json:
        click.echo(in_json({"offer": found, "orders": ordered}))
        return
    for one in found:
        click.echo(f"{one.name}: {one.amount} F a {one.unit}, {one.quantity} left at {one.place}")
    _say(ordered)


@offer.command()
@click.argument("code")
@click.argument("quantity", type=click.IntRange(1))
@click.argument("price", type=click.IntRange(1))
@click.option("--name", help="Another name than the product's: up to 20 letters.")
@click.option("--place", help="Another place than the lot's: up to 16 letters.")
def add(code: str, quantity: int, price: int, name: str | None, place: str | None) -> None:
    """Put a quantity of a lot up for sale, at PRICE XOF a unit, until its best-before day.

    Example: jappoo offer add L123456782 40 1500 --name "Keccax en sachet"
    """
    from app.coop.boutiques.offers import Put, put_up
    from app.coop.lots.codes import read_code
    from app.coop.lots.stock import LotGone, LotShort

    known = read_code(code)
    if known is None:
        raise click.ClickException(f"{code} is no lot's code")
    try:
        with operator_act("offer add", code=known, quantity=quantity, price=price) as session:
            row = put_up(session, act_of_operator(), Put(known, Decimal(quantity), price, name, place))
            click.echo(f"offer {row.id}: {row.name}, {francs(row.amount)}")
    except LotGone as gone:
        raise click.ClickException("no such lot") from gone
    except LotShort as short:
        raise click.ClickException(f"only {short.left} are free in that lot") from short


@offer.command()
@click.argument("number", type=int)
@click.argument("amount", type=click.IntRange(1))
def price(number: int, amount: int) -> None:
    """Change an offer's price for orders from now on, in XOF a unit.

    Example: jappoo offer price 1 1200
    """
    from app.coop.boutiques.offers import OfferGone, change_price

    try:
        with operator_act("offer price", number=number, amount=amount) as session:
            change_price(session, act_of_operator(), number, amount)
    except OfferGone as gone:
        raise click.ClickException(f"offer {number} is over, or never was") from gone
    click.echo(f"offer {number}: {francs(amount)}")


@offer.command()
@click.argument("number", type=int)
def end(number: int) -> None:
    """Take what is left of an offer down; orders stay.

    Example: jappoo offer end 1
    """
    from app.coop.boutiques.offers import OfferGone, take_down

    try:
        with operator_act("offer end", number=number) as session:
            left = take_down(session, act_of_operator(), number)
    except OfferGone as gone:
        raise click.ClickException(f"there is no offer {number}") from gone
    click.echo(f"offer {number}: {left} are the lot's own again")


@offer.command()
@click.option("--cooperative", help="Only this co-operative's, by code.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def due(cooperative: str | None, *, as_json: bool) -> None:
    """List the invoices that public buyers haven't paid.

    Example: jappoo offer due --cooperative CPS1
    """
    from app.coop.boutiques.queries import invoices_due

    with open_database() as database, database.read() as reader:
        found = invoices_due(reader, scope_of(reader, cooperative))
    for one in in_lines(found, as_json):
        click.echo(f"{one.invoice} {one.cooperative} {one.due_on} {one.amount} F {one.buyer}")


def _say(ordered: "list[ShownOrder]") -> None:
    for one in ordered:
        click.echo(f"  {one.at:%Y-%m-%d} {one.state:9} {one.quantity} {one.unit} {one.amount} F {one.invoice or one.code}")
