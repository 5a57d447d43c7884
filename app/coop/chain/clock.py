"""What producers are told, once a lot: when all of it is sold, or after 30 days. By day, within the day's budget."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import texts
from app.coop.act import Act
from app.coop.chain.earnings import earned
from app.coop.chain.family import Family, family_of, unsold
from app.coop.chain.models import QuietChain
from app.coop.lots.models import Lot, LotEvent
from app.coop.members.contact import reach
from app.coop.members.notices import tell_number
from app.db.rows import each
from app.service import service_of
from app.sms.broadcasts.budget import OverBudget, reserve
from app.sms.prices import part_price

AFTER = timedelta(days=30)
MOST_LOTS, MOST_TOLD = 200, 20
"""Lots that one sweep looks at, the oldest of which nobody was told, and those of which it tells."""


def sweep(session: Session, now: datetime) -> None:
    """Tell the producers of lots of deliveries that are all sold, or old enough; a quiet co-operative's are only noted."""
    if not service_of(session).awake(now):
        return
    quiet = select(QuietChain.cooperative_id)
    due = select(Lot).join(LotEvent, LotEvent.id == Lot.made_by).where(LotEvent.kind == "delivery", Lot.told_at.is_(None))
    # An emptied lot may have become others, of which some isn't sold yet.
    done = (LotEvent.at <= now - AFTER) | Lot.id.not_in(select(unsold().c.id))
    rows = session.scalars(due.where(done).order_by(Lot.id).limit(MOST_LOTS).with_for_update(of=Lot, skip_locked=True)).all()
    told = 0

    def tell(lot: Lot) -> None:
        nonlocal told
        family = family_of(session, lot.code) if told < MOST_TOLD else None
        if family is None:
            return
        if session.scalar(quiet.where(QuietChain.cooperative_id == lot.cooperative_id)) is None:
            try:
                _tell(session, family, lot, now)
            except OverBudget:
                return  # another day's, or a smaller lot's turn
            told += 1
        lot.told_at = now

    each(session, "a lot to be told of", [(lot.id, lot) for lot in rows], tell)


def _tell(session: Session, family: Family, lot: Lot, now: datetime) -> None:
    """Tell each producer once, XOF only where that may be. Raises OverBudget, and has then told nobody."""
    found, service = earned(family), service_of(session)
    gross = {one.member: 0 for one in family.deliveries.get(lot.id, ())}
    for one in family.deliveries.get(lot.id, ()):
        gross[one.member] += one.gross
    percent = round(100 * found.sold)
    reached = {member: whom for member, whom in sorted(reach(session, list(gross)).items()) if whom.phone}
    reserve(session, now.date(), len(reached) * part_price(session, now, service.part_price), service.budget)
    for member, whom in reached.items():
        words = texts.say("lot_told", lot=lot.code, percent=percent, code=service.code)
        if whom.amounts:
            words = texts.say("lot_told_amount", lot=lot.code, percent=percent, amount=gross[member], code=service.code)
        act = Act.by_clock(f"lot:{lot.id}:told", now)
        cause = f"lot:{lot.id}:told:{member}"
        tell_number(
            session, act, whom.phone or "", "notice", cause, words, person_id=whom.person_id, cooperative_id=lot.cooperative_id
        )
