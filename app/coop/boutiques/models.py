"""The boutique témoin: what co-operatives have for sale."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Quantity, Utc


class Offer(Base):
    """Goods for sale at the boutique témoin: what is left, the price in XOF a unit, where; `name` and `place` in GSM-7."""

    __tablename__ = "offers"
    __table_args__ = (
        CheckConstraint("quantity >= 0 AND amount > 0", name="amounts"),
        Index("ix_offers_until_at", "until_at"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    name: Mapped[str] = mapped_column(String(20))
    unit: Mapped[str] = mapped_column(String(8))
    amount: Mapped[int]
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    place: Mapped[str] = mapped_column(String(16))
    until_at: Mapped[datetime] = mapped_column(Utc)
