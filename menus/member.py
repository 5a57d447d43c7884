"""Where the member's screens get their data, and what their choices do."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import msgspec
from sqlalchemy.orm import Session

from app.coop.ledger.reading import balances_of, movements_of
from app.coop.members import account, activation, callbacks, pins
from app.coop.members import notice as law
from app.coop.members.identity import Who, who_holds
from app.coop.prices.reading import prices_for
from app.coop.production import declaring
from app.coop.production.quantities import BadQuantity, parse_quantity
from app.sms import outbox, texts
from app.ussd import kinds
from app.ussd.bindings import Bindings, Divert, Found, Lead, Proved, Refused
from app.ussd.bindings import Hop as AnyHop
from menus.desk import Desk

menu = Bindings("member")
Hop = AnyHop[Desk]

MOVEMENTS = {
    "opening": "Solde",
    "shares": "Parts",
    "savings": "Épargne",
    "advance": "Avance",
    "delivery": "Livraison",
    "repayment": "Rembours.",
    "payment": "Payé",
    "withdrawal": "Retrait",
    "reversal": "Correction",
}


class Left(msgspec.Struct, frozen=True):
    left: kinds.Count


class Until(msgspec.Struct, frozen=True):
    until: kinds.Phrase


class Words(msgspec.Struct, frozen=True):
    words: kinds.PublicText


class PrivateWords(msgspec.Struct, frozen=True):
    words: kinds.PrivateText


class Balances(msgspec.Struct, frozen=True):
    shares: kinds.Amount
    savings: kinds.Amount
    payable: kinds.Amount
    advance: kinds.Amount


class ProductRow(msgspec.Struct, frozen=True):
    id: int
    slot: int
    name: kinds.ProductName
    unit: kinds.Unit
    divisible: bool


class PriceRow(msgspec.Struct, frozen=True):
    id: int
    name: kinds.ProductName
    unit: kinds.Unit
    amount: kinds.Price
    since: kinds.Day


class DeclarationRow(msgspec.Struct, frozen=True):
    id: int
    reference: kinds.Reference
    product: kinds.ProductName
    quantity: kinds.Amounted
    unit: kinds.Unit
    day: kinds.Day


class Earlier(msgspec.Struct, frozen=True):
    reference: kinds.Reference
    at: kinds.Clock


class Declared(msgspec.Struct, frozen=True):
    reference: kinds.Reference
    quantity: kinds.Amounted
    unit: kinds.Unit


class Cancelled(msgspec.Struct, frozen=True):
    reference: kinds.Reference


class Nothing(msgspec.Struct, frozen=True):
    pass


# Who is it?


@menu.guard(name="pin", leads=dict.fromkeys(("stranger", "place", "activation", "pin", "blocked", "departed", "officer")))
def pin_guard(hop: Hop) -> Divert | None:
    """Let pass who has proved to be there; else say what must come first, by the number and its state."""
    if hop.proved:
        return None
    if hop.who is None:
        holders = _holders(hop)
        if len(holders) != 1:
            return Divert("place" if holders else "stranger")
        who = holders[0]
    else:
        who = msgspec.convert(hop.who, Who)
    lead = {"pending": "activation", "active": "pin", "blocked": "blocked", "departed": "departed", "officer": "officer"}[who.state]
    return Divert(lead, who)


@menu.answer(refuses={"unknown": None})
def place(hop: Hop, typed: str) -> Found:
    """Tell by the place digit which of a shared number's members is meant."""
    for who in _holders(hop):
        if str(who.place) == typed:
            return Found(who)
    raise Refused("unknown")


@menu.answer(acts=True, secret=True, leads={"locked": Until}, refuses={"form": None, "wrong": Left})
def pin(hop: Hop, typed: str) -> Proved:
    """Check the PIN; a malformed one is not a try."""
    if not pins.well_formed(typed):
        raise Refused("form")
    who, desk = _who(hop), hop.desk

    def tell(session: Session, locked: pins.Locked) -> None:
        _message(session, hop, "security", f"lock:{hop.operation}", texts.lock_notice(locked.until, desk.code))

    result = pins.try_pin(desk.database, who.person_id, typed, hop.operation, peppers=desk.peppers, now=hop.now, tell=tell)
    match result:
        case pins.Wrong(left):
            raise Refused("wrong", Left(left))
        case pins.Locked(until):
            raise Lead("locked", Until(f"jusqu'à {_clock(until)}" if until else "jusqu'à sa remise par la secrétaire"))
    return Proved(language=who.language)


@menu.answer(name="activation", acts=True, secret=True, leads={"dead": None}, refuses={"form": None, "wrong": Left})
def activation_number(hop: Hop, typed: str) -> bool:
    """Check the activation number; a malformed one is not a try."""
    typed = typed.replace(" ", "")
    if not (len(typed) == 6 and typed.isascii() and typed.isdigit()):
        raise Refused("form")
    result = activation.try_activation(hop.desk.database, _who(hop).person_id, typed, hop.operation, key=hop.desk.key, now=hop.now)
    if isinstance(result, activation.Refused):
        raise Refused("wrong", Left(result.left))
    if isinstance(result, activation.Dead):
        raise Lead("dead")
    return True


@menu.answer(secret=True, refuses={"form": None, "trivial": None})
def chosen_pin(hop: Hop, typed: str) -> str:
    """Take a new PIN; what is kept is its hash, with the pepper's number before it."""
    if not pins.well_formed(typed):
        raise Refused("form")
    if pins.trivial(typed, hop.phone):
        raise Refused("trivial")
    hashed, pepper = pins.hash_pin(typed, hop.desk.peppers)
    return f"{pepper}:{hashed}"


@menu.answer(secret=True, refuses={"differs": None})
def same_pin(hop: Hop, typed: str) -> bool:
    """Hold the PIN typed again against the one chosen."""
    pepper, _, hashed = str(hop.kept["chosen"]).partition(":")
    if not pins.matches(typed, hashed, hop.desk.peppers[int(pepper)]):
        raise Refused("differs")
    return True


@menu.effect(leads={"dead": None})
def activate(hop: Hop, session: Session) -> Nothing:
    """Open the member's account: PIN, consent, an SMS."""
    pepper, _, hashed = str(hop.kept["chosen"]).partition(":")
    opened = hop.kept.get("opened") and activation.activate(
        session, _who(hop).person_id, hashed, int(pepper), phone=hop.phone, channel="ussd", now=hop.now
    )
    if not opened:
        raise Lead("dead")
    _message(session, hop, "security", f"activated:{hop.operation}", texts.activation_notice(hop.now))
    return Nothing()


@menu.source()
def notice_whole(hop: Hop) -> Words:
    """Give the whole notice of the law."""
    del hop
    return Words(law.WHOLE)


# Balances


@menu.source()
def balances(hop: Hop) -> Balances:
    """Give the member's four balances; one SELECT."""
    with hop.desk.database.read() as reader:
        found = balances_of(reader, _member(hop))
    return Balances(found.shares, found.savings, found.payable, found.advance)


@menu.source()
def movements(hop: Hop) -> PrivateWords:
    """Give the last five movements, a line each."""
    with hop.desk.database.read() as reader:
        found = movements_of(reader, _member(hop))
    lines = [f"{move.on:%d/%m} {MOVEMENTS.get(move.kind, move.kind)} {kinds.amount_words(move.amount)}" for move in found]
    return PrivateWords("\n".join(lines) or "Aucun mouvement.")


# Production


@menu.rows()
def products(hop: Hop) -> Sequence[ProductRow]:
    """Give what the member's co-operative takes, each by its slot."""
    with hop.desk.database.read() as reader:
        found = declaring.products_of(reader, _who(hop).cooperative_id or 0)
    return [ProductRow(row.id, row.slot, row.name, row.unit, row.divisible) for row in found]


@menu.answer(refuses={"bad": None, "whole": None})
def quantity(hop: Hop, typed: str) -> kinds.Amounted:
    """Read a quantity of the product chosen."""
    divisible = bool(hop.kept["product"]["divisible"])
    try:
        return parse_quantity(typed, divisible)
    except BadQuantity:
        raise Refused("bad" if divisible else "whole") from None


@menu.source(leads={"again": Earlier, "gone": None, "inactive": None})
def declaration(hop: Hop) -> Nothing:
    """Lead elsewhere when the same was declared a moment ago."""
    with hop.desk.database.read() as reader:
        earlier = declaring.similar(reader, _member(hop), hop.kept["product"]["id"], _quantity(hop), hop.now)
    if earlier:
        raise Lead("again", Earlier(earlier.reference, earlier.at))
    return Nothing()


@menu.effect(leads={"again": Earlier, "gone": None, "inactive": None})
def declare(hop: Hop, session: Session) -> Declared:
    """Record the declaration and its SMS."""
    return _declare(hop, session, again=False)


@menu.effect(leads={"gone": None, "inactive": None})
def declare_again(hop: Hop, session: Session) -> Declared:
    """Record another one like the one a moment ago, on purpose."""
    return _declare(hop, session, again=True)


@menu.rows()
def declarations(hop: Hop) -> Sequence[DeclarationRow]:
    """Give the member's declarations that can still be taken back."""
    with hop.desk.database.read() as reader:
        found = declaring.open_declarations(reader, _member(hop))
    return [DeclarationRow(one.id, one.reference, one.product, one.quantity, one.unit, one.at.date()) for one in found]


@menu.effect(leads={"closed": None})
def cancel(hop: Hop, session: Session) -> Cancelled:
    """Take a declaration back, with an SMS."""
    try:
        done = declaring.cancel(session, member_id=_member(hop), declaration_id=hop.kept["declaration"]["id"], now=hop.now)
    except declaring.NotOpen:
        raise Lead("closed") from None
    _message(session, hop, "receipt", f"cancel:{done.id}", texts.cancel_receipt(done.reference, hop.now))
    return Cancelled(done.reference)


# Prices


@menu.rows()
def prices(hop: Hop) -> Sequence[PriceRow]:
    """Give the prices of the day: of the member's co-operative once we know who it is, else the federation's."""
    cooperative = hop.who.get("cooperative_id") if hop.who else None
    with hop.desk.database.read() as reader:
        found = prices_for(reader, cooperative, hop.now)
    return [PriceRow(price.id, price.name, price.unit, price.amount, price.since.date()) for price in found]


# My account


@menu.effect()
def set_language(hop: Hop, session: Session) -> Nothing:
    """Note the language wished for."""
    account.set_language(session, _who(hop).person_id, str(hop.kept["language"]))
    return Nothing()


@menu.effect()
def change_pin(hop: Hop, session: Session) -> Nothing:
    """Change the PIN, with an SMS."""
    pepper, _, hashed = str(hop.kept["chosen"]).partition(":")
    pins.set_pin(session, _who(hop).person_id, hashed, int(pepper), now=hop.now)
    _message(session, hop, "security", f"pin:{hop.operation}", texts.pin_notice(hop.now))
    return Nothing()


@menu.effect(leads={"shared": None})
def set_amounts(hop: Hop, session: Session) -> Nothing:
    """Allow or stop amounts by SMS."""
    try:
        account.set_amounts_by_sms(session, _who(hop).person_id, hop.kept["amounts"] == "oui")
    except account.SharedNumber:
        raise Lead("shared") from None
    return Nothing()


# Help


@menu.effect()
def call_me(hop: Hop, session: Session) -> Nothing:
    """Put the number on its secretary's list, or the federation's when nobody knows it."""
    holders = _holders(hop)
    cooperatives = {who.cooperative_id for who in holders}
    callbacks.ask(
        session,
        hop.phone,
        "ussd",
        person_id=holders[0].person_id if len(holders) == 1 else None,
        cooperative_id=cooperatives.pop() if len(cooperatives) == 1 else None,
        now=hop.now,
    )
    return Nothing()


def _declare(hop: Hop, session: Session, *, again: bool) -> Declared:
    try:
        done = declaring.declare(
            session,
            member_id=_member(hop),
            product_id=hop.kept["product"]["id"],
            quantity=_quantity(hop),
            channel="ussd",
            operation=hop.operation,
            now=hop.now,
            again=again,
        )
    except declaring.ProductGone:
        raise Lead("gone") from None
    except declaring.NotActive:
        raise Lead("inactive") from None
    if done.repeated:
        raise Lead("again", Earlier(done.reference, done.at))
    _message(
        session, hop, "receipt", f"declared:{done.id}", texts.declaration_receipt(done.reference, done.quantity, done.unit, done.at)
    )
    return Declared(done.reference, done.quantity, done.unit)


def _message(session: Session, hop: Hop, purpose: str, cause: str, words: str) -> None:
    """Put an SMS to the number in hand into the outbox, in the effect's transaction."""
    who = _who(hop)
    outbox.put(
        session,
        to=hop.phone,
        text=words,
        purpose=purpose,
        cause=cause,
        now=hop.now,
        part_price=hop.desk.part_price,
        person_id=who.person_id,
        cooperative_id=who.cooperative_id,
        trace=hop.trace,
    )


def _holders(hop: Hop) -> tuple[Who, ...]:
    with hop.desk.database.read() as reader:
        return who_holds(reader, hop.phone) if hop.phone.startswith("+221") else ()


def _who(hop: Hop) -> Who:
    return msgspec.convert(hop.who, Who)


def _member(hop: Hop) -> int:
    member = (hop.who or {}).get("member_id")
    if not isinstance(member, int):
        raise LookupError("no member behind a guarded screen")
    return member


def _quantity(hop: Hop) -> Decimal:
    return Decimal(str(hop.kept["quantity"]))


def _clock(at: datetime) -> str:
    return f"{at.astimezone(kinds.DAKAR):%H:%M le %d/%m}"
