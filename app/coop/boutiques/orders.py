"""Order goods: the stock is taken by one conditional UPDATE in the order's own transaction, and given back once."""

import secrets
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from app.amounts import francs
from app.coop.act import Act
from app.coop.boutiques.models import Offer, Order
from app.coop.ledger.services import MOST_MOVED
from app.coop.members.lock import MemberLeft, lock_member
from app.coop.production.lines import worth
from app.coop.references import draw_free
from app.db.rows import require, store, total

RESERVED_FOR = timedelta(hours=48)
"""A reservation is over at this instant, or with its offer, which its best-before day ends: who comes exactly then is late."""
AGAIN_WITHIN = timedelta(minutes=30)
STRANGERS_PART = 10
"""A stranger orders a tenth of what is left at the most, and always one unit."""
MOST_NO_SHOWS, NO_SHOWS_FOR = 2, timedelta(days=180)
"""After so many reservations that nobody came for in this time, a number buys at the counter only."""
SLICE, MOST_SLICES = 5_000, 24


class SoldOut(Exception):
    """There isn't as much left: `left` units of the offer."""

    def __init__(self, left: Decimal) -> None:
        super().__init__(left)
        self.left = left


class PriceChanged(Exception):
    """An officer has changed the price since it was shown: it is `price` XOF a unit now."""

    def __init__(self, price: int) -> None:
        super().__init__(price)
        self.price = price


class BadOrder(ValueError):
    """The argument says why, in French."""


class OneOpenOrder(Exception):
    """A number that is no member's has one open order."""


class CounterOnly(Exception):
    """This number let reservations expire: it buys at the counter."""


class OrderNotOpen(Exception):
    """It isn't reserved any more, or not this person's, or its time is over."""


def place(
    session: Session,
    act: Act,
    offer_id: int,
    units: Decimal,
    *,
    on_account: bool = False,
    shown: int | None = None,
    draw: Callable[[int], int] = secrets.randbelow,
) -> tuple[Order, bool]:
    """Reserve goods for a member, or for the number in hand; return the order and whether it is new.

    The same operation, or the same goods, paid the same way, from the same number within AGAIN_WITHIN, give the first.
    `on_account` is the member's word, by PIN, that it is taken from what they are owed; `shown` the price of a unit that they saw.
    Raises BadOrder, SoldOut, PriceChanged, OneOpenOrder, CounterOnly.
    """
    member = _member(session, act)
    mine = (Order.member_id == member) if member else ((Order.phone == act.phone) & Order.member_id.is_(None))
    way = "account" if on_account else "cash"
    same = (Order.offer_id == offer_id) & (Order.quantity == units) & (Order.way == way) & (Order.state == "reserved")
    same &= Order.at > act.now - AGAIN_WITHIN
    known = session.scalar(select(Order).where((Order.operation == act.operation) | (mine & same)).order_by(Order.id).limit(1))
    if known is not None:
        return known, False
    offer = session.get(Offer, offer_id)
    if offer is None or offer.until_at <= act.now:
        raise SoldOut(Decimal(0))
    if not units > 0 or units != units.to_integral_value():
        raise BadOrder("Un nombre entier, svp.")
    if member is None and on_account:
        raise BadOrder("Sur son compte: pour un membre actif.")
    if member is None:
        _check_stranger(session, act, offer, units)
    code = draw_free(session, Order.code, (Order.cooperative_id == offer.cooperative_id) & (Order.state == "reserved"), draw)
    amount = take_stock(session, offer_id, units, act.now, shown)
    row = Order(
        cooperative_id=offer.cooperative_id,
        offer_id=offer_id,
        member_id=member,
        phone=act.phone,
        quantity=units,
        amount=amount,
        way=way,
        state="reserved",
        code=code,
        at=act.now,
        reserved_until=min(act.now + RESERVED_FOR, offer.until_at),
        channel=act.channel,
        operation=act.operation,
    )
    store(session, row)
    return row, True


def cancel(session: Session, act: Act, order_id: int) -> Order:
    """Take an order back, by the member or the number that made it. Raises OrderNotOpen."""
    return give_back(session, order_id, "cancelled", whose(act.phone, act.member_id))


def whose(phone: str, member_id: int | None) -> ColumnElement[bool]:
    """Return the condition for a number's own orders: what it ordered as nobody's, and its member's, who holds it alone.

    A stranger who orders and becomes a member finds the order there; on a member's other numbers it isn't.
    """
    by_number = (Order.phone == phone) & Order.member_id.is_(None)
    return by_number | (Order.member_id == member_id) if member_id else by_number


def give_back(session: Session, order_id: int, state: str, *only: ColumnElement[bool]) -> Order:
    """End a reservation, and give its goods back to the offer: once, whatever else would end it. Raises OrderNotOpen."""
    row = move(session, order_id, ("reserved",), state, *only)
    session.execute(update(Offer).where(Offer.id == row.offer_id).values(quantity=Offer.quantity + row.quantity))
    return row


def expire(session: Session, now: datetime) -> int:
    """End the reservations whose time is over, in slices of a few statements each; return how many."""
    ended = 0
    for _ in range(MOST_SLICES):
        # Read first: as a part of the UPDATE, PostgreSQL may go through the slice once for each order that there is.
        due = session.scalars(select(Order.id).where(Order.state == "reserved", Order.reserved_until <= now).limit(SLICE)).all()
        moved = update(Order).where(Order.id.in_(due), Order.state == "reserved").values(state="expired")
        rows = session.execute(moved.returning(Order.offer_id, Order.quantity)).all()
        back: dict[int, Decimal] = defaultdict(Decimal)
        for offer, units in rows:
            back[offer] += units
        # In the order of their ids: two schedulers at once wait for each other, not in a circle.
        for offer, units in sorted(back.items()):
            session.execute(update(Offer).where(Offer.id == offer).values(quantity=Offer.quantity + units))
        ended += len(rows)
        if len(rows) < SLICE:
            break
    return ended


def take_stock(session: Session, offer_id: int, units: Decimal, now: datetime, shown: int | None = None) -> int:
    """Take goods off an offer by one conditional UPDATE; return what they come to in XOF.

    Raises SoldOut with what is left, PriceChanged where a unit doesn't cost what was `shown`, BadOrder above MOST_MOVED.
    """
    there = (Offer.id == offer_id) & (Offer.quantity >= units) & (Offer.until_at > now)
    # All in the one UPDATE: what is refused behind it has taken the goods where a caller goes on, as an SMS does.
    agreed = Offer.amount == (Offer.amount if shown is None else shown)
    taken = (
        update(Offer)
        .where(there, agreed, Offer.amount <= MOST_MOVED // units)
        .values(quantity=Offer.quantity - units)
        .returning(Offer.amount)
    )
    price = session.scalar(taken.execution_options(synchronize_session=False))
    if price is None:
        session.expire_all()
        found = session.execute(select(Offer.quantity, Offer.amount).where(Offer.id == offer_id, Offer.until_at > now)).first()
        if found is None or found.quantity < units:
            raise SoldOut(found.quantity if found else Decimal(0))
        if shown is not None and found.amount != shown:
            raise PriceChanged(found.amount)
        raise BadOrder(f"{francs(MOST_MOVED)} au plus à la fois.")
    return worth(units, price)


def move(session: Session, order_id: int, before: tuple[str, ...], state: str, *only: ColumnElement[bool]) -> Order:
    """Move an order on from one of these states, and return it; of two at once one does. Raises OrderNotOpen."""
    moved = update(Order).where(Order.id == order_id, Order.state.in_(before), *only).values(state=state)
    require(session.scalar(moved.returning(Order.id)), OrderNotOpen(order_id))
    return session.get_one(Order, order_id, populate_existing=True)


def _member(session: Session, act: Act) -> int | None:
    if act.member_id is None:
        return None
    try:
        found = lock_member(session, act.member_id)
    except MemberLeft:
        return None
    return found.id if found.state == "active" else None


def _check_stranger(session: Session, act: Act, offer: Offer, units: Decimal) -> None:
    theirs = (Order.phone == act.phone) & Order.member_id.is_(None)
    if session.scalar(select(Order.id).where(theirs, Order.state == "reserved").limit(1)) is not None:
        raise OneOpenOrder
    lately = (Order.state == "expired") & (Order.at > act.now - NO_SHOWS_FOR)
    if total(session, select(func.count()).select_from(Order).where(theirs, lately)) >= MOST_NO_SHOWS:
        raise CounterOnly
    most = max(Decimal(1), offer.quantity // STRANGERS_PART)
    if units > most:
        raise BadOrder(f"{most:f} au plus par commande.")
