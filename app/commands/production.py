"""`PROD [card] <product> <quantity> [unit] [AUTRE]`: a member declares what they will bring."""

import re

import msgspec
from sqlalchemy import select

from app import texts
from app.commands import replies
from app.commands.command import Command
from app.commands.grammar import fold_words
from app.coop.access.identity import Who
from app.coop.members.models import CardAlias, Member
from app.coop.prices.queries import find_product
from app.coop.production import declarations
from app.coop.production.quantities import BadQuantity, UnclearQuantity, parse_quantity
from app.coop.products.models import Product
from app.coop.scope import Scope

_TYPED = re.compile(r"(?:(?:CARTE )?(?:N |NO )?(C ?\d{1,11}|\d{3,11}) )?([^0-9]+?) ([0-9][0-9.,]*)\s*([A-Z]{0,12})")


def declare(command: Command) -> str:
    """Declare what was typed, once, or say what is missing."""
    rest, again = (command.rest[: -len(" AUTRE")], True) if command.rest.endswith(" AUTRE") else (command.rest, False)
    typed = _TYPED.fullmatch(rest)
    who = _declarer(command, typed[1] if typed else None)
    if isinstance(who, str):
        return who
    if typed is None:
        return replies.HOW_PROD if " " not in rest else replies.BAD_QUANTITY
    meant = find_product(command.session.connection(), typed[2], Scope(who.cooperative_id))
    if meant.product_id is None:
        return replies.suggest(meant.near)
    product = command.session.execute(select(Product.unit, Product.divisible).where(Product.id == meant.product_id)).one()
    if typed[4] and not _same_unit(typed[4], product.unit):
        return replies.OTHER_UNIT.replace("{unit}", product.unit)
    try:
        quantity = parse_quantity(typed[3], product.divisible)
        act = msgspec.structs.replace(command.own_act(who), now=command.received)
        done = declarations.declare(command.session, act, act.member, meant.product_id, quantity, again=again)
    except UnclearQuantity:
        return replies.UNCLEAR_QUANTITY
    except BadQuantity:
        return replies.BAD_QUANTITY
    except declarations.ProductGone:
        return replies.NO_PRODUCT
    except declarations.NotActive:
        return replies.JOIN
    if done.repeated:
        return replies.REPEATED.replace("{reference}", done.reference)
    return texts.say("declaration_receipt", reference=done.reference, quantity=done.quantity, unit=done.unit, day=done.at)


def _same_unit(typed: str, unit: str) -> bool:
    """Tell whether a unit was meant, one or several of it, or a short form of three letters or more."""
    one, meant = typed.removesuffix("S"), fold_words(unit).removesuffix("S")
    return one == meant or (len(one) >= 3 and meant.startswith(one)) or (meant == "KG" and one in ("KILO", "KGS"))


def _declarer(command: Command, card: str | None) -> Who | str:
    """Return who declares: on a shared number the card says; a string is the answer when nobody does."""
    active = [who for who in command.holders if who.state == "active" and who.member_id]
    if not active:
        return replies.JOIN
    if len(command.holders) == 1 and card is None:
        return active[0]
    theirs = [who.member_id for who in active]
    printed = select(Member.card, Member.id).where(Member.id.in_(theirs))
    others = select(CardAlias.card, CardAlias.member_id).where(CardAlias.member_id.in_(theirs))
    cards = dict(command.session.execute(printed.union_all(others)).all())
    spelled = {_card(one): member for one, member in cards.items()}
    meant = [who for who in active if card and spelled.get(_card(card)) == who.member_id]
    return meant[0] if meant else replies.WHICH_CARD


def _card(spelled: str) -> int:
    """Return a card's number: `201`, `0201` and `C0000201` are one."""
    return int(spelled.removeprefix("C"))
