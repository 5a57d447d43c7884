"""Officers' sign-ins at the console: a code asked for, and the session that it opened. One table."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Utc


class SignIn(Base):
    """A code that was sent to a number, kept as a keyed hash bound to the browser that asked; and who came in by it.

    `browser` is the keyed hash of a secret that the browser holds, `known` says that somebody has signed in with it on this number
    before. The code is `used_at` once it was typed right, whatever came of the PIN; the session lasts from `opened_at` until
    `ended_at`.
    """

    __tablename__ = "sign_ins"
    __table_args__ = (Index("ix_sign_ins_phone", "phone", "asked_at"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    phone: Mapped[str] = mapped_column(String(16))
    browser: Mapped[str] = mapped_column(String(64))
    known: Mapped[bool]
    digest: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    asked_at: Mapped[datetime] = mapped_column(Utc)
    expires_at: Mapped[datetime] = mapped_column(Utc)
    used_at: Mapped[datetime | None] = mapped_column(Utc)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    opened_at: Mapped[datetime | None] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
