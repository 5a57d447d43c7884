"""Pay in batches: what is due, the confirmation by PIN, from hand to hand, the signed receipt."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from statistics import median_high
from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import units
from app.coop.access import numbers
from app.coop.access.freezes import MoneyFrozen
from app.coop.act import Act
from app.coop.handover.box import BoxShort
from app.coop.handover.services import HandoverNotOpen, NotForYourself
from app.coop.handover.services import hand_over as hand_it_over
from app.coop.ledger.services import MOST_HELD, Overdrawn
from app.coop.payments import batches as paying
from app.coop.payments import notices, queries
from app.coop.payments.delays import paid_after
from app.coop.payments.due import Bar, Wanted, due, left_out, unpaid
from app.coop.payments.handover import PAYMENT
from app.coop.production.weighing_lookup import NotThere
from app.ussd import kinds
from app.ussd.bindings import Bindings, Divert, Lead, Refused, Ways
from menus.hop import Hop, officers_act, reading_office, who_of
from menus.identity import STATES, unproved

menu = Bindings("payments")
MEASURED = timedelta(days=90)
"""How far back days to payment are counted on the officers' screen."""
MOST_NAMED = 4
WAYS = ("cash", "mobile")
BARS: dict[Bar, str] = {"closed": "compte fermé", "frozen": "argent suspendu", "number": "pas de numéro à soi seul"}

BatchNumber = Annotated[int, kinds.Kind("count", "9999999")]
Many = Annotated[int, kinds.Kind("count", "99999")]
PAID_OUT = "Fichier envoyé ? Ne closez pas."
Caution = Annotated[str, kinds.Kind("words", PAID_OUT)]
LeftOut = Annotated[str, kinds.Kind("words", " Sans: " + ", ".join(f"99999 {why}" for why in BARS.values()) + ".")]
LongList = Annotated[str, kinds.Kind("text", "mmmmmmmmm " * 250, private=True)]


class CashList(msgspec.Struct, frozen=True):
    words: LongList


class LeftToPay(msgspec.Struct, frozen=True):
    """How many are left to be given cash."""

    standing: Annotated[str, kinds.Kind("words", "99999 à remettre.")]


class BatchStanding(msgspec.Struct, frozen=True):
    standing: kinds.Phrase


class Delays(msgspec.Struct, frozen=True):
    delays: kinds.Phrase


class DayDue(msgspec.Struct, frozen=True):
    id: int
    day: kinds.Day
    deliveries: kinds.Short


class ProductDue(msgspec.Struct, frozen=True):
    id: int
    product: kinds.ProductName
    deliveries: kinds.Short


class PickedProduct(msgspec.Struct, frozen=True):
    id: int


class ToPay(msgspec.Struct, frozen=True):
    """What was shown: the deliveries wanted, how they are paid, to how many and how much, and who is left out."""

    wanted: Wanted
    way: str
    count: Many
    members: kinds.Short
    francs: kinds.Amount
    worth: int
    left_out: LeftOut = ""


class Deliveries(msgspec.Struct, frozen=True):
    """What the officer wants paid: `all`, a `day` or a `product`, with the row that was picked."""

    pay_scope: str
    pay_of: PickedProduct | None = None

    @property
    def wanted(self) -> Wanted:
        """Return it as the rules know it."""
        if self.pay_of and self.pay_scope == "day":
            return Wanted(day=date.fromordinal(self.pay_of.id))
        return Wanted(product_id=self.pay_of.id) if self.pay_of and self.pay_scope == "product" else Wanted()


class AskedPayment(msgspec.Struct, frozen=True):
    pay: ToPay


class Made(msgspec.Struct, frozen=True):
    batch: BatchNumber
    standing: kinds.Phrase


class PaymentHandOut(msgspec.Struct, frozen=True):
    id: int
    card: kinds.Short
    reference: kinds.Reference
    amount: kinds.Amount


class Hand(msgspec.Struct, frozen=True):
    hand: PaymentHandOut


class HandedPayment(msgspec.Struct, frozen=True):
    handed: kinds.Amount
    card: kinds.Short
    reference: kinds.Reference


class Name(msgspec.Struct, frozen=True):
    name: kinds.PersonName


class Short(msgspec.Struct, frozen=True):
    left: kinds.Amount


class BatchRow(msgspec.Struct, frozen=True):
    id: BatchNumber
    left: Many
    worth: kinds.Amount
    caution: Caution


class PaymentLot(msgspec.Struct, frozen=True):
    lot: BatchRow


class Freed(msgspec.Struct, frozen=True):
    freed: Annotated[str, kinds.Kind("words", "99999 paiements annulés")]


NOT_HANDED: Ways = {
    HandoverNotOpen: "gone",
    Overdrawn: "gone",
    BoxShort: lambda short: Lead("short", Short(short.free)),
    MoneyFrozen: "frozen",
    NotForYourself: "yourself",
}


@menu.guard(name="hand_open", leads=dict.fromkeys(STATES))
def hand_open(hop: Hop) -> Divert:
    """Say who opens a list to hand over, whose PIN is asked whether or not they gave it before."""
    return unproved(hop, officer=True)


@menu.source()
def pay_delays(hop: Hop) -> Delays:
    """Say how long members wait for their money."""
    with hop.desk.database.read() as reader:
        found = paid_after(reader, hop.now - MEASURED, reading_office(reader, hop, "pay").scope)
    days = [day for waited in found.values() for day in waited]
    return Delays(f"Payé en {median_high(days)} j (médiane), {max(days)} j au pire." if days else "")


@menu.rows()
def days_due(hop: Hop) -> Sequence[DayDue]:
    """Give the days with deliveries to be paid, the newest first; a day's id is its ordinal."""
    with hop.desk.database.read() as reader:
        counted = Counter(line.day for line in unpaid(reader, scope_of(reader, hop)))
    return [DayDue(day.toordinal(), day, units.count(count, "livraison")) for day, count in sorted(counted.items(), reverse=True)]


@menu.rows()
def products_due(hop: Hop) -> Sequence[ProductDue]:
    """Give the products with deliveries to be paid."""
    with hop.desk.database.read() as reader:
        lines = unpaid(reader, scope_of(reader, hop))
    counted = Counter((line.product_id, line.product) for line in lines)
    return [
        ProductDue(product, name, units.count(count, "livraison"))
        for (product, name), count in sorted(counted.items(), key=lambda one: one[0][1])
    ]


@menu.answer(refuses={"unknown": None, "none": None, "much": None})
def pay_way(hop: Hop, typed: str, kept: Deliveries) -> ToPay:
    """Read how to pay, and sum up what is due so."""
    if typed not in ("1", "2"):
        raise Refused("unknown")
    wanted, way = kept.wanted, WAYS[int(typed) - 1]
    with hop.desk.database.read() as reader:
        scope = scope_of(reader, hop)
        found, barred = due(reader, scope, wanted, way, hop.now), left_out(reader, scope, wanted, way, hop.now)
    if not found:
        raise Refused("none")
    worth = sum(one.amount for one in found)
    if worth > MOST_HELD:
        raise Refused("much")
    without = ", ".join(f"{barred[bar]} {why}" for bar, why in BARS.items() if bar in barred)
    return ToPay(wanted, way, len(found), units.count(len(found), "membre"), worth, worth, f" Sans: {without}." if without else "")


@menu.source()
def pay_list(hop: Hop, kept: AskedPayment) -> CashList:
    """Give who is to get what, by card."""
    pay = kept.pay
    with hop.desk.database.read() as reader:
        found = due(reader, scope_of(reader, hop), pay.wanted, pay.way, hop.now)
        cards = queries.cards_of(reader, [one.member_id for one in found])
    lines = sorted(f"{cards[one.member_id]} {kinds.amount_words(one.amount)}" for one in found)
    return CashList("\n".join(lines) or "Rien à payer.")


@menu.effect(leads={"not_yours": None}, ways={paying.BatchChanged: "changed"})
def make_batch(hop: Hop, session: Session, kept: AskedPayment) -> Made:
    """Make the batch as it was shown."""
    act, pay = officers_act(session, hop, "pay"), kept.pay
    batch, waits = paying.make(session, act, pay.wanted, pay.way, count=pay.count, francs=pay.worth)
    return Made(batch, "attend d'autres responsables (Bureau, 2)." if waits else "ouvert.")


@menu.source()
def hand_standing(hop: Hop) -> LeftToPay:
    """Say how many are left to be given cash."""
    return LeftToPay(f"{_left(hop, 'cash')} à remettre.")


@menu.source()
def mobile_standing(hop: Hop) -> BatchStanding:
    """Say how many are left to be paid by mobile money."""
    with hop.desk.database.read() as reader:
        open_ones = paying.open_batches(reader, scope_of(reader, hop))
    numbers = [str(one.id) for one in open_ones if one.way == "mobile" and one.state == "open"]
    named = ", ".join(numbers[:MOST_NAMED]) + (" ..." if len(numbers) > MOST_NAMED else "")
    return BatchStanding(f"{units.agree(len(numbers), 'Lot')} {named}." if numbers else "Aucun lot mobile money ouvert.")


@menu.answer(leads={"left": None}, refuses={"unknown": None, "empty": None})
def hand_to(hop: Hop, typed: str) -> PaymentHandOut:
    """Read a payment's reference or a member's card; 1 leads to the cash list."""
    if typed == "1":
        raise Lead("left")
    with hop.desk.database.read() as reader:
        try:
            found = queries.to_hand_by(reader, scope_of(reader, hop), typed)
        except NotThere:
            raise Refused("unknown" if typed else "empty") from None
    return PaymentHandOut(found.id, found.card, found.reference, found.amount)


@menu.rows()
def hand_left(hop: Hop) -> Sequence[PaymentHandOut]:
    """Give the cash list: who is still to get what, to be picked from."""
    with hop.desk.database.read() as reader:
        found = queries.to_hand(reader, scope_of(reader, hop), "cash")
    return [PaymentHandOut(one.id, one.card, one.reference, one.amount) for one in found]


@menu.source()
def hand_name(hop: Hop, kept: Hand) -> Name:
    """Say whose money it is."""
    with hop.desk.database.read() as reader:
        return Name(queries.name_of(reader, kept.hand.id))


@menu.effect(leads={"short": Short, "shut": None, "not_yours": None}, ways=NOT_HANDED)
def hand_over(hop: Hop, session: Session, kept: Hand) -> HandedPayment:
    """Note that the member was given the money, and ask by SMS to say so."""
    act = handing_act(session, hop)
    row = hand_it_over(session, act, PAYMENT, kept.hand.id)
    notices.tell_handed_over(session, act, row.id)
    return HandedPayment(row.amount, kept.hand.card, row.reference)


@menu.rows()
def batches(hop: Hop) -> Sequence[BatchRow]:
    """Give the batches with something left."""
    with hop.desk.database.read() as reader:
        found = paying.open_batches(reader, scope_of(reader, hop))
    return [BatchRow(one.id, one.left, one.worth, PAID_OUT if one.way == "mobile" else "") for one in found]


@menu.effect(leads={"not_yours": None}, ways={paying.BatchNotOpen: "gone"})
def close_batch(hop: Hop, session: Session, kept: PaymentLot) -> Freed:
    """Close a batch; what was not handed over is due again."""
    freed = paying.close(session, officers_act(session, hop, "pay"), kept.lot.id)
    return Freed(f"{units.count(freed, 'paiement')} {units.agree(freed, 'annulé')}")


def handing_act(session: Session, hop: Hop) -> Act:
    """Return what is done by the office that hands money over, asked anew before each: the PIN was given some hand-overs ago.

    Leads to `shut` when the number opens the account no more, and to `not_yours`.
    """
    if not numbers.opens(session, who_of(hop).person_id, hop.phone):
        raise Lead("shut")
    return officers_act(session, hop, "pay")


def _left(hop: Hop, way: str) -> int:
    with hop.desk.database.read() as reader:
        return len(queries.to_hand(reader, scope_of(reader, hop), way))


def scope_of(reader: Connection, hop: Hop) -> int:
    """Return the co-operative that whoever is on the line pays for."""
    return reading_office(reader, hop, "pay").scope.cooperative
