"""Pay in batches: what is due, the confirmation by PIN, what remains."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from statistics import median_high
from typing import Annotated

import msgspec
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import units
from app.coop.ledger.services import MOST_HELD
from app.coop.members.names import names_of
from app.coop.payments import batches as paying
from app.coop.payments import queries
from app.coop.payments.delays import paid_after
from app.coop.payments.due import Bar, Wanted, due, left_out, unpaid
from app.ussd import kinds
from app.ussd.bindings import Bindings, Refused
from menus.hop import Hop, officers_act, reading_office

menu = Bindings("payments")
MEASURED = timedelta(days=90)
"""How far back days to payment are counted on the officers' screen."""
MOST_NAMED = 4
WAYS = ("cash", "mobile")
BARS: dict[Bar, str] = {"closed": "compte fermé", "frozen": "argent suspendu", "number": "pas de numéro à soi seul"}

BatchNumber = Annotated[int, kinds.Kind("count", "9999999")]
Many = Annotated[int, kinds.Kind("count", "99999")]
WAITS = "attend d'autres responsables (Bureau, 2)."
PAID_OUT = "Fichier envoyé ? Ne closez pas."
Caution = Annotated[str, kinds.Kind("words", PAID_OUT)]
LeftOut = Annotated[str, kinds.Kind("words", " Sans: " + ", ".join(f"99999 {why}" for why in BARS.values()) + ".")]
LongList = Annotated[str, kinds.Kind("text", "mmmmmmmmm " * 250, private=True)]


class CashList(msgspec.Struct, frozen=True):
    words: LongList


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


class BatchRow(msgspec.Struct, frozen=True):
    id: BatchNumber
    left: Many
    worth: kinds.Amount
    caution: Caution


class PaymentLot(msgspec.Struct, frozen=True):
    lot: BatchRow


class Freed(msgspec.Struct, frozen=True):
    batch: BatchNumber
    freed: Annotated[str, kinds.Kind("words", "99999 paiements annulés")]


@menu.source()
def pay_delays(hop: Hop, reader: Connection) -> Delays:
    """Say how long members wait for their money."""
    found = paid_after(reader, hop.now - MEASURED, reading_office(reader, hop, "pay").scope)
    days = [day for waited in found.values() for day in waited]
    return Delays(f"{delay_words(days)} ".lstrip())


@menu.rows()
def days_due(hop: Hop, reader: Connection) -> Sequence[DayDue]:
    """Give the days with deliveries to be paid, the newest first; a day's id is its ordinal."""
    counted = Counter(line.day for line in unpaid(reader, scope_of(reader, hop)))
    return [DayDue(day.toordinal(), day, units.count(count, "livraison")) for day, count in sorted(counted.items(), reverse=True)]


@menu.rows()
def products_due(hop: Hop, reader: Connection) -> Sequence[ProductDue]:
    """Give the products with deliveries to be paid."""
    lines = unpaid(reader, scope_of(reader, hop))
    counted = Counter((line.product_id, line.product) for line in lines)
    return [
        ProductDue(product, name, units.count(count, "livraison"))
        for (product, name), count in sorted(counted.items(), key=lambda one: one[0][1])
    ]


@menu.answer(refuses={"unknown": None, "none": None, "much": None})
def pay_way(hop: Hop, reader: Connection, typed: str, kept: Deliveries) -> ToPay:
    """Read how to pay, and sum up what is due so."""
    if typed not in ("1", "2"):
        raise Refused("unknown")
    wanted, way = kept.wanted, WAYS[int(typed) - 1]
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
def pay_list(hop: Hop, reader: Connection, kept: AskedPayment) -> CashList:
    """Give who is to get what, by card and name."""
    pay = kept.pay
    found = due(reader, scope_of(reader, hop), pay.wanted, pay.way, hop.now)
    members = [one.member_id for one in found]
    cards, names = queries.cards_of(reader, members), names_of(reader, members)
    lines = sorted(f"{cards[one.member_id]} {names[one.member_id]} {kinds.amount_words(one.amount)}" for one in found)
    return CashList("\n".join(lines) or "Rien à payer.")


@menu.effect(leads={"not_yours": None}, ways={paying.BatchChanged: "changed"})
def make_batch(hop: Hop, session: Session, kept: AskedPayment) -> Made:
    """Make the batch as it was shown."""
    act, pay = officers_act(session, hop, "pay"), kept.pay
    batch, waits = paying.make(session, act, pay.wanted, pay.way, count=pay.count, francs=pay.worth)
    return Made(batch, WAITS if waits else f"ouvert. {pay.count} à payer, {kinds.amount_words(pay.worth)}.")


@menu.source()
def mobile_standing(hop: Hop, reader: Connection) -> BatchStanding:
    """Say how many are left to be paid by mobile money."""
    open_ones = paying.open_batches(reader, scope_of(reader, hop))
    numbers = [str(one.id) for one in open_ones if one.way == "mobile" and one.state == "open"]
    named = ", ".join(numbers[:MOST_NAMED]) + (" ..." if len(numbers) > MOST_NAMED else "")
    return BatchStanding(f"{units.agree(len(numbers), 'Lot')} {named}." if numbers else "Aucun lot mobile money ouvert.")


@menu.rows()
def batches(hop: Hop, reader: Connection) -> Sequence[BatchRow]:
    """Give the batches with something left."""
    found = paying.open_batches(reader, scope_of(reader, hop))
    return [BatchRow(one.id, one.left, one.worth, PAID_OUT if one.way == "mobile" else "") for one in found]


@menu.effect(leads={"not_yours": None}, ways={paying.BatchNotOpen: "gone"})
def close_batch(hop: Hop, session: Session, kept: PaymentLot) -> Freed:
    """Close a batch; what was not handed over is due again."""
    freed = paying.close(session, officers_act(session, hop, "pay"), kept.lot.id)
    return Freed(kept.lot.id, f"{units.count(freed, 'paiement')} {units.agree(freed, 'annulé')}")


def delay_words(days: Sequence[int]) -> str:
    """Say how many days payment takes, as a rule and at most: nothing where nothing was paid."""
    if not days:
        return ""
    usual, most = median_high(days), max(days)
    words = f"D'habitude payé {f'en {usual} j' if usual else 'le jour même'}"
    return f"{words}, au plus {most} j." if most else f"{words}."


def scope_of(reader: Connection, hop: Hop) -> int:
    """Return the co-operative that whoever is on the line pays for."""
    return reading_office(reader, hop, "pay").scope.cooperative
