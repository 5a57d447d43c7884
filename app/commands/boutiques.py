"""`BOUTIQUE [n]` and `ACHAT <n> <quantity>`: what is for sale, and a member's order, reserved with its pick-up code."""

from decimal import Decimal

from app import texts, units
from app.amounts import francs
from app.commands import replies
from app.commands.command import Command
from app.commands.typed_lines import is_unit
from app.coop.boutiques import orders, queries
from app.coop.boutiques.models import Offer
from app.digits import is_number
from app.service import service_of

_NO_QUANTITY = ("F", "FR", "FRS", "FRANC", "FRANCS", "FCFA", "CFA", "XOF", "%", "€", "$", "£")
"""What makes a number no quantity: `ACHAT 1 3000 F`."""


def offers(command: Command) -> str:
    """Say what is for sale, or what one offer is."""
    reader = command.session.connection()
    if not command.rest:
        found = queries.for_sale(reader, command.now)
        return replies.offer_list([(one.id, one.name, one.amount) for one in found]) if found else replies.NOTHING_SOLD
    only = queries.for_sale(reader, command.now, Offer.id == int(command.rest)) if is_number(command.rest, 8) else ()
    if not only:
        return replies.NO_OFFER
    one = only[0]
    best = f", avant le {one.best_before:%d/%m/%Y}" if one.best_before else ""
    left = units.count(one.quantity, one.unit)
    return (
        f"Jappoo: {one.id} {one.name}: {francs(one.amount)} par {one.unit}, reste {left}, {one.place}{best}. ACHAT {one.id} combien"
    )


def order(command: Command) -> str:
    """Reserve goods for the member who holds the number alone."""
    active = [who for who in command.holders if who.state == "active" and who.member_id]
    if not active or len(command.holders) != 1:
        return replies.ORDER_BY_CALL
    number, _, behind = command.rest.partition(" ")
    wanted, _, unit = behind.partition(" ")
    # A second number behind would make the first one less than was meant: `1 200`, `1 ½`.
    if not is_number(number, 8) or not is_number(wanted, 4) or not int(wanted) or any(map(str.isnumeric, unit)):
        return replies.HOW_ORDER
    named, offer = unit.split(" ")[0], command.session.get(Offer, int(number))
    if named in _NO_QUANTITY:
        return replies.HOW_ORDER
    if offer and is_unit(named) and not units.is_meant(named, offer.unit):
        words = replies.OTHER_UNIT.replace("{name}", offer.name).replace("{units}", units.plural(offer.unit))
        return words.replace("{typed}", named.lower()).replace("{line}", f"ACHAT {number} {wanted}")
    try:
        row, _ = orders.place(command.session, command.own_act(active[0]), int(number), Decimal(int(wanted)))
    except orders.SoldOut as out:
        return replies.TOO_FEW_LEFT.replace("{left}", units.quantity(out.left)) if out.left else replies.NOTHING_LEFT
    except orders.BadOrder:
        return replies.HOW_ORDER
    where, service = command.session.get_one(Offer, row.offer_id).place, service_of(command.session)
    until, cost = row.reserved_until, service.cost
    return texts.say("order_noted", number=row.code, where=where, until=until, code=service.code, cost=cost)
