"""`jappoo lot collect`, `run`, `split` …: what is done with lots."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import click

from app.cli.context import act_of_operator, cooperative_id, operator_act

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.coop.act import Act
    from app.coop.lots.models import Lot


class Units(click.ParamType[Decimal]):
    """A quantity, `12,5` or `12.5`."""

    name = "quantity"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """Read it; anything else is wrong use."""
        try:
            found = Decimal(str(value).replace(",", "."))
            good = found.is_finite() and found >= 0 and found == found.quantize(Decimal("0.001"))
        except InvalidOperation:
            good = False
        if not good:
            self.fail(f"{value} is no quantity", param, ctx)
        return found


QUANTITY = Units()


@click.command()
@click.argument("cooperative")
@click.argument("product")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The day of the deliveries; today when not given.")
def collect(cooperative: str, product: str, day: datetime | None) -> None:
    """Make a lot of a day's credited deliveries of a product.

    Example: jappoo lot collect CPS1 Yeet --day 2026-11-24
    """
    from app.coop.lots import runs

    with _acting("collect", cooperative=cooperative, product=product) as (session, act):
        of = _product(session, product)
        on = day.date() if day else act.today
        _say(runs.collect(session, act, cooperative_id(session, cooperative), of, on))


@click.command()
@click.argument("cooperative")
@click.argument("product")
@click.argument("quantity", type=QUANTITY)
@click.option("--unit", help="Another unit than the product's.")
@click.option("--source", required=True, help="Where it comes from: up to 40 letters.")
@click.option("--cost", type=click.IntRange(0), default=0, help="XOF in all.")
def buy(cooperative: str, product: str, quantity: Decimal, unit: str | None, source: str, cost: int) -> None:
    """Note goods that were bought, such as salt or jars, as a lot with its own source.

    Example: jappoo lot buy CPS1 Sel 50 --source "Salins de Palmarin" --cost 7500
    """
    from app.coop.lots import purchases, stock
    from app.coop.products.models import Product

    with _acting("buy", cooperative=cooperative, product=product, quantity=str(quantity), cost=cost) as (session, act):
        of = _product(session, product)
        counted = unit or session.get_one(Product, of).unit
        new = stock.NewLot(of, counted, quantity, stock.mass(session, of, counted, quantity), source=source[:40])
        _say(purchases.buy(session, act, cooperative_id(session, cooperative), new, cost))


@click.command()
@click.argument("technique", type=int)
@click.option("--in", "inputs", type=(str, QUANTITY), multiple=True, required=True, help="A lot's code and how much goes in.")
@click.option("--out", "outputs", type=(str, QUANTITY), multiple=True, required=True, help="A product and how much comes out.")
@click.option("--unit", help="The unit that comes out, where it isn't the product's own.")
@click.option("--best-before", type=click.DateTime(["%Y-%m-%d"]), help="Of what comes out.")
@click.option("--minutes", type=click.IntRange(1), help="How long it took.")
@click.option("--workers", type=click.IntRange(1), help="How many worked.")
@click.option("--cost", type=click.IntRange(0), default=0, help="XOF for wood, gas, work.")
@click.option("--sure", is_flag=True, help="The yield is right, though beside what is usual.")
def run(technique: int, inputs: Any, outputs: Any, **more: Any) -> None:
    """Transform lots by a technique into others; the loss is read back as the difference.

    Example: jappoo lot run 2 --in L123456782 100 --out Keccax 38 --sure
    """
    from app.coop.lots import runs

    best = more["best_before"]
    with _acting("run", technique=technique, inputs=" ".join(code for code, _ in inputs)) as (session, act):
        made = [runs.Output(_product(session, name), units, more["unit"], best.date() if best else None) for name, units in outputs]
        work = runs.Work(more["minutes"], more["workers"], more["cost"])
        taken = [(read_lot(code), units) for code, units in inputs]
        try:
            lots, loss = runs.run(session, act, technique, taken, made, work, sure=more["sure"])
        except runs.UnusualYield as rare:
            words = f"a yield of {rare.percent} % is beside {rare.low}-{rare.high} %; if it is right: --sure"
            raise click.ClickException(words) from rare
        for one in lots:
            _say(one)
        if any(one.grams is not None for one in lots):
            click.echo(f"loss {Decimal(loss) / 1000} kg")


@click.command()
@click.argument("code")
@click.option("--minutes", type=click.IntRange(1), required=True, help="How long each worked.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="How many worked.")
@click.option("--cost", type=click.IntRange(0), default=0, show_default=True, help="XOF for wood, gas, work.")
def work(code: str, minutes: int, workers: int, cost: int) -> None:
    """Note the work on the run that made a lot, after it, once.

    Example: jappoo lot work L123456782 --minutes 180 --workers 4 --cost 6000
    """
    from app.coop.lots import runs

    with _acting("work", code=code, minutes=minutes, workers=workers, cost=cost) as (session, act):
        runs.note_work(session, act, read_lot(code), runs.Work(minutes, workers, cost))
    click.echo(f"{code.upper()}: {workers} worked {minutes} minutes, {cost} F")


@click.command()
@click.argument("code")
@click.argument("days", type=click.IntRange(1))
def keep(code: str, days: int) -> None:
    """Set a lot's best-before day, so many days after it was made; nothing of it may be on offer.

    Example: jappoo lot keep L123456782 180
    """
    from app.coop.lots import stock

    with _acting("keep", code=code, days=days) as (session, act):
        click.echo(f"{code.upper()}: best before {stock.keep_until(session, act, read_lot(code), days)}")


@click.command()
@click.argument("code")
@click.argument("quantity", type=QUANTITY)
@click.option("--place", help="Where the new lot is.")
def split(code: str, quantity: Decimal, place: str | None) -> None:
    """Make a lot of its own of a part of one.

    Example: jappoo lot split L123456782 40
    """
    from app.coop.lots import stock

    with _acting("split", code=code, quantity=str(quantity)) as (session, act):
        _say(stock.split(session, act, read_lot(code), quantity, place))


@click.command()
@click.argument("codes", nargs=-1, required=True)
def merge(codes: tuple[str, ...]) -> None:
    """Make one lot of several of one product and unit.

    Example: jappoo lot merge L123456782 L223456783
    """
    from app.coop.lots import stock

    with _acting("merge", codes=" ".join(codes)) as (session, act):
        _say(stock.merge(session, act, [read_lot(code) for code in codes]))


@click.command()
@click.argument("code")
@click.argument("place")
def move(code: str, place: str) -> None:
    """Move a lot to another place.

    Example: jappoo lot move L123456782 "Boutique Saly"
    """
    from app.coop.lots import stock

    with _acting("move", code=code, place=place) as (session, act):
        _say(stock.move(session, act, read_lot(code), place))


@click.command()
@click.argument("code")
@click.argument("quantity", type=QUANTITY)
@click.option("--reason", default="compté", help="Up to 20 letters.")
def count(code: str, quantity: Decimal, reason: str) -> None:
    """Note what was counted of a lot, with the reason of a difference.

    Example: jappoo lot count L123456782 37,5
    """
    from app.coop.chain import write_offs

    with _acting("count", code=code, quantity=str(quantity)) as (session, act):
        click.echo(f"difference {write_offs.count(session, act, read_lot(code), quantity, reason[:20])}")


@click.command()
@click.argument("code")
def expire(code: str) -> None:
    """Note that what is left of a lot is too old and thrown away; it is written off at what it has cost.

    Example: jappoo lot expire L123456782
    """
    from app.coop.chain import write_offs

    with _acting("expire", code=code) as (session, act):
        click.echo(f"thrown away: {write_offs.expire(session, act, read_lot(code))}")


@click.command()
@click.argument("product")
@click.argument("unit")
@click.argument("grams", type=int)
def measure(product: str, unit: str, grams: int) -> None:
    """Set the mass of one unit of a product in grams, from now on; kg needs none.

    Example: jappoo lot measure Keccax sachet 250
    """
    from app.coop.lots import stock

    with _acting("measure", product=product, unit=unit, grams=grams) as (session, _):
        stock.set_measure(session, _product(session, product), unit, grams)
    click.echo(f"1 {unit} of {product}: {grams} g")


def read_lot(typed: str) -> str:
    """Return a lot's code as it is kept; what is none ends the command."""
    from app.coop.lots.codes import read_code

    code = read_code(typed)
    if code is None:
        raise click.ClickException(f"{typed} is no lot's code")
    return code


@contextmanager
def _acting(what: str, **arguments: str | int) -> "Iterator[tuple[Session, Act]]":
    """Give the transaction of a command that writes, and its act: the operator's, by no office."""
    from app.coop.lots.runs import NothingDelivered
    from app.coop.lots.stock import LotGone, LotShort

    try:
        with operator_act(f"lot {what}", dry_run=False, **arguments) as session:
            yield session, act_of_operator()
    except NothingDelivered as nothing:
        raise click.ClickException("no delivery of that product and day waits for a lot") from nothing
    except LotGone as gone:
        raise click.ClickException("no such lot here") from gone
    except LotShort as short:
        raise click.ClickException(f"only {short.left} are free in that lot") from short


def _product(session: "Session", name: str) -> int:
    from app.coop.prices.queries import find_product

    meant = find_product(session.connection(), name)
    if meant.product_id is None:
        raise click.ClickException(f"no product is called {name}")
    return meant.product_id


def _say(made: "Lot") -> None:
    mass = "" if made.grams is None else f", {Decimal(made.grams) / 1000} kg"
    click.echo(f"{made.code} {made.units} {made.unit}{mass}, {made.place}")


COMMANDS = (collect, buy, run, work, keep, split, merge, move, count, expire, measure)
