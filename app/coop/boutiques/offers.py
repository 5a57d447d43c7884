"""Put goods of a lot up for sale, and take what is left of them down."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.boutiques.models import Offer, OfferedLot
from app.coop.lots.models import Lot
from app.coop.lots.stock import LotShort, locked
from app.coop.offices import audit
from app.coop.products.models import Product
from app.db.rows import require, store
from app.public_words import spelled

MOST_PRICE = 999_999
LONGEST_DAYS = 90
"""How long goods without a date are offered."""


class OfferRefused(ValueError):
    """It can't be so; the argument says why, in French."""


class OfferGone(Exception):
    """The offer isn't this co-operative's, or is over."""


class Put(msgspec.Struct, frozen=True):
    """What is put up: a lot's code, how much of it, XOF a unit; the name and the place where they aren't the lot's own."""

    code: str
    units: Decimal
    price: int
    name: str | None = None
    place: str | None = None


def put_up(session: Session, act: Act, what: Put) -> Offer:
    """Offer a part of a lot until its best-before day. Raises LotGone, LotShort, OfferRefused."""
    [lot] = locked(session, act, [what.code])
    name = spelled(what.name or session.scalar(select(Product.name).where(Product.id == lot.product_id)) or "")
    place = spelled(what.place or lot.place)
    if not 0 < what.price <= MOST_PRICE:
        raise OfferRefused(f"Un prix de 1 à {MOST_PRICE} F, svp.")
    if not (1 <= len(name) <= 20 and 1 <= len(place) <= 16):
        raise OfferRefused("Un nom de 1 à 20 lettres, un lieu de 1 à 16, svp.")
    if lot.best_before and lot.best_before < act.today:
        raise OfferRefused("Ce lot est périmé.")
    if not 0 < what.units <= lot.units - lot.offered:
        raise LotShort(lot.units - lot.offered)
    lot.offered += what.units
    ends = datetime.combine(lot.best_before, time(), UTC) + timedelta(days=1) if lot.best_before else None
    until = min(ends or act.now + timedelta(days=LONGEST_DAYS), act.now + timedelta(days=LONGEST_DAYS))
    facts = {"name": name, "unit": lot.unit, "amount": what.price, "quantity": what.units, "place": place, "until_at": until}
    row = store(session, Offer(cooperative_id=lot.cooperative_id, **facts))
    session.add(OfferedLot(offer_id=row.id, lot_id=lot.id))
    if act.by:
        audit.note(session, act, "offer put up", f"offer:{row.id}", audit.Of(None, row.cooperative_id))
    session.flush()
    return row


def take_down(session: Session, act: Act, offer_id: int) -> Decimal:
    """End an offer; what nobody has ordered is the lot's own again. Return how much. Raises OfferGone."""
    here = act.by.scope.own(Offer.cooperative_id) if act.by else Offer.id > 0
    row = session.scalar(select(Offer).where(Offer.id == offer_id, here).with_for_update())
    if row is None or row.until_at <= act.now:
        raise OfferGone(offer_id)
    left, row.quantity, row.until_at = row.quantity, Decimal(0), min(row.until_at, act.now)
    session.flush()
    release(session, offer_id, left)
    if act.by:
        audit.note(session, act, "offer taken down", f"offer:{row.id}", audit.Of(None, row.cooperative_id))
    return left


def change_price(session: Session, act: Act, offer_id: int, price: int) -> Offer:
    """Change an offer's price for orders from now on: a discount, or more. Raises OfferGone, OfferRefused."""
    if not 0 < price <= MOST_PRICE:
        raise OfferRefused(f"Un prix de 1 à {MOST_PRICE} F, svp.")
    here = act.by.scope.own(Offer.cooperative_id) if act.by else Offer.id > 0
    changed = update(Offer).where(Offer.id == offer_id, here, Offer.until_at > act.now).values(amount=price)
    require(session.scalar(changed.returning(Offer.id)), OfferGone(offer_id))
    return session.get_one(Offer, offer_id, populate_existing=True)


def release(session: Session, offer_id: int, units: Decimal) -> None:
    """Give what an offer held of its lot back to the lot; an offer of before lots has none."""
    lot = select(OfferedLot.lot_id).where(OfferedLot.offer_id == offer_id).scalar_subquery()
    session.execute(update(Lot).where(Lot.id == lot).values(offered=Lot.offered - units))
