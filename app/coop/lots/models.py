"""Lots and what happened to them. Events and moves are append-only: a lot's stock is the sum of its moves, and grams are conserved.

The shape follows EPCIS: an event says what (its moves), when, where, why (kind, technique) and who; a transformation lists inputs
(negative moves) and outputs (positive ones).
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text, true
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Quantity, Utc

KINDS = ("delivery", "bought", "run", "split", "merge", "move", "count", "expire", "sale", "refund", "correction")
WRITTEN_OFF = ("count", "expire")
"""Kinds of events whose cost is an entry in the books."""
_LEFT = text("units > 0")


class Measure(Base):
    """The mass of one unit of a product, in grams: its base measure. A unit without one is only counted; kg needs no row."""

    __tablename__ = "measures"
    __table_args__ = (CheckConstraint("grams > 0", name="grams"),)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), primary_key=True)
    unit: Mapped[str] = mapped_column(String(8), primary_key=True)
    grams: Mapped[int] = mapped_column(BigInteger)


class LotEvent(Base):
    """One thing that happened to lots: `entered` grams came into the books by it, `gone` grams left them (loss, sale, too old).

    `cost` in XOF: of what was bought, of the run's work, or of what is written off. `reason` in French, for a count.
    """

    __tablename__ = "lot_events"
    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(kind) for kind in KINDS)})", name="kind"),
        CheckConstraint("cost >= 0", name="cost"),
        Index("ix_lot_events_scope", "cooperative_id", "at"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(Utc)
    technique_id: Mapped[int | None] = mapped_column(ForeignKey("techniques.id"))
    entered: Mapped[int] = mapped_column(BigInteger, default=0)
    gone: Mapped[int] = mapped_column(BigInteger, default=0)
    cost: Mapped[int] = mapped_column(BigInteger, default=0)
    minutes: Mapped[int | None]
    workers: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(8))
    operation: Mapped[str] = mapped_column(String(80), unique=True)


class Lot(Base):
    """A quantity of one product in one place, made by one event; its code is what people write and scan.

    `units` is what was counted and is left, `grams` its mass (None: it has none), `offered` what of it is promised to offers.
    `made_units` and `made_grams` are what it began with. `source` says where bought goods come from.
    """

    __tablename__ = "lots"
    __table_args__ = (
        CheckConstraint("units >= 0 AND offered >= 0 AND offered <= units", name="stock"),
        CheckConstraint("grams >= 0", name="grams"),
        CheckConstraint("made_units > 0", name="made"),
        Index("ix_lots_left", "cooperative_id", "product_id", sqlite_where=_LEFT, postgresql_where=_LEFT),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(10), unique=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    made_by: Mapped[int] = mapped_column(ForeignKey("lot_events.id"), index=True)
    place: Mapped[str] = mapped_column(String(16))
    unit: Mapped[str] = mapped_column(String(8))
    units: Mapped[Decimal] = mapped_column(Quantity)
    grams: Mapped[int | None] = mapped_column(BigInteger)
    offered: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0), server_default=text("0"))
    made_units: Mapped[Decimal] = mapped_column(Quantity)
    made_grams: Mapped[int | None] = mapped_column(BigInteger)
    best_before: Mapped[date | None]
    source: Mapped[str | None] = mapped_column(String(40))
    public: Mapped[bool] = mapped_column(default=True, server_default=true())
    told_at: Mapped[datetime | None] = mapped_column(Utc)
    """When its producers were told what became of it."""


class RunWork(Base):
    """Work on a run that was noted after it, once: `minutes` that each of the `workers` worked, `cost` in XOF."""

    __tablename__ = "run_works"
    __table_args__ = (CheckConstraint("minutes > 0 AND workers > 0 AND cost >= 0", name="amounts"),)
    event_id: Mapped[int] = mapped_column(ForeignKey("lot_events.id"), primary_key=True)
    minutes: Mapped[int]
    workers: Mapped[int]
    cost: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(Utc, index=True)
    channel: Mapped[str] = mapped_column(String(8))


class LotMove(Base):
    """What an event took from a lot (negative) or gave it."""

    __tablename__ = "lot_moves"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("lot_events.id"), index=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), index=True)
    units: Mapped[Decimal] = mapped_column(Quantity)
    grams: Mapped[int | None] = mapped_column(BigInteger)


class LotDelivery(Base):
    """A weighed delivery in its lot: in one only. `corrected_at` is when its reversal in the books was followed here."""

    __tablename__ = "lot_deliveries"
    weighing_id: Mapped[int] = mapped_column(ForeignKey("weighings.id"), primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), index=True)
    units: Mapped[Decimal] = mapped_column(Quantity)
    grams: Mapped[int | None] = mapped_column(BigInteger)
    corrected_at: Mapped[datetime | None] = mapped_column(Utc)


class LotConsent(Base):
    """A producer's word, by PIN, that a lot's page may show francs although few share them."""

    __tablename__ = "lot_consents"
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(Utc)
