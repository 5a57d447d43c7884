"""References of what is handed over."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.coop.ledger.models import Payout
from app.coop.payments.models import Payment
from app.coop.production.models import Declaration
from app.coop.production.references import MOST_DRAWS, draw_reference


def draw_references(session: Session, cooperative_id: int, season: int, count: int, draw: Callable[[int], int]) -> list[str]:
    """Draw references that no payment, declaration or payout has here: people write one without saying of what."""
    drawn: set[str] = set()
    for _ in range(MOST_DRAWS):
        wanted = {draw_reference(draw) for _ in range(count - len(drawn))} - drawn
        taken = (
            (Payment.reference, Payment.cooperative_id, (Payment.season == season) | Payment.waits()),
            (Declaration.reference, Declaration.cooperative_id, Declaration.season == season),
            (Payout.reference, Payout.cooperative_id, Payout.id > 0),
        )
        for column, place, which in taken:
            wanted -= set(session.scalars(select(column).where(place == cooperative_id, which, column.in_(wanted))))
        drawn |= wanted
        if len(drawn) == count:
            return sorted(drawn)
    raise RuntimeError("no reference is free: is the season's number space full?")
