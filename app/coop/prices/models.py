"""Prices: from an instant on, never edited."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
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


class PriceProposal(Base):
    """A price that an officer wants: *proposed*, *waiting* for a second officer, *published*, *refused* or *overtaken*."""

    __tablename__ = "price_proposals"
    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'waiting', 'published', 'refused', 'overtaken')", name="state"),
        Index("ix_price_proposals_scope", "cooperative_id", "state"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    cooperative_id: Mapped[int | None] = mapped_column(ForeignKey("cooperatives.id"))
    grade: Mapped[str | None] = mapped_column(String(8))
    unit: Mapped[str] = mapped_column(String(8))
    before: Mapped[int | None]
    amount: Mapped[int]
    state: Mapped[str] = mapped_column(String(9))
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """None when a file brought it."""
    proposed_at: Mapped[datetime] = mapped_column(Utc)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Utc)
    channel: Mapped[str] = mapped_column(String(8))
    operation: Mapped[str] = mapped_column(String(80), unique=True)
