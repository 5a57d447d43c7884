"""People, their numbers, their membership and what they agreed to."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Json, Utc

_SHARED = text("place IS NOT NULL")
_ALONE = text("place IS NULL")
_STOPPED = text("given IS FALSE")


class Commune(Base):
    """One of the communes of the department."""

    __tablename__ = "communes"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)


class Filiere(Base):
    """A line of trade: fishing, market gardening …"""

    __tablename__ = "filieres"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(String(40))


class Cooperative(Base):
    """A CPS. Its legal form decides which law binds it; OHADA's act only the first two."""

    __tablename__ = "cooperatives"
    __table_args__ = (CheckConstraint("legal_form IN ('SCOOPS', 'COOP-CA', 'GIE', 'AER')", name="legal_form"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    commune_id: Mapped[int] = mapped_column(ForeignKey("communes.id"))
    filiere_id: Mapped[int] = mapped_column(ForeignKey("filieres.id"))
    legal_form: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(Utc)
    solidarity_percent: Mapped[int] = mapped_column(default=2, server_default=text("2"))
    """Of a delivery, for the solidarity fund."""
    instalment_percent: Mapped[int] = mapped_column(default=20, server_default=text("20"))
    """Of what then remains, for the member's advance."""
    price_threshold_percent: Mapped[int] = mapped_column(default=20, server_default=text("20"))
    """A price that moves by more than this needs a second officer."""
    payment_threshold: Mapped[int] = mapped_column(BigInteger, default=500_000, server_default=text("500000"))
    """A batch of payments worth more XOF than this needs other officers."""


class Person(Base):
    """Somebody with a PIN: a member, or an administrator who is none.

    `pin_rounds` counts the locks so far, `pin_last_try` is the mark of the hop that tried last, so that a hop sent
    twice is one try.
    """

    __tablename__ = "people"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(3), default="fr")
    pin_hash: Mapped[str | None] = mapped_column(String(128))
    pin_pepper: Mapped[int] = mapped_column(default=1)
    pin_tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    pin_rounds: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    pin_locked_until: Mapped[datetime | None] = mapped_column(Utc)
    pin_locked_for_good: Mapped[bool] = mapped_column(default=False, server_default=false())
    pin_last_try: Mapped[str | None] = mapped_column(String(80))
    pin_tried_at: Mapped[datetime | None] = mapped_column(Utc)
    pin_set_at: Mapped[datetime | None] = mapped_column(Utc)
    reset_until: Mapped[datetime | None] = mapped_column(Utc)
    """Until then a new PIN may be chosen instead of the old one, on a number of the person's own."""


class Member(Base):
    """A person's membership of a co-operative; one who has asked to leave has `leaving_on` until the account is cleared."""

    __tablename__ = "members"
    __table_args__ = (CheckConstraint("state IN ('pending', 'active', 'blocked', 'departed')", name="state"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), unique=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    card: Mapped[str] = mapped_column(String(12), unique=True)
    state: Mapped[str] = mapped_column(String(8))
    joined_on: Mapped[date]
    leaving_on: Mapped[date | None]
    left_on: Mapped[date | None]
    amounts_by_sms: Mapped[bool] = mapped_column(default=False, server_default=false())
    money_frozen_until: Mapped[datetime | None] = mapped_column(Utc)
    """No money leaves the account before: after a reset, and when a number changes."""
    paper: Mapped[str | None] = mapped_column(String(10))
    """The number of the act of membership on paper: signed or fingerprinted (AUSCOOP, article 10)."""
    alone: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many numbers that need no proof serve this member and nobody else: written by the database's triggers alone."""


class Number(Base):
    """A telephone number of a person; `place` is the digit on the card that tells apart those who share it.

    A `trusted` number is another's, by which somebody without a telephone is reached. While `proof_wanted` it opens nothing:
    it is new, or its SIM has changed hands, until its holder proves to be the person. `registered_at` is the last such proof.
    """

    __tablename__ = "numbers"
    __table_args__ = (
        UniqueConstraint("phone", "person_id"),
        UniqueConstraint("phone", "place"),
        Index("ix_numbers_shared", "phone", sqlite_where=_SHARED, postgresql_where=_SHARED),
        Index("uq_numbers_alone", "phone", unique=True, sqlite_where=_ALONE, postgresql_where=_ALONE),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    phone: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    place: Mapped[int | None]
    registered_at: Mapped[datetime] = mapped_column(Utc)
    trusted: Mapped[bool] = mapped_column(default=False, server_default=false())
    proof_wanted: Mapped[bool] = mapped_column(default=False, server_default=false())


class Role(Base):
    """An office, for a term, in one co-operative or (none) in the federation."""

    __tablename__ = "roles"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    cooperative_id: Mapped[int | None] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]


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


class Consent(Base):
    """What a number agreed to or stopped; rows are only added and the newest of a purpose counts."""

    __tablename__ = "consents"
    __table_args__ = (
        Index("ix_consents_phone_purpose", "phone", "purpose", "id"),
        Index("ix_consents_stopped", "purpose", "phone", "id", sqlite_where=_STOPPED, postgresql_where=_STOPPED),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    phone: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    purpose: Mapped[str] = mapped_column(String(12))
    given: Mapped[bool]
    at: Mapped[datetime] = mapped_column(Utc)
    channel: Mapped[str] = mapped_column(String(8))
    notice: Mapped[str] = mapped_column(String(12))


class CallBack(Base):
    """Somebody who asked to be called; a number has at most one that is open.

    `topic` is what the officer reads of it. Whoever takes it has it for a while; after `tries` without an answer it waits until
    `again_at`. `outcome` says how it ended.
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
    topic: Mapped[str] = mapped_column(String(24))
    at: Mapped[datetime] = mapped_column(Utc)
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    taken_at: Mapped[datetime | None] = mapped_column(Utc)
    tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    again_at: Mapped[datetime | None] = mapped_column(Utc)
    outcome: Mapped[str | None] = mapped_column(String(10))
    done_at: Mapped[datetime | None] = mapped_column(Utc)
    done_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class OfficerAct(Base):
    """What an officer did, by which office, through which channel; append-only by triggers."""

    __tablename__ = "officer_acts"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    operation: Mapped[str] = mapped_column(String(80), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    cooperative_id: Mapped[int | None] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    act: Mapped[str] = mapped_column(String(24))
    about: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(Utc)


class OperatorAct(Base):
    """What somebody did on the command line, as which user of which machine; append-only by triggers.

    `arguments` hold what was changed, never a secret or a name; of a telephone number the last two digits.
    """

    __tablename__ = "operator_acts"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(Utc)
    os_user: Mapped[str] = mapped_column(String(40))
    host: Mapped[str] = mapped_column(String(60))
    command: Mapped[str] = mapped_column(String(40))
    arguments: Mapped[dict[str, Any]] = mapped_column(Json)
