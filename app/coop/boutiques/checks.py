"""What is wrong with the boutique: a lot that promises more or less than its offers and orders hold, a sale without its entry."""

from decimal import Decimal

from sqlalchemy import Connection, String, cast, func, literal, select

from app.coop.boutiques.models import DayCount, Offer, OfferedLot, Order
from app.coop.ledger.models import JournalEntry
from app.coop.lots.models import Lot, LotEvent
from app.coop.subject import MOST_NAMED


def promised(reader: Connection) -> list[str]:
    """Name lots whose offered part isn't what their offers have left and their orders reserve."""
    reserved = (
        select(Order.offer_id, func.sum(Order.quantity).label("units")).where(Order.state == "reserved").group_by(Order.offer_id)
    )
    held = reserved.subquery()
    of_lot = select(OfferedLot.lot_id, func.sum(Offer.quantity + func.coalesce(held.c.units, 0)).label("units"))
    of_lot = of_lot.join(Offer, Offer.id == OfferedLot.offer_id).outerjoin(held, held.c.offer_id == Offer.id)
    sums = of_lot.group_by(OfferedLot.lot_id).subquery()
    rows = select(Lot.code).outerjoin(sums, sums.c.lot_id == Lot.id).where(Lot.offered != func.coalesce(sums.c.units, 0))
    return [f"lot {code} doesn't promise what its offers hold" for code in reader.scalars(rows.limit(MOST_NAMED))]


def unbooked(reader: Connection) -> list[str]:
    """Name sales that have no entry in the books."""
    rows = select(Order.id).where(Order.state.in_(("sold", "delivered", "refunded")), Order.entry_id.is_(None))
    return [f"order {number} is sold without an entry" for number in reader.scalars(rows.limit(MOST_NAMED))]


def written_off(reader: Connection) -> list[str]:
    """Name days' differences, and spoilt goods of refunds, that are in the books by no entry."""
    entry = select(JournalEntry.id).where(JournalEntry.operation == literal("day_count:") + cast(DayCount.id, String)).exists()
    more, less = DayCount.counted >= DayCount.books + Decimal(1), DayCount.books >= DayCount.counted + Decimal(1)
    unit_or_more = more | less  # less of a unit may be worth no franc
    counts = select(DayCount.id).where(DayCount.state == "noted", unit_or_more, ~entry).limit(MOST_NAMED)
    of = literal("order:") + cast(Order.id, String)
    back = select(LotEvent.id).where(LotEvent.operation == of + ":refund").exists()
    lost = select(JournalEntry.id).where(JournalEntry.operation == of + ":write_off").exists()
    refunds = select(Order.id).join(OfferedLot, OfferedLot.offer_id == Order.offer_id)
    refunds = refunds.where(Order.state == "refunded", ~back, ~lost).limit(MOST_NAMED)
    found = [f"day's count {number} is noted without an entry" for number in reader.scalars(counts)]
    return found + [f"order {number} is refunded, its goods neither back nor written off" for number in reader.scalars(refunds)]
