"""What the clock does at the boutique témoin: ends reservations and offers, says so, reminds of invoices."""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import texts
from app.coop.act import Act
from app.coop.boutiques import offers, orders
from app.coop.boutiques.models import Offer, Order
from app.coop.members.notices import tell_number
from app.db.rows import each
from app.service import service_of

MOST_AT_ONCE = 200
TOLD_WITHIN = timedelta(days=1)


def sweep(session: Session, now: datetime) -> None:
    """End what is over: first reservations, then offers, whose rest is their lot's own again."""
    orders.expire(session, now)
    over = select(Offer.id, Offer.quantity).where(Offer.until_at <= now, Offer.quantity > Decimal(0)).order_by(Offer.id)
    # One that is locked is being bought from, or taken down: the next round ends it.
    rows = session.execute(over.limit(MOST_AT_ONCE).with_for_update(skip_locked=True)).all()

    def end(one: tuple[int, Decimal]) -> None:
        offer, left = one
        session.execute(update(Offer).where(Offer.id == offer).values(quantity=Decimal(0)))
        offers.release(session, offer, left)

    each(session, "an offer that is over", [(one[0], one) for one in rows], end)


def tell_expired(session: Session, now: datetime) -> None:
    """Tell who ordered that nobody came in time, once, by day; what couldn't be told for TOLD_WITHIN is told no more."""
    if not service_of(session).awake(now):
        return
    # The number is blanked where the name of whoever ordered was erased.
    untold = (Order.state == "expired") & Order.reminded_at.is_(None) & (Order.phone != "")
    due = select(Order).where(untold, Order.reserved_until > now - TOLD_WITHIN).order_by(Order.id).limit(MOST_AT_ONCE)
    service = service_of(session)
    rows = session.scalars(due.with_for_update(skip_locked=True)).all()

    def tell(row: Order) -> None:
        words = texts.say("order_expired", number=row.code, code=service.code, cost=service.cost)
        tell_number(session, Act.by_clock(f"order:{row.id}:expired", now), row.phone, "receipt", f"order:{row.id}:expired", words)

    for row in rows:
        row.reminded_at = now
    each(session, "an order that expired", [(row.id, row) for row in rows], tell)


def remind(session: Session, now: datetime) -> None:
    """Remind a buyer of an invoice that is past its day, once, by day."""
    if not service_of(session).awake(now):
        return
    late = (Order.state == "delivered") & (Order.due_on < now.date()) & Order.reminded_at.is_(None) & (Order.phone != "")
    rows = session.scalars(select(Order).where(late).limit(MOST_AT_ONCE).with_for_update(skip_locked=True)).all()

    def tell(row: Order) -> None:
        words = texts.say("invoice_due", invoice=row.invoice or "", due=row.due_on or now.date())
        tell_number(session, Act.by_clock(f"order:{row.id}:due", now), row.phone, "notice", f"order:{row.id}:due", words)

    for row in rows:
        row.reminded_at = now
    each(session, "an invoice that is late", [(row.id, row) for row in rows], tell)
