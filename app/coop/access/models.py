"""What opens an account, and what happened to it: activation numbers, wrong PINs, resets, changed numbers, sign-ins."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Utc


class SignIn(Base):
    """A code that was asked for a number, kept as a keyed hash bound to the browser that asked (of a number of nobody: empty); and
    who came in by it.

    `browser` is the keyed hash of a secret that the browser holds, `known` says that somebody has signed in with it on this number
    before; `family` and `address` say which and from where, cut short. The code is `used_at` once it was typed right; then the
    `number` that the page shows is `confirmed_at` on the phone, or an authenticator's code is typed, with `second_tries` for both.
    The session lasts from `opened_at` until `ended_at`.
    """

    __tablename__ = "sign_ins"
    __table_args__ = (Index("ix_sign_ins_phone", "phone", "asked_at"), Index("ix_sign_ins_person", "person_id", "id"))
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
    number: Mapped[str | None] = mapped_column(String(3))
    second_tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    confirmed_at: Mapped[datetime | None] = mapped_column(Utc)
    opened_at: Mapped[datetime | None] = mapped_column(Utc)
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    family: Mapped[str] = mapped_column(String(16), default="", server_default="")
    address: Mapped[str] = mapped_column(String(24), default="", server_default="")


class Authenticator(Base):
    """An officer's authenticator: its secret, sealed; it opens from `on_at` on. `last_step` is the half minute last used."""

    __tablename__ = "authenticators"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, autoincrement=False)
    sealed: Mapped[str] = mapped_column(String(200))
    begun_at: Mapped[datetime] = mapped_column(Utc)
    proved_at: Mapped[datetime | None] = mapped_column(Utc)
    on_at: Mapped[datetime | None] = mapped_column(Utc)
    last_step: Mapped[int] = mapped_column(Id)


class Activation(Base):
    """An activation number, kept as a keyed hash: single use, five tries, thirty days."""

    __tablename__ = "activations"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    last_try: Mapped[str | None] = mapped_column(String(80))
    expires_at: Mapped[datetime] = mapped_column(Utc)
    used_at: Mapped[datetime | None] = mapped_column(Utc)


class WrongPin(Base):
    """A wrong PIN: on which number, for whom. Right ones write nothing here, so that nobody waits for anybody."""

    __tablename__ = "wrong_pins"
    __table_args__ = (
        Index("ix_wrong_pins_phone", "phone", "at"),
        Index("ix_wrong_pins_person", "person_id", "at"),
        Index("ix_wrong_pins_at", "at"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    phone: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(Utc)


class NumberChange(Base):
    """What happened to a number of a person, and who did it (the person with None)."""

    __tablename__ = "number_changes"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    phone: Mapped[str | None] = mapped_column(String(16), index=True)
    act: Mapped[str] = mapped_column(String(10))
    by_person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(Utc)


class Reset(Base):
    """A PIN's reset: by the officer who sees the card, or by two peers, the second of whom opens the window."""

    __tablename__ = "resets"
    __table_args__ = (CheckConstraint("kind IN ('officer', 'peers')", name="kind"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    first_by: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    first_phone: Mapped[str] = mapped_column(String(16))
    second_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    at: Mapped[datetime] = mapped_column(Utc)
    opened_at: Mapped[datetime | None] = mapped_column(Utc)
    used_at: Mapped[datetime | None] = mapped_column(Utc)
