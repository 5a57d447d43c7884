"""What is wrong with lots: stock that isn't the sum of its moves, grams that came from nowhere, a loss that isn't in the books."""

from sqlalchemy import Connection, String, cast, func, literal, select

from app.coop.ledger.models import JournalEntry, Posting
from app.coop.lots.models import WRITTEN_OFF, Lot, LotEvent, LotMove
from app.coop.subject import MOST_NAMED


def stock(reader: Connection) -> list[str]:
    """Name lots whose units or grams aren't the sum of their moves."""
    moved = select(LotMove.lot_id, func.sum(LotMove.units).label("units"), func.sum(LotMove.grams).label("grams"))
    sums = moved.group_by(LotMove.lot_id).subquery()
    wrong = (Lot.units != sums.c.units) | (func.coalesce(Lot.grams, 0) != func.coalesce(sums.c.grams, 0))
    rows = reader.scalars(select(Lot.code).join(sums, sums.c.lot_id == Lot.id).where(wrong).limit(MOST_NAMED))
    return [f"lot {code} isn't the sum of its moves" for code in rows]


def mass(reader: Connection) -> list[str]:
    """Name events whose moves don't sum to the grams that entered less those that are gone."""
    moved = func.coalesce(func.sum(LotMove.grams), 0)
    rows = select(LotEvent.id, LotEvent.kind).outerjoin(LotMove, LotMove.event_id == LotEvent.id)
    wrong = rows.group_by(LotEvent.id, LotEvent.kind, LotEvent.entered, LotEvent.gone).having(
        moved != LotEvent.entered - LotEvent.gone
    )
    return [f"lot event {number} ({kind}) doesn't conserve grams" for number, kind in reader.execute(wrong.limit(MOST_NAMED))]


def written_off(reader: Connection) -> list[str]:
    """Name what was thrown away or counted without an entry of its cost."""
    operation = literal("lot_event:") + cast(LotEvent.id, String)
    rows = select(LotEvent.id, LotEvent.kind, LotEvent.cost).outerjoin(JournalEntry, JournalEntry.operation == operation)
    rows = rows.outerjoin(Posting, (Posting.entry_id == JournalEntry.id) & (Posting.amount == LotEvent.cost))
    wrong = rows.where(LotEvent.kind.in_(WRITTEN_OFF), LotEvent.cost > 0, Posting.id.is_(None)).limit(MOST_NAMED)
    return [f"lot event {number} ({kind}) has no entry of {cost} F" for number, kind, cost in reader.execute(wrong)]
