"""What lies on the scales: read from what an officer types, kept while she weighs it."""

from datetime import date
from decimal import Decimal
from typing import NoReturn

import msgspec

from app.clock import DAKAR
from app.coop.members import lookup
from app.coop.production import declarations, weighing_lookup, weighings
from app.coop.production.quantities import BadQuantity
from app.ussd import kinds
from app.ussd.bindings import Lead, Refused
from menus.hop import Hop, reading_office, who_of
from menus.production import read_quantity


class Brought(msgspec.Struct, frozen=True):
    """What lies on the scales, as the session keeps it; `id` is the product's. No name: it is read when shown."""

    id: int
    slot: int
    product: kinds.ProductName
    unit: kinds.Unit
    divisible: bool
    member_id: int
    declaration_id: int | None = None
    reference: str | None = None
    declared: Decimal | None = None
    paper: str | None = None
    on: date | None = None
    weight: Decimal | None = None


class WeighedCard(msgspec.Struct, frozen=True):
    member_id: int
    paper: str | None
    on: date | None


def read_line(hop: Hop, typed: str, paper: str | None, on: date | None) -> Brought:
    """Find what is meant by a reference or a card number, and what is typed behind: a weight, or a product's slot and a weight.

    Leads to `card`, and to `check` with a weight; refuses what is `unknown`, too `short`, `weighed` already, declared after the day
    of its paper (`later`), or a `bad` weight.
    """
    first, _, weight = typed.replace("#", " ").strip().partition(" ")
    with hop.desk.read() as reader:
        cooperative = reading_office(reader, hop, "weigh").scope.cooperative
        try:
            # Before the cards: of six digits only one in ten is a right reference, while any may be a card.
            found = weighing_lookup.by_reference(reader, cooperative, first, hop.now.year)
        except weighing_lookup.AlreadyWeighed:
            raise Refused("weighed") from None
        except weighing_lookup.NotThere:
            pass
        else:
            if on and found.declared_at and found.declared_at.astimezone(DAKAR).date() > on:
                raise Refused("later")
            mine = (found.member_id, found.declaration_id, found.reference, found.declared, paper, on)
            line = Brought(found.product_id, 0, found.product, found.unit, found.divisible, *mine)
            return _weighed(hop, line, weight) if weight else keep(hop, line)
        try:
            card = WeighedCard(weighing_lookup.member_of_card(reader, cooperative, first), paper, on)
        except weighing_lookup.NotThere:
            raise Refused("short" if lookup.too_short(first) else "unknown") from None
        products = declarations.products_of(reader, cooperative) if weight else ()
    if not weight:
        raise Lead("card", card)
    slot, _, weight = weight.partition(" ")
    for row in products:
        if str(row.slot) == slot:
            line = Brought(row.id, row.slot, row.name, row.unit, row.divisible, card.member_id, paper=paper, on=on)
            return _weighed(hop, line, weight) if weight else keep(hop, line)
    raise Refused("unknown")


def _weighed(hop: Hop, line: Brought, weight: str) -> NoReturn:
    """Go on with a weight that was typed behind."""
    try:
        quantity = read_quantity(weight, line.divisible, line.unit)
    except BadQuantity:
        raise Refused("bad") from None
    go_on(keep(hop, msgspec.structs.replace(line, weight=quantity)))


def keep(hop: Hop, line: Brought) -> Brought:
    """Keep a line that was begun, for a session that is lost; return it."""
    with hop.desk.database.transaction() as session:
        weighings.keep_half(session, who_of(hop).person_id, msgspec.to_builtins(line), hop.now)
    return line


def drop(hop: Hop) -> None:
    """Drop the line that was begun."""
    with hop.desk.database.transaction() as session:
        weighings.drop_half(session, who_of(hop).person_id)


def go_on(line: Brought) -> NoReturn:
    """Go where a line that was begun stands: at its weight, or at its grade."""
    raise Lead("line" if line.weight is None else "check", line)
