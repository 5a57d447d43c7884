"""Sell: an order against its pick-up code, over the counter, or by invoice to a public buyer; and take a sale back.

Each sale and refund is an entry in the books, and takes its goods out of their lot.
"""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import texts
from app.coop import approvals, law
from app.coop.act import Act
from app.coop.boutiques.models import Offer, OfferedLot, Order
from app.coop.boutiques.orders import BadOrder, OrderNotOpen, move, take_stock
from app.coop.cooperatives.lock import lock_cooperative
from app.coop.handover.box import BoxShort, check_box
from app.coop.ledger.models import JournalEntry
from app.coop.ledger.services import AlreadyReversed, Overdrawn, account_of, post, reverse
from app.coop.lots.models import Lot
from app.coop.lots.stock import Part, give, happen, take
from app.coop.lots.write_offs import write_off
from app.coop.members.lock import MemberLeft, lock_member
from app.coop.members.models import Member
from app.coop.members.notices import tell_member
from app.coop.offices import audit
from app.coop.payments.due import unheld
from app.db.rows import require, store
from app.gsm7 import fold
from app.public_words import BadWords, read_public

DUE_DAYS = 30
BOXES = ("cash", "bank", "mobile")


class AccountShort(Exception):
    """The co-operative doesn't owe the member as much, that no payment holds: `free` XOF."""

    def __init__(self, free: int) -> None:
        super().__init__(free)
        self.free = free


class OwnSale(Exception):
    """Nobody hands goods over to themselves, nor asks for their own money back."""


def find(session: Session, act: Act, code: str) -> Order:
    """Return the reserved order with a pick-up code at this co-operative. Raises OrderNotOpen."""
    here = act.office.scope.own(Order.cooperative_id)
    return require(
        session.scalar(select(Order).where(Order.code == code, Order.state == "reserved", Order.reserved_until > act.now, here)),
        OrderNotOpen(code),
    )


def hand_over(session: Session, act: Act, order_id: int) -> Order:
    """Hand reserved goods over: paid in cash now, or from what the member is owed, as their PIN has said, and who is told.

    Raises OrderNotOpen, OwnSale, AccountShort, Unlawful, MemberLeft.
    """
    here = act.office.scope.own(Order.cooperative_id)
    row = move(session, order_id, ("reserved",), "sold", Order.reserved_until > act.now, here)
    _for_others(session, act, row.member_id)
    _sold(session, act, row)
    if row.way == "account" and row.member_id:
        words = texts.say("order_paid", number=row.code, day=act.now)
        tell_member(session, act, row.member_id, "security", f"order:{row.id}:paid", words)
    return row


def sell(session: Session, act: Act, offer_id: int, units: Decimal, *, shown: int | None = None) -> Order:
    """Sell over the counter for cash, at the price that was `shown`.

    Raises SoldOut, PriceChanged, BadOrder, OrderNotOpen on another co-operative's.
    """
    _own_offer(session, act, offer_id)
    return _sold(session, act, _written(session, act, offer_id, units, shown, way="cash", state="sold"))


def deliver(
    session: Session, act: Act, offer_id: int, units: Decimal, buyer: str, phone: str = "", *, shown: int | None = None
) -> Order:
    """Deliver to a public buyer before it is paid, with an invoice number and a due day. Raises as `sell`."""
    _own_offer(session, act, offer_id)
    try:
        named = read_public(buyer, 40)
    except BadWords as bad:
        raise BadOrder(str(bad)) from None
    cooperative = act.office.scope.cooperative
    lock_cooperative(session, cooperative)  # invoices are numbered without a gap
    of_year = (Order.cooperative_id == cooperative) & Order.invoice.like(f"F{act.today.year}-%")
    # Five digits with zeros before them: the greatest text is the greatest number.
    last = session.scalar(select(func.max(Order.invoice)).where(of_year))
    number = int(last[6:]) + 1 if last else 1
    row = _written(session, act, offer_id, units, shown, way="invoice", state="delivered", buyer=named, phone=phone)
    row.invoice, row.due_on = f"F{act.today.year}-{number:05d}", act.today + timedelta(days=DUE_DAYS)
    return _sold(session, act, row)


def settle(session: Session, act: Act, order_id: int, box: str) -> Order:
    """Note that an invoice was paid, into the box, the bank or mobile money; once. Raises OrderNotOpen."""
    if box not in BOXES:
        raise ValueError(box)
    row = move(session, order_id, ("delivered",), "sold", act.office.scope.own(Order.cooperative_id))
    row.paid_at = act.now
    _post(session, act, row, "invoice_paid", (box, None), ("receivable", None))
    audit.note(session, act, "invoice paid", f"order:{row.id}", row)
    session.flush()
    return row


def ask_refund(session: Session, act: Act, order_id: int, *, restocked: bool) -> int:
    """Ask that a sale be taken back; another officer decides. Raises OrderNotOpen, OwnSale, AlreadyAsked."""
    here = act.office.scope.own(Order.cooperative_id)
    row = require(
        session.scalar(select(Order).where(Order.id == order_id, Order.state.in_(("sold", "delivered")), here)),
        OrderNotOpen(order_id),
    )
    _for_others(session, act, row.member_id)
    asked = approvals.ask(
        session,
        act,
        "refund",
        f"Rembourser {fold(session.get_one(Offer, row.offer_id).name)}",
        subject="order",
        subject_id=row.id,
        cooperative_id=row.cooperative_id,
        amount=row.amount,
        member_id=row.member_id,
        details={"restocked": restocked},
    )
    audit.note(session, act, "refund asked", f"order:{row.id}", row)
    return asked


def refunded(session: Session, approval: approvals.Approval, act: Act) -> None:
    """Take a sale back: its entries reversed, its goods on the shelf again if they are good, else written off; once."""
    try:
        row = move(session, approval.subject_id, ("sold", "delivered"), "refunded")
        if row.paid_at is not None:
            paid = _entry_of(session, row, "invoice_paid")
            reverse(session, paid, operation=f"{act.operation}:paid", now=act.now)
        reverse(session, row.entry_id or 0, operation=act.operation, now=act.now)
        # Reversed before: the sum of the box has it.
        if row.way == "cash" or row.paid_at is not None:
            check_box(session, row.cooperative_id, row.amount)
    except OrderNotOpen:
        raise approvals.Impossible("déjà remboursé", final=True) from None
    except (AlreadyReversed, Overdrawn, MemberLeft):
        raise approvals.Impossible("déjà corrigé dans les comptes", final=True) from None
    except BoxShort:
        raise approvals.Impossible("la caisse n'a pas assez") from None
    if approval.details.get("restocked"):
        _restock(session, act, row)
    else:  # as if they had been counted missing on the shelf, which is kept at its prices
        write_off(session, f"order:{row.id}:write_off", row.cooperative_id, row.amount, act.now)


def _written(session: Session, act: Act, offer_id: int, units: Decimal, shown: int | None, **facts: object) -> Order:
    if not units > 0 or units != units.to_integral_value():
        raise BadOrder("Un nombre entier, svp.")
    amount = take_stock(session, offer_id, units, act.now, shown)
    told = {"offer_id": offer_id, "quantity": units, "amount": amount, "code": "", "phone": ""} | facts
    when = {"at": act.now, "reserved_until": act.now, "channel": act.channel, "operation": act.operation}
    row = Order(cooperative_id=act.office.scope.cooperative, **told, **when)
    return store(session, row)


def _sold(session: Session, act: Act, row: Order) -> Order:
    """Write a sale's entry, and take its goods out of their lot."""
    row.sold_by, row.sold_at = act.person_id, act.now
    if row.way == "account":
        _check_account(session, act, row)
    debit = {"cash": ("cash", None), "account": ("payable", row.member_id), "invoice": ("receivable", None)}[row.way]
    row.entry_id = _post(session, act, row, "sale", debit, ("sales", None))
    lot = _lot(session, row)
    if lot is not None:
        part = take(lot, row.quantity, promised=True)
        facts = {"gone": part.grams or 0, "reason": f"commande {row.id}"}
        happen(session, _within(act, row, "sale"), "sale", lot.cooperative_id, taken=[part], **facts)  # type: ignore[arg-type]
    audit.note(session, act, "goods sold", f"order:{row.id}", row)
    session.flush()
    return row


def _check_account(session: Session, act: Act, row: Order) -> None:
    """Hold a purchase against what the member is owed; more would be an overdraft, which the law may void."""
    member = row.member_id or 0
    # Batches hold what is owed under this lock: no franc is both held and spent.
    lock_cooperative(session, row.cooperative_id)
    lock_member(session, member)
    free = unheld(session, member)
    if row.amount > free:
        # Where the law voids an overdraft its article is said (AUSCOOP 251, 313), elsewhere only how much is free.
        law.check(session, "overdraft", member, act.today)
        raise AccountShort(max(0, free))


def _restock(session: Session, act: Act, row: Order) -> None:
    offer = session.get_one(Offer, row.offer_id, with_for_update=True)
    offer.quantity += row.quantity
    lot = _lot(session, row)
    if lot is not None:
        grams = None if lot.made_grams is None else int(lot.made_grams * row.quantity / lot.made_units)
        part = Part(lot, row.quantity, grams)
        give(lot, part)
        lot.offered += row.quantity
        happen(session, _within(act, row, "refund"), "refund", lot.cooperative_id, given=[part], entered=grams or 0)
    session.flush()


def _lot(session: Session, row: Order) -> Lot | None:
    of = select(OfferedLot.lot_id).where(OfferedLot.offer_id == row.offer_id)
    return session.scalar(select(Lot).where(Lot.id.in_(of)).with_for_update().execution_options(populate_existing=True))


def _within(act: Act, row: Order, what: str) -> Act:
    """Return the act under a key of its own: the lot's event is one thing, the entry another."""
    return Act(act.person_id, act.channel, f"order:{row.id}:{what}", act.now, trace=act.trace)


def _own_offer(session: Session, act: Act, offer_id: int) -> None:
    require(
        session.scalar(select(Offer.id).where(Offer.id == offer_id, act.office.scope.own(Offer.cooperative_id))),
        OrderNotOpen(offer_id),
    )


def _for_others(session: Session, act: Act, member_id: int | None) -> None:
    if member_id and session.scalar(select(Member.person_id).where(Member.id == member_id)) == act.person_id:
        raise OwnSale


def _entry_of(session: Session, row: Order, kind: str) -> int:
    return session.scalars(select(JournalEntry.id).where(JournalEntry.operation == f"order:{row.id}:{kind}")).one()


def _post(session: Session, act: Act, row: Order, kind: str, debit: tuple[str, int | None], credit: tuple[str, int | None]) -> int:
    of = [account_of(session, row.cooperative_id, member, account) for account, member in (debit, credit)]
    lines = [(of[0], row.amount), (of[1], -row.amount)]
    operation, member = f"order:{row.id}:{kind}", debit[1]
    return post(
        session, operation=operation, kind=kind, cooperative_id=row.cooperative_id, member_id=member, lines=lines, now=act.now
    )
