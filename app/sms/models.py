"""Messages before and after they leave, reports on them, and what came in."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Json, Utc

# Conditions of partial indexes: few of a year's messages are queued, claimed or in doubt, and these are asked for most.
_DUE = text("state = 'queued'")
_CLAIMED = text("state = 'sending'")
_DOUBTED = text("state = 'maybe'")
_PARKED = text("fate = 'parked'")
_UNREAD = text("fate = 'new'")
_OPEN = text("mended_at IS NULL")
_NEW = text("state = 'new'")
_LETTERS = text("state = 'unparsed' AND closed_at IS NULL")


class Message(Base):
    """One SMS to one number. One cause never gives two messages to a number: a broadcast's are all written as of its order, so
    that its month's unique index holds them apart; of all others a trigger keeps the `MessageCause`.

    On PostgreSQL it is partitioned by the month of `created_at` (`months.py`): who names that, too, has one month looked at.

    `parts` and `price` (XOF) are estimates, `cost` is what the provider said; `actual_parts` and `actual_centimes` (hundredths
    of XOF) are what we could read of that.
    """

    __tablename__ = "sms_messages"
    __table_args__ = (
        UniqueConstraint("cause", "to_number", "created_at", name="uq_sms_messages_cause"),
        Index("ix_sms_messages_due", "lane", "next_at", "id", sqlite_where=_DUE, postgresql_where=_DUE),
        Index("ix_sms_messages_claimed", "claimed_at", sqlite_where=_CLAIMED, postgresql_where=_CLAIMED),
        Index("ix_sms_messages_expiring", "expires_at", sqlite_where=_DUE, postgresql_where=_DUE),
        Index("ix_sms_messages_doubted", "changed_at", sqlite_where=_DOUBTED, postgresql_where=_DOUBTED),
        Index("ix_sms_messages_provider", "provider", "provider_id"),
        Index("ix_sms_messages_number", "to_number", "created_at"),
        # BRIN: rows stand in this order on the disk, so that a few pages of index find a day's.
        Index("ix_sms_messages_created", "created_at", postgresql_using="brin"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    cause: Mapped[str] = mapped_column(String(120))
    to_number: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[int | None] = mapped_column(Id)
    cooperative_id: Mapped[int | None] = mapped_column(Id)
    purpose: Mapped[str] = mapped_column(String(12))
    lane: Mapped[str] = mapped_column(String(8))
    language: Mapped[str] = mapped_column(String(3))
    text: Mapped[str] = mapped_column(Text)
    alphabet: Mapped[str] = mapped_column(String(6))
    parts: Mapped[int]
    price: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    rank: Mapped[int]
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(Utc)
    expires_at: Mapped[datetime] = mapped_column(Utc)
    claim: Mapped[str | None] = mapped_column(String(32))
    claimed_at: Mapped[datetime | None] = mapped_column(Utc)
    provider: Mapped[str | None] = mapped_column(String(20))
    provider_id: Mapped[str | None] = mapped_column(String(64))
    cost: Mapped[str | None] = mapped_column(String(24))
    actual_parts: Mapped[int | None]
    actual_centimes: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(60))
    trace: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Utc)
    changed_at: Mapped[datetime] = mapped_column(Utc)


class MessageCause(Base):
    """What has led to a message to a number, broadcasts apart: written by the trigger on messages, never by us.

    It is in one piece, since a cause may come again in another month than its message.
    """

    __tablename__ = "sms_causes"
    __table_args__ = (Index("ix_sms_causes_at", "at"),)
    cause: Mapped[str] = mapped_column(String(120), primary_key=True)
    to_number: Mapped[str] = mapped_column(String(16), primary_key=True)
    at: Mapped[datetime] = mapped_column(Utc)


class StateChange(Base):
    """When and why a message moved; by the month of `at` on PostgreSQL."""

    __tablename__ = "sms_state_changes"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    message_id: Mapped[int] = mapped_column(Id, index=True)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(Utc)


class Report(Base):
    """A delivery report as it came; `fate` says whether it is new, was applied, waits for its message, or means nothing to us.

    By the month of `at` on PostgreSQL.
    """

    __tablename__ = "sms_reports"
    __table_args__ = (
        Index("ix_sms_reports_provider", "provider", "provider_id", "fate"),
        Index("ix_sms_reports_parked", "at", sqlite_where=_PARKED, postgresql_where=_PARKED),
        Index("ix_sms_reports_parked_number", "number", sqlite_where=_PARKED, postgresql_where=_PARKED),
        Index("ix_sms_reports_new", "id", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    provider: Mapped[str] = mapped_column(String(20))
    provider_id: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str | None] = mapped_column(String(60))
    cost: Mapped[str | None] = mapped_column(String(24))
    parts: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(Utc)
    fate: Mapped[str] = mapped_column(String(10))


class Inbound(Base):
    """An SMS that came in, or a body on an SMS route that can't be read (`state` unreadable, cut to 2,000 characters).

    It is *new* until a worker has done what it asks for; `tries` counts those that an outage cut. `reason` says why one was not
    answered. An *unparsed* one is a letter to the officers of `cooperative_id` (none: to the federation's) until one of them
    closes it.
    """

    __tablename__ = "sms_inbox"
    __table_args__ = (
        UniqueConstraint("provider", "provider_id"),
        Index("ix_sms_inbox_sender", "sender", "received_at"),
        Index("ix_sms_inbox_new", "tries", "id", sqlite_where=_NEW, postgresql_where=_NEW),
        Index("ix_sms_inbox_letters", "cooperative_id", "id", sqlite_where=_LETTERS, postgresql_where=_LETTERS),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    provider: Mapped[str] = mapped_column(String(20))
    provider_id: Mapped[str] = mapped_column(String(80))
    sender: Mapped[str] = mapped_column(String(20))
    recipient: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(Utc)
    state: Mapped[str] = mapped_column(String(12))
    word: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(40))
    cooperative_id: Mapped[int | None] = mapped_column(Id)
    closed_at: Mapped[datetime | None] = mapped_column(Utc)
    closed_by: Mapped[int | None] = mapped_column(Id)
    tries: Mapped[int] = mapped_column(default=0, server_default="0")


class ReplyDraft(Base):
    """An officer's answer to a letter that waits for its `OUI <code>`; kept for a day."""

    __tablename__ = "reply_drafts"
    __table_args__ = (Index("ix_reply_drafts_sender", "sender", "id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    sender: Mapped[str] = mapped_column(String(16))
    letter_id: Mapped[int] = mapped_column(Id)
    words: Mapped[str] = mapped_column(Text)
    code_digest: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(Utc)


class CodeMisses(Base):
    """Wrong codes that a number sent behind `OUI`: `in_hour` since `hour_from`, `in_day` since `day_from`.

    Until `dead_until` no code from it is compared at all.
    """

    __tablename__ = "sms_code_misses"
    sender: Mapped[str] = mapped_column(String(20), primary_key=True)
    hour_from: Mapped[datetime] = mapped_column(Utc)
    in_hour: Mapped[int] = mapped_column(default=0)
    day_from: Mapped[datetime] = mapped_column(Utc)
    in_day: Mapped[int] = mapped_column(default=0)
    dead_until: Mapped[datetime | None] = mapped_column(Utc)


class Allowance(Base):
    """Parts of answers that a number, or all strangers together, have had on a day; `told` that no more are sent."""

    __tablename__ = "sms_allowances"
    day: Mapped[date] = mapped_column(primary_key=True)
    spender: Mapped[str] = mapped_column(String(24), primary_key=True)
    parts: Mapped[int]
    told: Mapped[bool] = mapped_column(default=False, server_default=false())


class Halt(Base):
    """A lane that rests since the provider refuses our account; a lane has at most one that is open.

    `tried_at` is when it was last tried whether things are mended, `told` whether the administrators were sent an SMS.
    """

    __tablename__ = "sms_halts"
    __table_args__ = (Index("uq_sms_halts_open", "lane", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    lane: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(60))
    since: Mapped[datetime] = mapped_column(Utc)
    tried_at: Mapped[datetime] = mapped_column(Utc)
    mended_at: Mapped[datetime | None] = mapped_column(Utc)
    told: Mapped[bool] = mapped_column(default=False)


class DayFigures(Base):
    """What `/metrics` says of a day (UTC), as it was added up at `counted_at`."""

    __tablename__ = "sms_day_figures"
    day: Mapped[date] = mapped_column(primary_key=True)
    sums: Mapped[dict[str, Any]] = mapped_column(Json)
    counted_at: Mapped[datetime] = mapped_column(Utc)
    took_ms: Mapped[int]


class PartPrice(Base):
    """What a part of an SMS costs, XOF, from an instant on; append-only by triggers."""

    __tablename__ = "sms_prices"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    from_at: Mapped[datetime] = mapped_column(Utc, unique=True)
    amount: Mapped[int]
