"""What a member brought: each declaration, what the scales said of it, and what it came to."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from app.coop.ledger.models import JournalEntry
from app.coop.production.models import Declaration, Weighing
from app.coop.products.models import Product

MOST_READ = 40


class BroughtProduce(msgspec.Struct, frozen=True):
    """A declaration; `weight`, `grade`, `weighed_at` once it was weighed, `reason` when it was refused.

    `price` (XOF a unit) and `gross` (XOF) once it was credited. `state` is the declaration's, or *credited*, *refused*, *noted*.
    """

    id: int
    reference: str
    product: str
    unit: str
    quantity: Decimal
    declared_at: datetime
    state: str
    channel: str
    weight: Decimal | None = None
    grade: str | None = None
    weighed_at: datetime | None = None
    reason: str | None = None
    price: int | None = None
    gross: int | None = None


def brought_by(reader: Connection, member_id: int, limit: int = MOST_READ) -> tuple[BroughtProduce, ...]:
    """Return what a member declared and didn't take back, the newest first; one SELECT."""
    mine = _rows().where(Declaration.member_id == member_id, Declaration.state != "cancelled")
    return tuple(_brought(row) for row in reader.execute(mine.order_by(Declaration.id.desc()).limit(limit)))


def brought_in(reader: Connection, entry_id: int) -> BroughtProduce | None:
    """Return what an entry of the books credited; None when it is no delivery's, or from before there were scales."""
    # no index on the entry: the member's few weighings are read by theirs
    whose = select(JournalEntry.member_id).where(JournalEntry.id == entry_id).scalar_subquery()
    row = reader.execute(_rows().where(Weighing.member_id == whose, Weighing.entry_id == entry_id)).first()
    return _brought(row) if row else None


def _rows() -> Any:
    told = (Declaration.id, Declaration.reference, Product.name, Declaration.unit, Declaration.quantity, Declaration.declared_at)
    weighed = (Weighing.weight, Weighing.grade, Weighing.weighed_at, Weighing.reason, Weighing.price, Weighing.gross)
    return (
        select(*told, Declaration.state, Weighing.state, Declaration.channel, *weighed)
        .join(Product, Product.id == Declaration.product_id)
        .outerjoin(Weighing, (Weighing.declaration_id == Declaration.id) & (Weighing.state != "undone"))
    )


def _brought(row: Any) -> BroughtProduce:
    told: Any = (*row[:6], row[7] or row[6], *row[8:])
    return BroughtProduce(*told)
