"""What a product cost, price after price."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, or_, select

from app.coop.members.models import Person
from app.coop.prices.models import PriceRow
from app.coop.scope import Scope
from app.db.pages import behind


class PastPrice(msgspec.Struct, frozen=True):
    """A price in XOF a unit from an instant on; `own` when it isn't the federation's, `by` None when a file brought it."""

    id: int
    since: datetime
    amount: int
    unit: str
    grade: str | None
    own: bool
    by: str | None


def past_prices(reader: Connection, scope: Scope, product_id: int, *, most: int, before: int | None = None) -> list[PastPrice]:
    """Return the prices of a product behind one, newest first: a co-operative's own and the federation's, or the latter alone."""
    place = PriceRow.cooperative_id
    here = place.is_(None) if scope.is_federation else or_(place.is_(None), scope.own(place))
    rows = select(PriceRow.id, PriceRow.from_at, PriceRow.amount, PriceRow.unit, PriceRow.grade, place.is_not(None), Person.name)
    rows = rows.outerjoin(Person, Person.id == PriceRow.published_by).where(PriceRow.product_id == product_id, here)
    rows = rows.where(behind(PriceRow.id, before, PriceRow.from_at)).order_by(PriceRow.from_at.desc(), PriceRow.id.desc())
    return [PastPrice(*row) for row in reader.execute(rows.limit(most))]
