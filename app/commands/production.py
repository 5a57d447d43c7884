"""`PROD [card] <product> <quantity> [unit] [AUTRE]`: a member declares what they will bring; `PROD 25 kg de thiof` is the same.

`ANNULER <ref>` takes it back.
"""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

import msgspec
from sqlalchemy import select

from app import texts, units
from app.commands import replies
from app.commands.command import Answer, Command
from app.commands.courtesies import without_closing, without_opening
from app.commands.grammar import reference_alone
from app.commands.typed_lines import NUMBER, LineUnread, TypedLine, cut, digits_meant, is_unit, read_lines
from app.coop.access.identity import Who
from app.coop.members.lookup import read_card
from app.coop.members.models import CardAlias, Member
from app.coop.prices.queries import spellings_of
from app.coop.production import declarations
from app.coop.production.declarations import ProductOf
from app.coop.production.models import Declaration
from app.coop.production.quantities import MOST, BadQuantity, UnclearQuantity, parse_quantity
from app.coop.references import valid
from app.coop.scope import Scope

_CARD = re.compile(r"((?:CARTE )?(?:N |NO )?(?:C ?\d{1,11}|\d{3,11})|(?:CARTE|NO?) \d{1,2}|[1-9]) (?=\S)")
_CARD_BEHIND = re.compile(r"(.*\d.*) (CARTE (?:N |NO )?\d{1,11}|C ?\d{1,11})")
_SIX = re.compile(r"(?<!\d)\d{3} ?\d{3}(?!\d)")


def declare(command: Command) -> str:
    """Declare what was typed, once, or say what is missing."""
    # The same line again is taken for the same catch. Whoever brings as much once more says so.
    rest = command.rest.removesuffix(" AUTRE")
    meant, lettered = digits_meant(rest)
    try:
        who, typed = _declarer(command, meant)
        product, line = _product(command, who, typed)
        quantity = _quantity(product, line)
    except LineUnread as unread:
        return str(unread)
    if lettered:
        right = replies.line(product.name, units.quantity(quantity))
        return replies.NOT_READ.replace("{typed}", cut(lettered).lower()).replace("{line}", right)
    # Declared when it was sent: after an outage it may be read only on the next day.
    act = msgspec.structs.replace(command.own_act(who), now=command.received)
    try:
        done = declarations.declare(command.session, act, act.member, product.id, quantity, again=rest != command.rest)
    except declarations.ProductGone:
        return replies.PRODUCT_GONE
    except declarations.NotActive:
        return replies.JOIN
    if done.repeated:
        return replies.REPEATED.replace("{reference}", done.reference)
    return texts.say(
        "declaration_receipt",
        reference=done.reference,
        goods=units.count_of(done.quantity, done.unit, done.product),
        day=done.at,
    )


def line_meant(command: Command) -> str | None:
    """Return the line to send where a member typed a product and a number alone, or glued to `PROD`: `THIOF25`, `PRODthiof 3`."""
    scopes = [Scope(who.cooperative_id) for who in command.holders if who.state == "active" and who.member_id]
    typed = without_closing(without_opening(command.rest)).removeprefix("PROD").strip()
    try:
        lines = read_lines(typed) if scopes else []
    except LineUnread:
        return None
    lines = [one for one in lines if one.number and not one.beside and not one.unsure]
    alone = [one for one in lines if (not one.unit or is_unit(one.unit))]
    if not alone:
        return None
    reader = command.session.connection()
    spelled, taken = spellings_of(reader, scopes[0]), declarations.products_of(reader, scopes[0].cooperative)
    for line in alone:
        meant = spelled.meant(line.name).product_id
        for product in taken:
            if product.id == meant:
                return replies.line(product.name, line.number[:9])
    return None


def reference_in(rest: str) -> str | None:
    """Return the reference that stands behind ANNULER: six digits with a right check digit, and no more."""
    typed = reference_alone(rest)
    return typed if typed and valid(typed) else None


def reference_named(rest: str) -> str | None:
    """Return the first six digits with a right check digit, whatever else is said."""
    return next(filter(valid, (one.replace(" ", "") for one in _SIX.findall(rest))), None)


def cancel(command: Command, reference: str | None) -> Answer:
    """Take back the declaration with this reference of one of the number's members, once, or say why not."""
    members = {who.member_id: who for who in command.holders if who.state == "active" and who.member_id}
    if not members:
        return None
    if reference is None:
        named = reference_named(command.rest)
        if named:
            return replies.HOW_UNDO.replace("{line}", f"ANNULER {named}")
        return replies.WRONG_REFERENCE if _SIX.search(command.rest) else replies.HOW_CANCEL
    # References are six digits and come round again: the newest of the number's members is meant.
    newest = select(Declaration.id, Declaration.member_id).where(
        Declaration.member_id.in_(members), Declaration.reference == reference
    )
    row = command.session.execute(newest.order_by(Declaration.id.desc()).limit(1)).first()
    if row is None:
        return replies.NO_DECLARATION
    try:
        done = declarations.cancel(command.session, command.own_act(members[row.member_id]), row.member_id, row.id)
    except declarations.DeclarationClosed:
        return replies.WEIGHED_ALREADY.replace("{reference}", reference)
    return texts.say(
        "cancel_receipt", reference=done.reference, goods=units.count_of(done.quantity, done.unit, done.product), day=command.now
    )


def _declarer(command: Command, typed: str) -> tuple[Who, str]:
    """Return who declares, and what follows the card: on a shared number the card says it, or the place. Raises LineUnread."""
    active = [who for who in command.holders if who.state == "active" and who.member_id]
    shared = len(command.holders) > 1
    if not active:
        raise LineUnread(replies.JOIN)
    # Read as if the card stood first. Behind the line it needs its word or its C, or it would be a quantity.
    behind = _CARD_BEHIND.fullmatch(typed)
    typed = f"{behind[2]} {behind[1]}" if behind else typed
    found = _CARD.match(typed)
    card, rest = (found[1], typed[found.end() :]) if found else ("", typed)
    if card.isdigit() and not shared and (len(card) == 1 or not NUMBER.search(rest)):
        card, rest = "", typed  # `PROD 201 thiof` on a number of one's own is 201 of it
    if not card and not shared:
        return active[0], rest
    if not card:
        raise LineUnread(replies.which_card(rest))
    meant = {who.member_id: who for who in _holders_of(command, active, card)}
    meant |= {who.member_id: who for who in active if str(who.place) == card}
    if len(meant) > 1:  # one holder's place, another's card
        raise LineUnread(replies.which_card(rest))
    if not meant:
        raise LineUnread(replies.NOT_YOUR_CARD.replace("{card}", card))
    return next(iter(meant.values())), rest


def _holders_of(command: Command, active: Sequence[Who], card: str) -> list[Who]:
    theirs = [who.member_id for who in active]
    printed = select(Member.card, Member.id).where(Member.id.in_(theirs))
    others = select(CardAlias.card, CardAlias.member_id).where(CardAlias.member_id.in_(theirs))
    rows = command.session.execute(printed.union_all(others)).all()
    meant = {member for spelled, member in rows if int(read_card(spelled) or 0) == int(read_card(card) or -1)}
    return [who for who in active if who.member_id in meant]


def _product(command: Command, who: Who, typed: str) -> tuple[ProductOf, TypedLine]:
    """Return which of the member's co-operative's products is meant, with the line. Raises LineUnread."""
    scope, reader = Scope(who.cooperative_id), command.session.connection()
    products, spelled = declarations.products_of(reader, scope.cooperative), spellings_of(reader, scope)
    near: tuple[str, ...] = ()
    lines = read_lines(typed)
    for line in lines:
        meant = spelled.meant(line.name)
        for product in products:
            if product.id == meant.product_id:
                # `THIOFL2` is near enough to Thiof, and may be 12 of it.
                unsure = meant.guessed and bool(line.number) and re.search(rf"[OIL]{re.escape(line.number)}", typed) is not None
                return product, msgspec.structs.replace(line, unsure=line.unsure or unsure)
        near = near or meant.near
    if not lines:
        raise LineUnread(replies.HOW_PROD)
    first, _, beside = lines[0].name.partition(" ")
    front = spelled.meant(first).product_id if beside else None
    for product in products:
        if product.id == front:
            return product, msgspec.structs.replace(lines[0], name=first, beside=f"{beside} {lines[0].beside}".strip())
    names = [product.name for product in products if product.name not in near]
    number = "" if lines[0].unsure else lines[0].number
    raise LineUnread(replies.which_product((*near, *names), number, known=bool(near)))


def _quantity(product: ProductOf, line: TypedLine) -> Decimal:
    """Return how much is declared. Raises LineUnread, with the right line to copy wherever one is left to be meant."""
    number, unit = line.number, line.unit
    fill = {"{name}": product.name, "{units}": units.plural(product.unit), "{of}": units.of_many(product.unit)}
    example = "12,5" if product.divisible else "3"
    fill |= {"{PRODUCT}": product.name.upper(), "{line}": replies.line(product.name, example), "{typed}": number}

    def unread(words: str, **other: str) -> LineUnread:
        for place, value in (fill | {f"{{{name}}}": value for name, value in other.items()}).items():
            words = words.replace(place, value)
        return LineUnread(words)

    if not number:
        raise unread(replies.HOW_MUCH)
    if line.unsure:
        raise unread(replies.BAD_QUANTITY)
    if unit and not units.is_meant(unit, product.unit):
        if is_unit(unit):
            raise unread(replies.OTHER_UNIT, typed=unit.lower())
        if line.glued:
            raise unread(replies.BAD_QUANTITY)
        line = msgspec.structs.replace(line, beside=f"{unit} {line.beside}".strip())
    spaced = re.fullmatch(r"\d{1,3}(?: \d{3})+", number)
    try:
        quantity = parse_quantity(number, product.divisible)
    except UnclearQuantity as unclear:
        low, high = units.quantity(unclear.low), units.quantity(unclear.high)
        if not product.divisible:
            raise unread(replies.BAD_QUANTITY, line=replies.line(product.name, high)) from None
        if unclear.low != Decimal(number.replace(",", ".")):
            raise unread(replies.DECIMALS) from None
        raise unread(replies.UNCLEAR_QUANTITY, line=replies.line(product.name, low), high=high) from None
    except BadQuantity:
        whole = number.replace(" ", "") if spaced else number
        plain = Decimal(whole.replace(",", ".")) if re.fullmatch(r"\d{1,30}(?:[.,]\d{1,9})?", whole) else None
        if spaced and plain is not None and plain <= MOST:
            raise unread(replies.SPACED_QUANTITY, line=replies.line(product.name, whole)) from None
        if plain is not None and plain > MOST:
            raise unread(replies.MOST_QUANTITY) from None
        if plain and not product.divisible:
            near = max(Decimal(1), plain.quantize(Decimal(1), ROUND_HALF_UP))
            raise unread(replies.WHOLE_QUANTITY, line=replies.line(product.name, units.quantity(near))) from None
        raise unread(replies.BAD_QUANTITY) from None
    # After the quantity, so that the line to copy has it right.
    if line.beside:
        raise unread(replies.NOT_READ, typed=cut(line.beside).lower(), line=replies.line(product.name, units.quantity(quantity)))
    return quantity
