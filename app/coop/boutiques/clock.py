"""What the clock does at the boutique témoin: ends reservations and offers, reminds of invoices."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import texts
from app.coop.act import Act
from app.coop.boutiques import offers, orders
from app.coop.boutiques.models import Offer, Order
from app.coop.members.notices import tell_number
from app.service import service_of

MOST_AT_ONCE = 200


def sweep(session: Session, now: datetime) -> None:
    """End what is over: first reservations, then offers, whose rest is their lot's own again."""
    orders.expire(session, now)
    over = select(Offer.id, Offer.quantity).where(Offer.until_at <= now, Offer.quantity > Decimal(0)).order_by(Offer.id)
    for offer, left in session.execute(over.limit(MOST_AT_ONCE).with_for_update(skip_locked=True)).all():
        session.execute(update(Offer).where(Offer.id == offer).values(quantity=Decimal(0)))
        offers.release(session, offer, left)


def remind(session: Session, now: datetime) -> None:
    """Remind a buyer of an invoice that is past its day, once, by day."""
    if not service_of(session).awake(now):
        return
    late = (Order.state == "delivered") & (Order.due_on < now.date()) & Order.reminded_at.is_(None) & (Order.phone != "")
    for row in session.scalars(select(Order).where(late).limit(MOST_AT_ONCE).with_for_update(skip_locked=True)).all():
        row.reminded_at = now
        words = texts.say("invoice_due", invoice=row.invoice or "", due=row.due_on or now.date())
        tell_number(session, Act.by_clock(f"order:{row.id}:due", now), row.phone, "notice", f"order:{row.id}:due", words)
