"""`jappoo lot`: lots, from deliveries and goods that are bought to what is sold."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import click
import msgspec

from app.cli.context import cooperative_id, open_database, operator_act

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

    from app.coop.act import Act
    from app.coop.chain.family import Family
    from app.coop.lots.models import Lot


class Units(click.ParamType[Decimal]):
    """A quantity, `12,5` or `12.5`."""

    name = "quantity"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """Read it; anything else is wrong use."""
        try:
            found = Decimal(str(value).replace(",", "."))
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite() or found < 0 or found != found.quantize(Decimal("0.001")):
            self.fail(f"{value} is no quantity", param, ctx)
        return found


QUANTITY = Units()


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
    from app.coop.scope import Scope

    with open_database() as database, database.read() as reader:
        scope = Scope(cooperative_id(reader, cooperative))
        found = queries.lots(reader, scope.reach(Lot.cooperative_id)) if every else queries.stock(reader, scope)
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(found)))
        return
    for one in found:
        mass = "" if one.grams is None else f"{Decimal(one.grams) / 1000} kg"
        click.echo(f"{one.code} {one.cooperative:8} {one.product:20} {one.units} {one.unit} {mass:>10} {one.place:16} {one.made}")


@lot.command()
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
        _say(runs.collect(session, act, cooperative_id(session, cooperative) or 0, of, on))


@lot.command()
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
    from app.coop.lots import runs, stock
    from app.coop.products.models import Product

    with _acting("buy", cooperative=cooperative, product=product, quantity=str(quantity), cost=cost) as (session, act):
        of = _product(session, product)
        counted = unit or session.get_one(Product, of).unit
        new = stock.NewLot(of, counted, quantity, stock.mass(session, of, counted, quantity), source=source[:40])
        _say(runs.buy(session, act, cooperative_id(session, cooperative) or 0, new, cost))


@lot.command()
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
        taken = [(_code(code), units) for code, units in inputs]
        try:
            lots, loss = runs.run(session, act, technique, taken, made, work, sure=more["sure"])
        except runs.UnusualYield as rare:
            words = f"a yield of {rare.percent} % is beside {rare.low}-{rare.high} %; if it is right: --sure"
            raise click.ClickException(words) from rare
        for one in lots:
            _say(one)
        click.echo(f"loss {Decimal(loss) / 1000} kg")


@lot.command()
@click.argument("code")
@click.argument("quantity", type=QUANTITY)
@click.option("--place", help="Where the new lot is.")
def split(code: str, quantity: Decimal, place: str | None) -> None:
    """Make a lot of its own of a part of one.

    Example: jappoo lot split L123456782 40
    """
    from app.coop.lots import stock

    with _acting("split", code=code, quantity=str(quantity)) as (session, act):
        _say(stock.split(session, act, _code(code), quantity, place))


@lot.command()
@click.argument("codes", nargs=-1, required=True)
def merge(codes: tuple[str, ...]) -> None:
    """Make one lot of several of one product and unit.

    Example: jappoo lot merge L123456782 L223456783
    """
    from app.coop.lots import stock

    with _acting("merge", codes=" ".join(codes)) as (session, act):
        _say(stock.merge(session, act, [_code(code) for code in codes]))


@lot.command()
@click.argument("code")
@click.argument("place")
def move(code: str, place: str) -> None:
    """Move a lot to another place.

    Example: jappoo lot move L123456782 "Boutique Saly"
    """
    from app.coop.lots import stock

    with _acting("move", code=code, place=place) as (session, act):
        _say(stock.move(session, act, _code(code), place))


@lot.command()
@click.argument("code")
@click.argument("quantity", type=QUANTITY)
@click.option("--reason", default="compté", help="Up to 20 letters.")
def count(code: str, quantity: Decimal, reason: str) -> None:
    """Note what was counted of a lot, with the reason of a difference.

    Example: jappoo lot count L123456782 37,5
    """
    from app.coop.lots import stock

    with _acting("count", code=code, quantity=str(quantity)) as (session, act):
        click.echo(f"difference {stock.count(session, act, _code(code), quantity, reason[:20])}")


@lot.command()
@click.argument("code")
def expire(code: str) -> None:
    """Note that what is left of a lot is too old and thrown away.

    Example: jappoo lot expire L123456782
    """
    from app.coop.lots import stock

    with _acting("expire", code=code) as (session, act):
        click.echo(f"thrown away: {stock.expire(session, act, _code(code))}")


@lot.command()
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
        click.echo(json.dumps(msgspec.to_builtins(told, str_keys=True) | more))
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
    now = datetime.now(UTC)
    with operator_act("lot recall", dry_run=dry_run, code=code) as session:
        from app.coop.act import Act

        number = recalls.recall(session, Act(0, "cli", f"cli:{now:%Y%m%d%H%M%S}", now), family, words)
    click.echo(f"{number} numbers {'would be ' if dry_run else ''}told")


@lot.command()
@click.argument("code")
@click.option("--out", type=click.Path(dir_okay=False, writable=True), help="Write it there; an SVG file. Else it is printed.")
@click.option("--private/--public", default=None, help="Whether its page is shown, from now on.")
def label(code: str, out: str | None, *, private: bool | None) -> None:
    """Write a lot's label to print: product, code, best before, and the QR code of its page where PUBLIC_URL is set.

    Example: jappoo lot label L123456782 --out label.svg
    """
    from app.cli.labels import draw
    from app.coop.lots import queries
    from app.coop.lots.models import Lot

    known = _code(code)
    if private is not None:
        from sqlalchemy import update

        with operator_act("lot label", dry_run=False, code=known, private=private) as session:
            session.execute(update(Lot).where(Lot.code == known).values(public=not private))
    with open_database() as database, database.read() as reader:
        found = queries.lots(reader, Lot.code == known)
    if not found:
        raise click.ClickException("no such lot")
    drawn = draw(found[0], database.service.page_of(known) if found[0].public else "")
    if out is None:
        click.echo(drawn)
        return
    with open(out, "w", encoding="utf-8") as file:
        file.write(drawn)
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
        of = cooperative_id(session, cooperative) or 0
        session.execute(delete(QuietChain).where(QuietChain.cooperative_id == of))
        if not stop:
            session.add(QuietChain(cooperative_id=of))
    click.echo(f"{cooperative.upper()}: producers are {'' if stop else 'not '}told")


def _family(reader: "Connection", code: str) -> "Family":
    from app.coop.chain.family import family_of

    found = family_of(reader, _code(code))
    if found is None:
        raise click.ClickException("no such lot")
    return found


@contextmanager
def _acting(what: str, **arguments: str | int) -> "Iterator[tuple[Session, Act]]":
    """Give the transaction of a command that writes, and its act: the operator's, by no office."""
    from app.coop.act import Act
    from app.coop.lots.stock import LotGone, LotShort

    now = datetime.now(UTC)
    try:
        with operator_act(f"lot {what}", dry_run=False, **arguments) as session:
            yield session, Act(0, "cli", f"cli:lot:{what}:{now.isoformat()}", now)
    except LotGone as gone:
        raise click.ClickException("no such lot here") from gone
    except LotShort as short:
        raise click.ClickException(f"only {short.left} are free in that lot") from short


def _code(typed: str) -> str:
    from app.coop.lots.codes import read_code

    code = read_code(typed)
    if code is None:
        raise click.ClickException(f"{typed} is no lot's code")
    return code


def _product(session: "Session", name: str) -> int:
    from app.coop.prices.queries import find_product

    meant = find_product(session.connection(), name)
    if meant.product_id is None:
        raise click.ClickException(f"no product is called {name}")
    return meant.product_id


def _say(made: "Lot") -> None:
    mass = "" if made.grams is None else f", {Decimal(made.grams) / 1000} kg"
    click.echo(f"{made.code} {made.units} {made.unit}{mass}, {made.place}")
