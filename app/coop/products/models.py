"""Products, and which a co-operative takes."""

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base


class Product(Base):
    """A product with its usual unit; `name` in GSM-7, at most 20 characters, as screens promise."""

    __tablename__ = "products"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20), unique=True)
    unit: Mapped[str] = mapped_column(String(8))
    divisible: Mapped[bool]
    filiere_id: Mapped[int] = mapped_column(ForeignKey("filieres.id"))


class ProductAlias(Base):
    """Another spelling of a product, folded to small plain letters."""

    __tablename__ = "product_aliases"
    spelling: Mapped[str] = mapped_column(String(30), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), index=True)


class CooperativeProduct(Base):
    """The slot of a product in a co-operative, for life: 1–8, 11–18, …"""

    __tablename__ = "cooperative_products"
    __table_args__ = (UniqueConstraint("cooperative_id", "product_id"), CheckConstraint("slot % 10 BETWEEN 1 AND 8", name="slot"))
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
