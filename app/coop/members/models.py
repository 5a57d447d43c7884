"""People, their numbers, their membership and what they agreed to."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Connection, ForeignKey, Index, String, UniqueConstraint, delete, event, false, insert, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.attributes import get_history

from app.coop.members.name_keys import MOST_LETTERS, keys_of
from app.db.base import Base, Id, Utc

_SHARED = text("place IS NOT NULL")
_ALONE = text("place IS NULL")
_STOPPED = text("given IS FALSE")
_JOBS = text("purpose = 'emploi' AND given IS TRUE")


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


class Consent(Base):
    """What a number agreed to or stopped; rows are only added and the newest of a purpose counts."""

    __tablename__ = "consents"
    __table_args__ = (
        Index("ix_consents_phone_purpose", "phone", "purpose", "id"),
        Index("ix_consents_stopped", "purpose", "phone", "id", sqlite_where=_STOPPED, postgresql_where=_STOPPED),
        Index("ix_consents_jobs", "phone", "id", sqlite_where=_JOBS, postgresql_where=_JOBS),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    phone: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    purpose: Mapped[str] = mapped_column(String(12))
    given: Mapped[bool]
    at: Mapped[datetime] = mapped_column(Utc)
    channel: Mapped[str] = mapped_column(String(8))
    notice: Mapped[str] = mapped_column(String(12))


class CardAlias(Base):
    """A card that was printed for a person who had two; it means the member who was kept."""

    __tablename__ = "card_aliases"
    card: Mapped[str] = mapped_column(String(12), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)


class NameKey(Base):
    """A person's name from one of its words on, as it is searched. Kept by the session for a `Person`; who inserts people in bulk
    brings `name_key_rows` with them."""

    __tablename__ = "name_keys"
    # Searched by ranges, which want an order byte by byte. PostgreSQL's own depends on the server's language.
    key: Mapped[str] = mapped_column(
        String(MOST_LETTERS).with_variant(String(MOST_LETTERS, collation="C"), "postgresql"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)


class FileLook(Base):
    """An officer opened a member's file; looks within a few minutes are one."""

    __tablename__ = "file_looks"
    __table_args__ = (Index("ix_file_looks_member", "member_id", "id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    role: Mapped[str] = mapped_column(String(16))
    cooperative_id: Mapped[int | None] = mapped_column(ForeignKey("cooperatives.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime] = mapped_column(Utc)
    last_at: Mapped[datetime] = mapped_column(Utc)


def name_key_rows(person_id: int, name: str) -> list[dict[str, Any]]:
    """Return the rows of a name's keys."""
    return [{"key": key, "person_id": person_id} for key in keys_of(name)]


@event.listens_for(Person, "after_insert")
@event.listens_for(Person, "after_update")
def _keep_name_keys(mapper: Any, connection: Connection, person: Person) -> None:
    del mapper
    if get_history(person, "name").has_changes():
        connection.execute(delete(NameKey).where(NameKey.person_id == person.id))
        if rows := name_key_rows(person.id, person.name):
            connection.execute(insert(NameKey), rows)
