"""Lots that are thrown away or counted: what is gone is written off at what it has cost."""

from decimal import Decimal

from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.chain.earnings import costs
from app.coop.chain.family import family_of
from app.coop.lots import stock


def expire(session: Session, act: Act, code: str) -> Decimal:
    """Note that what is free of a lot is too old and thrown away; return how much. Raises LotGone, LotRefused."""
    return stock.expire(session, act, code, cost_of(session, code))


def count(session: Session, act: Act, code: str, found: Decimal, reason: str = "compté", books: Decimal | None = None) -> Decimal:
    """Note what was counted of a lot, as the `books` stood then; return the difference. Raises LotGone, LotShort, LotRefused."""
    return stock.count(session, act, code, found, cost_of(session, code), reason, books)


def cost_of(session: Session, code: str) -> int:
    """Return what a lot as made has cost in XOF: to producers, for what was bought, for work. 0 where there is none."""
    family = family_of(session, code)
    return 0 if family is None else round(sum(costs(family)[family.target.id]))
