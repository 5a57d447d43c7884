"""Money from hand to hand: the cash list, one member at the desk, what speaks against handing over."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.coop.access import numbers
from app.coop.access.freezes import MoneyFrozen
from app.coop.act import Act
from app.coop.handover.box import BoxShort
from app.coop.handover.services import HandoverNotOpen, NotForYourself
from app.coop.handover.services import hand_over as hand_it_over
from app.coop.ledger.services import Overdrawn
from app.coop.members import lookup
from app.coop.members.names import member_name, names_of
from app.coop.payments import batches as paying
from app.coop.payments import notices, queries
from app.coop.payments.due import Wanted, due, left_out
from app.coop.payments.handover import PAYMENT
from app.coop.production.weighing_lookup import NotThere, member_of_card
from app.ussd import kinds
from app.ussd.bindings import Bindings, Divert, Lead, Refused, Ways
from menus.hop import Hop, Nothing, officers_act, who_of
from menus.identity import STATES, unproved
from menus.payments import WAITS, BatchNumber, scope_of

menu = Bindings("cash")


class Name(msgspec.Struct, frozen=True):
    name: kinds.PersonName


class LeftToPay(msgspec.Struct, frozen=True):
    """How many are left to be given cash."""

    standing: Annotated[str, kinds.Kind("words", "99999 à remettre.")]


class PaymentHandOut(msgspec.Struct, frozen=True):
    id: int
    card: kinds.Short
    reference: kinds.Reference
    amount: kinds.Amount
    name: Annotated[str, kinds.Kind("name", "m" * 20, private=True)] = ""


class OneDue(msgspec.Struct, frozen=True):
    """What is due to one member whom no open batch pays."""

    member_id: int
    card: kinds.Short
    amount: kinds.Amount


class ToPayOne(msgspec.Struct, frozen=True):
    one_due: OneDue


class OneMade(msgspec.Struct, frozen=True):
    """A batch of one member: a call that is lost finds it in the outcome."""

    batch: BatchNumber = 0
    standing: kinds.Phrase = ""
    card: kinds.Short = ""


class MadeForOne(msgspec.Struct, frozen=True):
    done: OneMade = OneMade()


class Hand(msgspec.Struct, frozen=True):
    hand: PaymentHandOut


class HandedPayment(msgspec.Struct, frozen=True):
    handed: kinds.Amount
    card: kinds.Short
    reference: kinds.Reference


class Short(msgspec.Struct, frozen=True):
    left: kinds.Amount


NOT_HANDED: Ways = {
    HandoverNotOpen: "gone",
    Overdrawn: "gone",
    BoxShort: lambda short: Lead("short", Short(short.free)),
    MoneyFrozen: "frozen",
    NotForYourself: "yourself",
}


@menu.guard(name="till_open", leads=dict.fromkeys(STATES))
@menu.guard(name="hand_open", leads=dict.fromkeys(STATES))
def hand_open(hop: Hop) -> Divert:
    """Say who opens a list to hand over, whose PIN is asked whether or not they gave it before."""
    return unproved(hop, officer=True)


@menu.source()
def hand_standing(hop: Hop, reader: Connection) -> LeftToPay:
    """Say how many are left to be given cash."""
    return LeftToPay(f"{len(queries.to_hand(reader, scope_of(reader, hop), 'cash'))} à remettre.")


@menu.answer(leads={"left": None, "one_due": OneDue}, refuses=dict.fromkeys(("unknown", "short", "empty", "frozen", "nothing")))
def hand_to(hop: Hop, reader: Connection, typed: str) -> PaymentHandOut:
    """Read a payment's reference or a member's card; 1 leads to the cash list, a card that is in none to what is due to it."""
    if typed == "1":
        raise Lead("left")
    scope = scope_of(reader, hop)
    # A payment's reference first. What is none may be a card.
    with suppress(NotThere):
        found = queries.to_hand_by(reader, scope, typed)
        return PaymentHandOut(found.id, found.card, found.reference, found.amount)
    try:
        member = member_of_card(reader, scope, typed)
    except NotThere:
        raise Refused("empty" if not typed else "short" if lookup.too_short(typed) else "unknown") from None
    wanted = Wanted(member_id=member)
    owed = due(reader, scope, wanted, "cash", hop.now)
    if not owed:
        raise Refused("frozen" if "frozen" in left_out(reader, scope, wanted, "cash", hop.now) else "nothing")
    raise Lead("one_due", OneDue(member, queries.cards_of(reader, [member])[member], owed[0].amount))


@menu.source()
def one_name(reader: Connection, kept: ToPayOne) -> Name:
    """Say to whom it is due."""
    return Name(member_name(reader, kept.one_due.member_id))


@menu.effect(leads={"not_yours": None}, ways={paying.BatchChanged: "changed"})
def make_batch_of_one(hop: Hop, session: Session, kept: ToPayOne) -> OneMade:
    """Make a batch of what is due to one member, as it was shown."""
    one = kept.one_due
    wanted = Wanted(member_id=one.member_id)
    batch, waits = paying.make(session, officers_act(session, hop, "pay"), wanted, "cash", count=1, francs=one.amount)
    return OneMade(batch, WAITS if waits else "ouvert.", one.card)


@menu.source(leads={"hand": PaymentHandOut})
def one_made(hop: Hop, reader: Connection, kept: MadeForOne) -> Nothing:
    """Go straight to the hand-over of a batch of one that nobody else has to approve."""
    # Other officers may have to approve it, or it is handed over already: then the screen says how it stands.
    with suppress(NotThere):
        found = queries.to_hand_by(reader, scope_of(reader, hop), kept.done.card)
        raise Lead("hand", PaymentHandOut(found.id, found.card, found.reference, found.amount))
    return Nothing()


@menu.rows()
def hand_left(hop: Hop, reader: Connection) -> Sequence[PaymentHandOut]:
    """Give the cash list: who is still to get what, to be picked from."""
    found = queries.to_hand(reader, scope_of(reader, hop), "cash")
    names = names_of(reader, [one.member_id for one in found])
    return [PaymentHandOut(one.id, one.card, one.reference, one.amount, names[one.member_id]) for one in found]


@menu.source()
def hand_name(reader: Connection, kept: Hand) -> Name:
    """Say whose money it is."""
    return Name(queries.name_of(reader, kept.hand.id))


@menu.effect(leads={"short": Short, "shut": None, "not_yours": None}, ways=NOT_HANDED)
def hand_over(hop: Hop, session: Session, kept: Hand) -> HandedPayment:
    """Note that the member was given the money, and ask by SMS to say so."""
    act = handing_act(session, hop)
    row = hand_it_over(session, act, PAYMENT, kept.hand.id)
    notices.tell_handed_over(session, act, row.id)
    return HandedPayment(row.amount, kept.hand.card, row.reference)


def handing_act(session: Session, hop: Hop) -> Act:
    """Return what is done by the office that hands money over, asked anew before each: the PIN was given some hand-overs ago.

    Leads to `shut` when the number opens the account no more, and to `not_yours`.
    """
    if not numbers.opens(session, who_of(hop).person_id, hop.phone):
        raise Lead("shut")
    return officers_act(session, hop, "pay")
