"""What officers ask at the console and confirm on their phone."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Json, Utc


class ConsoleRequest(Base):
    """An act that an officer asked for at the console; of a co-operative, or (none) of the federation.

    `words` is what was read when it was asked, `mark` the hash by which the same asked twice is one. It is *waiting* until the
    officer's PIN on their phone makes it *done* or *failed* (`outcome` says what came of it, or why nothing), or until it is
    *refused* there, *withdrawn* at the console, or *expired*.
    """

    __tablename__ = "console_requests"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'failed', 'refused', 'withdrawn', 'expired')", name="state"),
        Index(
            "uq_console_requests_waiting",
            "person_id",
            "mark",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_console_requests_expiring",
            "expires_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_console_requests_person", "person_id", "id"),
        Index("ix_console_requests_member", "member_id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))
    arguments: Mapped[dict[str, Any]] = mapped_column(Json)
    mark: Mapped[str] = mapped_column(String(32))
    cooperative_id: Mapped[int | None] = mapped_column(ForeignKey("cooperatives.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    words: Mapped[str] = mapped_column(String(160))
    asked_at: Mapped[datetime] = mapped_column(Utc)
    expires_at: Mapped[datetime] = mapped_column(Utc)
    state: Mapped[str] = mapped_column(String(9), default="waiting")
    outcome: Mapped[str | None] = mapped_column(String(160))
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
