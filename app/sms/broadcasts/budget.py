"""The daily budget: reserved in XOF before a broadcast may leave, by one statement, and given back for what won't."""

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db.rows import total
from app.db.upsert import upsert
from app.sms.broadcasts.models import BudgetDay


class OverBudget(Exception):
    """A day's budget doesn't hold it: `francs` is how much too much it is, of what was `wanted`, in XOF."""

    def __init__(self, francs: int, wanted: int) -> None:
        super().__init__(francs, wanted)
        self.francs, self.wanted = francs, wanted


def reserve(session: Session, day: date, francs: int, budget: int | None) -> None:
    """Reserve XOF of a day; raises OverBudget, and has then reserved nothing. Without a budget it is only counted."""
    # The day's row first, so that the UPDATE finds one to lock, also at the day's first two orders at once.
    session.execute(upsert(session, BudgetDay).values(day=day, reserved=0).on_conflict_do_nothing())
    more = update(BudgetDay).where(BudgetDay.day == day)
    if budget is not None:
        # Limit and sum in one UPDATE: the second of two orders is held against what the first has reserved.
        more = more.where(BudgetDay.reserved + francs <= budget)
    if session.scalar(more.values(reserved=BudgetDay.reserved + francs).returning(BudgetDay.day)) is None:
        raise OverBudget(reserved_on(session, day) + francs - (budget or 0), francs)


def give_back(session: Session, day: date, francs: int) -> None:
    """Give XOF back to a day."""
    session.execute(update(BudgetDay).where(BudgetDay.day == day).values(reserved=BudgetDay.reserved - francs))


def reserved_on(session: Session, day: date) -> int:
    """Return the XOF that a day's broadcasts have reserved."""
    return total(session, select(BudgetDay.reserved).where(BudgetDay.day == day))
