"""Who asked to be called."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Utc


class CallBack(Base):
    """Somebody who asked to be called; a number has at most one that is open.

    `topic` is what the officer reads of it: its subjects, the newest last. Whoever takes it has it for a while; after `tries`
    without an answer it waits until `again_at`. `outcome` says how it ended.
    """

    __tablename__ = "call_backs"
    __table_args__ = (
        Index(
            "uq_call_backs_open",
            "phone",
            unique=True,
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    phone: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    cooperative_id: Mapped[int | None] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    topic: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Utc)
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    taken_at: Mapped[datetime | None] = mapped_column(Utc)
    tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    again_at: Mapped[datetime | None] = mapped_column(Utc)
    outcome: Mapped[str | None] = mapped_column(String(10))
    done_at: Mapped[datetime | None] = mapped_column(Utc)
    done_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
