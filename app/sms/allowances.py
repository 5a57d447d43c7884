"""What a spender may cost us a day in answers, counted in parts: a number, or all strangers together."""

from datetime import date

from sqlalchemy.orm import Session

from app.db.upsert import upsert
from app.sms.models import Allowance


def spend(session: Session, spender: str, day: date, parts: int = 0) -> int:
    """Add parts to what a spender has had on a day and return the sum.

    The row stays locked until the commit: two messages of one number at once don't both find the last part free.
    """
    new = upsert(session, Allowance).values(day=day, spender=spender, parts=parts)
    added = new.on_conflict_do_update(index_elements=["day", "spender"], set_={"parts": Allowance.parts + parts})
    return session.execute(added.returning(Allowance.parts)).scalar_one()


def tell_once(session: Session, spender: str, day: date) -> bool:
    """Tell whether a spender is still to be told that no more is sent today; from now on not."""
    new = upsert(session, Allowance).values(day=day, spender=spender, parts=0, told=True)
    told = new.on_conflict_do_update(index_elements=["day", "spender"], set_={"told": True}, where=Allowance.told.is_(False))
    return session.execute(told.returning(Allowance.parts)).scalar() is not None
