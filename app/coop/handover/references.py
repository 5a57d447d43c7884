"""References of what is handed over."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.coop.handover.kinds import handover_kinds
from app.coop.production.models import Declaration
from app.coop.production.papers import reserved
from app.coop.references import MOST_DRAWS, draw_reference


def draw_references(session: Session, cooperative_id: int, season: int, count: int, draw: Callable[[int], int]) -> list[str]:
    """Draw references that no payment, declaration or payout has here: people write one without saying of what."""
    drawn: set[str] = set()
    paper = reserved(session, cooperative_id)
    for _ in range(MOST_DRAWS):
        wanted = {draw_reference(draw, paper) for _ in range(count - len(drawn))} - drawn
        taken = [(Declaration, Declaration.season == season)]
        taken += [(kind.table, kind.table.keeps_reference(season)) for kind in handover_kinds().values()]
        for table, which in taken:
            wanted -= set(
                session.scalars(
                    select(table.reference).where(table.cooperative_id == cooperative_id, which, table.reference.in_(wanted))
                )
            )
        drawn |= wanted
        if len(drawn) == count:
            # A set has an order of its own in each process. Sorted, the same draw gives the same references.
            return sorted(drawn)
    raise RuntimeError("no reference is free: is the season's number space full?")
