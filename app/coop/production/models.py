"""What members declare, and what the scales said of it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Json, Quantity, Utc


class Declaration(Base):
    """What a member says they produced; `reference` is five digits and a check digit, told apart by co-operative and year."""

    __tablename__ = "declarations"
    __table_args__ = (
        UniqueConstraint("cooperative_id", "season", "reference"),
        CheckConstraint("state IN ('declared', 'cancelled', 'weighed')", name="state"),
        Index("ix_declarations_member", "member_id", "declared_at"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    season: Mapped[int]
    reference: Mapped[str] = mapped_column(String(6))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    unit: Mapped[str] = mapped_column(String(8))
    declared_at: Mapped[datetime] = mapped_column(Utc)
    state: Mapped[str] = mapped_column(String(9), default="declared")
    channel: Mapped[str] = mapped_column(String(8))
    cancelled_at: Mapped[datetime | None] = mapped_column(Utc)
    operation: Mapped[str] = mapped_column(String(80), unique=True)


class Weighing(Base):
    """What the scales said, or why nothing was taken (`reason`): a line of its officer's list until that is confirmed.

    `price` in XOF a unit; `gross`, `share` (solidarity) and `repaid` (of the advance) in XOF, once credited. `on_the_spot` says
    that the line itself wrote its declaration.
    """

    __tablename__ = "weighings"
    __table_args__ = (
        CheckConstraint("state IN ('noted', 'undone', 'credited', 'refused')", name="state"),
        Index("ix_weighings_scope", "cooperative_id", "weighed_at"),
        Index("ix_weighings_open", "officer_id", sqlite_where=text("state = 'noted'"), postgresql_where=text("state = 'noted'")),
        Index(
            "uq_weighings_declaration",
            "declaration_id",
            unique=True,
            sqlite_where=text("state <> 'undone'"),
            postgresql_where=text("state <> 'undone'"),
        ),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    declaration_id: Mapped[int] = mapped_column(ForeignKey("declarations.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    weight: Mapped[Decimal] = mapped_column(Quantity)
    grade: Mapped[str | None] = mapped_column(String(8))
    weighed_at: Mapped[datetime] = mapped_column(Utc)
    state: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(String(16))
    on_the_spot: Mapped[bool] = mapped_column(default=False, server_default=false())
    channel: Mapped[str] = mapped_column(String(8))
    operation: Mapped[str] = mapped_column(String(80), unique=True)
    noted_at: Mapped[datetime] = mapped_column(Utc)
    price: Mapped[int | None]
    gross: Mapped[int | None] = mapped_column(BigInteger)
    share: Mapped[int | None] = mapped_column(BigInteger)
    repaid: Mapped[int | None] = mapped_column(BigInteger)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entries.id"))
    confirmed_by: Mapped[str | None] = mapped_column(String(80))
    confirmed_at: Mapped[datetime | None] = mapped_column(Utc)


class HalfLine(Base):
    """What an officer had typed of a line when last seen, so that a dropped session goes on there; one each."""

    __tablename__ = "half_lines"
    officer_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    typed: Mapped[dict[str, Any]] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(Utc)


class AssistedAct(Base):
    """What an officer typed for a member, and what she said of it: `right`, `contested`, or nothing yet."""

    __tablename__ = "assisted_acts"
    __table_args__ = (
        CheckConstraint("act IN ('declared', 'cancelled')", name="act"),
        CheckConstraint("answer IN ('right', 'contested')", name="answer"),
        Index("ix_assisted_acts_member", "member_id", "at"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    declaration_id: Mapped[int] = mapped_column(ForeignKey("declarations.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    role: Mapped[str] = mapped_column(String(16))
    act: Mapped[str] = mapped_column(String(9))
    at: Mapped[datetime] = mapped_column(Utc)
    operation: Mapped[str] = mapped_column(String(80), unique=True)
    answer: Mapped[str | None] = mapped_column(String(9))
    answered_at: Mapped[datetime | None] = mapped_column(Utc)
    answered_by: Mapped[str | None] = mapped_column(String(8))
    """The channel."""
