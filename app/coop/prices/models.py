"""Prices: from an instant on, never edited."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Utc


class PriceRow(Base):
    """A price in XOF a unit, of a co-operative or (none) of the federation; append-only by triggers."""

    __tablename__ = "prices"
    __table_args__ = (Index("ix_prices_product", "product_id", "cooperative_id", "from_at"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    cooperative_id: Mapped[int | None] = mapped_column(ForeignKey("cooperatives.id"))
    grade: Mapped[str | None] = mapped_column(String(8))
    unit: Mapped[str] = mapped_column(String(8))
    amount: Mapped[int]
    from_at: Mapped[datetime] = mapped_column(Utc)
    published_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
