"""Broadcasts, and what they may cost a day."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Json, Utc

_OPEN = text("state IN ('expanding', 'scheduled', 'sending', 'stopping')")


class Broadcast(Base):
    """One text to an audience, as an officer ordered it; officers say its `order`, a number that no estimate takes.

    *estimated* until its `OUI`, or *dead* without (`by_pin`: its code opens nothing, the officer's PIN on USSD does); then
    *expanding* (a message row for each number, up to the newest number `frozen_to`, done as far as `cursor`), *scheduled*,
    *sending*, *done*; or *stopping*, then *stopped*. `price` is XOF a part, `reserved` XOF of the budget of `budget_day`. From
    `rests_at` to `rests_until`, and at the same hours of the days after, nothing of it leaves. `told` is the progress in per cent
    that its sender was told; `gone`, `failed` and `doubted` are its messages as of `counted_at`.
    """

    __tablename__ = "broadcasts"
    __table_args__ = (
        CheckConstraint(
            "state IN ('estimated', 'dead', 'expanding', 'scheduled', 'sending', 'done', 'stopping', 'stopped')", name="state"
        ),
        CheckConstraint("purpose IN ('broadcast', 'urgent')", name="purpose"),
        Index("ix_broadcasts_open", "state", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_broadcasts_code", "sender", "code_digest"),
        Index("ix_broadcasts_scope", "cooperative_id", "confirmed_at"),
        Index("ix_broadcasts_confirmed", "confirmed_at"),
        Index("uq_broadcasts_number", "number", unique=True),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[int | None]
    cooperative_id: Mapped[int | None] = mapped_column(Id)
    person_id: Mapped[int] = mapped_column(Id)
    role: Mapped[str] = mapped_column(String(16))
    sender: Mapped[str] = mapped_column(String(16))
    purpose: Mapped[str] = mapped_column(String(12))
    audience: Mapped[dict[str, Any]] = mapped_column(Json)
    said: Mapped[str] = mapped_column(Text)
    typed: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(String(32))
    alphabet: Mapped[str] = mapped_column(String(6))
    parts: Mapped[int]
    price: Mapped[int]
    lane: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(9))
    recipients: Mapped[int]
    refused: Mapped[int]
    capped: Mapped[int]
    without: Mapped[int]
    code_digest: Mapped[str] = mapped_column(String(32))
    by_pin: Mapped[bool] = mapped_column(default=False, server_default=false())
    wanted_at: Mapped[datetime | None] = mapped_column(Utc)
    starts_at: Mapped[datetime] = mapped_column(Utc)
    ends_at: Mapped[datetime] = mapped_column(Utc)
    rests_at: Mapped[datetime | None] = mapped_column(Utc)
    rests_until: Mapped[datetime | None] = mapped_column(Utc)
    estimated_at: Mapped[datetime] = mapped_column(Utc)
    confirmed_at: Mapped[datetime | None] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    ended_by: Mapped[int | None] = mapped_column(Id)
    budget_day: Mapped[date | None]
    reserved: Mapped[int] = mapped_column(BigInteger, default=0)
    frozen_to: Mapped[int | None] = mapped_column(Id)
    cursor: Mapped[int] = mapped_column(Id, default=0)
    written: Mapped[int] = mapped_column(default=0)
    told: Mapped[int] = mapped_column(default=0)
    gone: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    doubted: Mapped[int] = mapped_column(default=0)
    counted_at: Mapped[datetime | None] = mapped_column(Utc)

    @property
    def order(self) -> int:
        """Return the number that officers say; of one ordered before there were such numbers, its id."""
        return self.number or self.id


class BroadcastTemplate(Base):
    """A text that a scope's officers (`cooperative_id` None: the federation's) keep under a name, to send again."""

    __tablename__ = "broadcast_templates"
    __table_args__ = (Index("ix_broadcast_templates_scope", "cooperative_id", "name"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    cooperative_id: Mapped[int | None] = mapped_column(Id)
    name: Mapped[str] = mapped_column(String(40))
    audience: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    kept_at: Mapped[datetime] = mapped_column(Utc)


class BudgetDay(Base):
    """XOF that a day's broadcasts have reserved."""

    __tablename__ = "sms_budget_days"
    day: Mapped[date] = mapped_column(primary_key=True)
    reserved: Mapped[int] = mapped_column(BigInteger)
