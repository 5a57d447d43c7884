"""What is bought for the runs, such as salt and jars: lots with a source of their own."""

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.cooperatives.models import Cooperative
from app.coop.lots.models import Lot
from app.coop.lots.stock import LONGEST_UNIT, MOST_UNITS, LotRefused, NewLot, happen
from app.coop.products.models import Product
from app.db.upsert import upsert
from app.public_words import spelled

MOST_COST = 99_999_999
DIVISIBLE = ("kg", "g", "l", "t")
"""Units of which less than one is counted."""


def buy(session: Session, act: Act, cooperative_id: int, new: NewLot, cost: int) -> Lot:
    """Make a lot of what was bought for XOF in all; its source is told. Raises LotRefused."""
    new = msgspec.structs.replace(new, source=spelled(new.source or "")[:40])
    if len(new.unit) > LONGEST_UNIT:
        raise LotRefused(f"Une unité de {LONGEST_UNIT} lettres au plus.")
    if not new.source or not 0 < new.units <= MOST_UNITS or not 0 <= cost <= MOST_COST:
        raise LotRefused("D'où cela vient, combien, et le prix, svp.")
    return happen(session, act, "bought", cooperative_id, made=[new], entered=new.grams or 0, cost=cost)[0]


def name_goods(session: Session, cooperative_id: int, name: str, unit: str) -> Product:
    """Return the product of a name; a new one is of the co-operative's trade and in no slot, so that nobody declares it."""
    known = select(Product).where(func.lower(Product.name) == name.lower())
    found = session.scalar(known)
    if found is None:
        trade = session.scalar(select(Cooperative.filiere_id).where(Cooperative.id == cooperative_id))
        values = {"name": name, "unit": unit, "divisible": unit in DIVISIBLE, "filiere_id": trade}
        session.execute(upsert(session, Product).values(values).on_conflict_do_nothing(index_elements=["name"]))
        found = session.scalars(known).one()
    return found
