"""The day's end: the box and the shelf are counted by one officer, and differences are noted by two."""

from decimal import Decimal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.coop import approvals
from app.coop.act import Act
from app.coop.approvals.models import Approval
from app.coop.boutiques.models import DayCount, Offer, OfferedLot, Order
from app.coop.boutiques.offers import OfferGone
from app.coop.cooperatives.lock import lock_cooperative
from app.coop.handover.box import box_of, lock_box
from app.coop.ledger.services import account_of, post
from app.coop.lots.models import Lot
from app.coop.lots.stock import Part, give, happen, take
from app.coop.lots.write_offs import write_off
from app.coop.offices import audit
from app.coop.production.lines import worth
from app.db.rows import require, store


class NoDifference(Exception):
    """The books say what was counted: there is nothing to note."""


def on_shelf(session: Session, offer_id: int) -> Decimal:
    """Return what the books say lies on an offer's shelf: what is left and what is reserved."""
    reserved = select(func.coalesce(func.sum(Order.quantity), 0)).where(Order.offer_id == offer_id, Order.state == "reserved")
    left = session.scalar(select(Offer.quantity).where(Offer.id == offer_id))
    return (left or Decimal(0)) + Decimal(session.scalar(reserved) or 0)


def ask(session: Session, act: Act, counted: Decimal, offer_id: int | None = None) -> int:
    """Note what was counted, of an offer's shelf or of the box in XOF; another officer confirms the difference.

    Raises NoDifference, OfferGone, AlreadyAsked.
    """
    cooperative = act.office.scope.cooperative
    offer = None if offer_id is None else session.get_one(Offer, offer_id)
    if offer and offer.cooperative_id != cooperative:
        raise OfferGone(offer_id)
    lock_cooperative(session, cooperative)
    # Each count is a row of its own. Noted both, one difference that was counted twice would be two.
    here = (DayCount.cooperative_id == cooperative) & DayCount.offer_id.is_not_distinct_from(offer_id)
    waits = (Approval.kind == "day_count") & (Approval.state == "waiting") & (Approval.expires_at > act.now)
    if session.scalar(select(Approval.id).join(DayCount, DayCount.id == Approval.subject_id).where(here, waits)) is not None:
        raise approvals.AlreadyAsked(offer_id)
    books = on_shelf(session, offer_id) if offer_id else Decimal(box_of(session, cooperative).there)
    if books == counted:
        raise NoDifference
    row = DayCount(cooperative_id=cooperative, offer_id=offer_id, counted=counted, books=books, state="asked")
    row.counted_by, row.at, row.operation = act.person_id, act.now, act.operation
    store(session, row)
    by = counted - books
    words = f"Compté: {'+' if by > 0 else ''}{by.normalize():f} {f'{offer.name} en rayon' if offer else 'F en caisse'}"[:48]
    details = {"count": row.id}
    about = {"subject": "day_count", "subject_id": row.id, "cooperative_id": cooperative, "details": details}
    asked = approvals.ask(session, act, "day_count", words, **about)  # type: ignore[arg-type]
    audit.note(session, act, "day's end counted", f"day_count:{row.id}", audit.Of(None, cooperative))
    return asked


def noted(session: Session, approval: approvals.Approval, act: Act) -> None:
    """Note the difference: in the books, and on the shelf. What is reserved can't be counted away."""
    row = session.get_one(DayCount, approval.subject_id, with_for_update=True)
    row.state = "noted"
    if row.offer_id is None:
        lock_box(session, row.cooperative_id)
        _cash(session, act, row, int(row.counted - row.books))
        return
    # The difference is noted, not the count: the shelf may have sold since it was counted.
    by = row.counted - row.books
    changed = update(Offer).where(Offer.id == row.offer_id, Offer.quantity + by >= Decimal(0)).values(quantity=Offer.quantity + by)
    price = require(
        session.scalar(changed.returning(Offer.amount).execution_options(synchronize_session=False)),
        approvals.Impossible("des commandes attendent ces articles"),
    )
    _shelf(session, act, row, by)
    francs = worth(abs(by), price)
    write_off(session, f"day_count:{row.id}", row.cooperative_id, -francs if by > 0 else francs, act.now)


def dropped(session: Session, approval: approvals.Approval, now: object) -> None:
    """Leave the books as they are: nobody else has confirmed it."""
    del now
    session.execute(update(DayCount).where(DayCount.id == approval.subject_id).values(state="refused"))


def _shelf(session: Session, act: Act, row: DayCount, by: Decimal) -> None:
    of = select(OfferedLot.lot_id).where(OfferedLot.offer_id == row.offer_id)
    lot = session.scalar(select(Lot).where(Lot.id.in_(of)).with_for_update())
    if lot is None:
        return
    within = Act(act.person_id, act.channel, f"day_count:{row.id}:shelf", act.now)
    if by < 0:
        # What lies on a shelf is the offer's part of the lot.
        part = take(lot, -by, promised=True)
        happen(session, within, "count", lot.cooperative_id, taken=[part], gone=part.grams or 0, reason="fin de journée")
    else:
        grams = None if lot.made_grams is None else int(lot.made_grams * by / lot.made_units)
        part = Part(lot, by, grams)
        give(lot, part)
        lot.offered += by
        happen(session, within, "count", lot.cooperative_id, given=[part], entered=grams or 0, reason="fin de journée")


def _cash(session: Session, act: Act, row: DayCount, amount: int) -> None:
    here = row.cooperative_id
    lines = [(account_of(session, here, None, "cash"), amount), (account_of(session, here, None, "differences"), -amount)]
    operation = f"day_count:{row.id}"
    post(session, operation=operation, kind="cash_difference", cooperative_id=here, member_id=None, lines=lines, now=act.now)
