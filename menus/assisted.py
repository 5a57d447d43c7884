"""Pour un membre: what an officer does for a member who can't."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import phones, texts, units
from app.clock import DAKAR
from app.coop.act import Act
from app.coop.members import lookup, notices
from app.coop.members.names import card_and_name
from app.coop.prices.queries import prices_for
from app.coop.production import assisted_acts, declarations
from app.coop.scope import Scope
from app.db.rows import require
from app.ussd import kinds
from app.ussd.bindings import Bindings, Lead, Refused, Ways
from menus.call_backs import CallBackRow
from menus.hop import Hop, Nothing, PrivateWords, officers_act, reading_office, who_of
from menus.production import DeclarationRow, Earlier, Goods, ProductRow, product_row, rows_of, same_before

menu = Bindings("assisted")
STATES = {"declared": "à peser", "cancelled": "annulé", "weighed": "pesé"}


class Assisted(msgspec.Struct, frozen=True):
    """Whom the officer helps, as the session keeps it: no name, it is read when shown."""

    member_id: int
    cooperative_id: int


class Several(msgspec.Struct, frozen=True):
    """A number of several members, each with a place."""

    members: dict[str, Assisted]


class HelpedMember(msgspec.Struct, frozen=True):
    name: kinds.PersonName
    card: kinds.Short


class AssistedGoods(HelpedMember, frozen=True):
    goods: Goods


class AssistedNoted(msgspec.Struct, frozen=True):
    done: Annotated[str, kinds.Kind("words", "Déclaré")]
    for_card: kinds.Short
    goods: Goods
    reference: kinds.Reference
    informed: kinds.Phrase


class AssistedHelp(msgspec.Struct, frozen=True):
    """Whom the officer has found."""

    assisted: Assisted


class Perhaps(msgspec.Struct, frozen=True):
    """Whom the officer has found, if the call wasn't lost meanwhile."""

    assisted: Assisted | None = None


class Calling(msgspec.Struct, frozen=True):
    """The call back from which the officer comes, if any."""

    call_back: CallBackRow | None = None


class OneNumber(msgspec.Struct, frozen=True):
    several: Several


class AssistedProduction(AssistedHelp, frozen=True):
    product: ProductRow
    quantity: Decimal


class TakenBack(AssistedHelp, frozen=True):
    declaration: DeclarationRow


NOT_DONE: Ways = {declarations.ProductGone: "gone", declarations.NotActive: "inactive"}
DOING = {"not_yours": None}


@menu.answer(leads={"several": Several}, refuses=dict.fromkeys(("unknown", "short", "self")))
def assisted_member(hop: Hop, reader: Connection, typed: str) -> Assisted:
    """Find a member by card or by number."""
    scope = reading_office(reader, hop, "assist").scope
    phone = phones.read(typed)
    found = assisted_acts.by_number(reader, scope, phone) if phone else assisted_acts.by_card(reader, scope, typed.replace(" ", ""))
    if not found and lookup.too_short(typed):
        raise Refused("short")
    return _one_of(hop, found)


@menu.source(leads={"several": Several, "assisted": Assisted})
def assisted_caller(hop: Hop, reader: Connection, kept: Calling) -> Nothing:
    """Go to the member who asked to be called, if her number is known here."""
    phone = phones.read(kept.call_back.phone) if kept.call_back else None
    found = assisted_acts.by_number(reader, reading_office(reader, hop, "assist").scope, phone or "")
    try:
        raise Lead("assisted", _one_of(hop, found))
    # Her number is nobody's here, or the officer's own: then a card is asked for.
    except Refused:
        return Nothing()


@menu.answer(refuses=dict.fromkeys(("unknown", "self")))
def assisted_place(hop: Hop, typed: str, kept: OneNumber) -> Assisted:
    """Tell by the place on her card which of a number's members is meant."""
    meant = require(kept.several.members.get(typed), Refused("unknown"))
    return _not_oneself(hop, meant)


@menu.source(leads={"lost": None})
def assisted_who(reader: Connection, kept: Perhaps) -> HelpedMember:
    """Say who it is: a slip in the card number is seen by the name."""
    if kept.assisted is None:
        raise Lead("lost")
    return _helped(reader, kept.assisted)


@menu.rows()
def assisted_products(reader: Connection, kept: AssistedHelp) -> Sequence[ProductRow]:
    """Give what her co-operative takes."""
    found = declarations.products_of(reader, kept.assisted.cooperative_id)
    return [product_row(row) for row in found]


@menu.source(leads={"again": Earlier})
def assisted_declaration(hop: Hop, reader: Connection, kept: AssistedProduction) -> AssistedGoods:
    """Say what would be declared and for whom, or lead elsewhere when the same was declared a moment ago, by her or for her."""
    earlier = declarations.similar(reader, kept.assisted.member_id, kept.product.id, kept.quantity, hop.now)
    if earlier:
        raise Lead("again", same_before(earlier))
    whom = _helped(reader, kept.assisted)
    return AssistedGoods(whom.name, whom.card, units.count_of(kept.quantity, kept.product.unit, kept.product.name))


@menu.effect(leads={"again": Earlier, **DOING}, ways=NOT_DONE)
def declare_for(hop: Hop, session: Session, kept: AssistedProduction) -> AssistedNoted:
    """Declare for the member, and tell them."""
    return _declare(hop, session, kept, again=False)


@menu.effect(leads=DOING, ways=NOT_DONE)
def declare_for_again(hop: Hop, session: Session, kept: AssistedProduction) -> AssistedNoted:
    """Declare another one like the one a moment ago, on purpose."""
    return _declare(hop, session, kept, again=True)


@menu.rows()
def assisted_declarations(hop: Hop, kept: AssistedHelp) -> Sequence[DeclarationRow]:
    """Give what can still be taken back for her."""
    return rows_of(hop, kept.assisted.member_id)


@menu.effect(leads=DOING, ways={declarations.DeclarationClosed: "closed"})
def cancel_for(hop: Hop, session: Session, kept: TakenBack) -> AssistedNoted:
    """Take a declaration back for the member, and tell them."""
    act = _act(session, hop, kept.assisted)
    done = assisted_acts.cancel(session, act, kept.assisted.member_id, kept.declaration.id)
    return _tell(hop, session, act, kept.assisted, "cancelled", done)


@menu.source()
def assisted_history(reader: Connection, kept: AssistedHelp) -> PrivateWords:
    """Give her last declarations, and what was weighed of each; no amounts."""
    found = assisted_acts.history(reader, kept.assisted.member_id)
    lines = [
        f"{one.at.astimezone(DAKAR):%d/%m} {units.count(one.quantity, one.unit)} {one.product} réf {one.reference} {_became(one)}"
        for one in found
    ]
    return PrivateWords("\n".join(lines) or "Aucune déclaration.")


@menu.source()
def assisted_prices(hop: Hop, reader: Connection, kept: AssistedHelp) -> PrivateWords:
    """Give the prices of the day in her co-operative."""
    found = prices_for(reader, Scope(kept.assisted.cooperative_id), hop.now)
    return PrivateWords("\n".join(f"{one.name} {kinds.amount_words(one.amount)} par {one.unit}" for one in found) or "Pas de prix.")


def _became(one: assisted_acts.ReadDeclaration) -> str:
    if one.reason:
        return f"refusé: {one.reason}"
    return STATES[one.state] + (f" {units.quantity(one.weighed)}" if one.weighed is not None else "")


def _one_of(hop: Hop, found: Sequence[assisted_acts.AssistedMember]) -> Assisted:
    if not found:
        raise Refused("unknown")
    meant = {str(one.place): Assisted(one.member_id, one.cooperative_id) for one in found}
    if len(meant) > 1:
        raise Lead("several", Several(meant))
    return _not_oneself(hop, next(iter(meant.values())))


def _not_oneself(hop: Hop, meant: Assisted) -> Assisted:
    if meant.member_id == who_of(hop).member_id:
        raise Refused("self")
    return meant


def _helped(reader: Connection, member: Assisted) -> HelpedMember:
    card, name = card_and_name(reader, member.member_id)
    return HelpedMember(name, card)


def _declare(hop: Hop, session: Session, kept: AssistedProduction, *, again: bool) -> AssistedNoted:
    act = _act(session, hop, kept.assisted)
    done = assisted_acts.declare(session, act, kept.assisted.member_id, kept.product.id, kept.quantity, again=again)
    if done.declaration.repeated:
        raise Lead("again", same_before(done.declaration))
    return _tell(hop, session, act, kept.assisted, "declared", done)


def _act(session: Session, hop: Hop, member: Assisted) -> Act:
    act = officers_act(session, hop, "assist", member.cooperative_id)
    return msgspec.structs.replace(act, channel="bureau")


def _tell(hop: Hop, session: Session, act: Act, member: Assisted, what: str, done: assisted_acts.AssistedActDone) -> AssistedNoted:
    one, (card, _) = done.declaration, card_and_name(session, member.member_id)
    did, goods = texts.words("done_for")[what].capitalize(), units.count_of(one.quantity, one.unit, one.product)
    if done.phone is None:
        return AssistedNoted(did, card, goods, one.reference, "Pas de numéro: donnez-lui la réf.")
    words = texts.say(
        "assisted_receipt",
        done_for=what,
        by=act.office.role,
        reference=one.reference,
        goods=goods,
        day=hop.now,
        cost=hop.desk.service.cost,
    )
    whose = {"person_id": done.person_id, "cooperative_id": member.cooperative_id}
    notices.tell_number(session, act, done.phone, "receipt", f"assisted:{done.id}", words, **whose)
    return AssistedNoted(did, card, goods, one.reference, "Un SMS le lui dit.")
