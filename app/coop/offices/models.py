"""Offices, and what officers and operators did."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Json, Utc


class Role(Base):
    """An office, for a term, in one co-operative or (none) in the federation."""

    __tablename__ = "roles"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    cooperative_id: Mapped[int | None] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class Partner(Base):
    """A training centre or a company, under an agreement with the federation: from a day to a day, with so many places in it.

    `contact` is who answers there, at `phone` (E.164).
    """

    __tablename__ = "partners"
    __table_args__ = (
        CheckConstraint("kind IN ('centre', 'company')", name="kind"),
        CheckConstraint("until_on >= from_on", name="period"),
        CheckConstraint("places > 0", name="places"),
        UniqueConstraint("kind", "name"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(7))
    name: Mapped[str] = mapped_column(String(20))
    contact: Mapped[str] = mapped_column(String(40))
    phone: Mapped[str | None] = mapped_column(String(16))
    from_on: Mapped[date]
    until_on: Mapped[date]
    places: Mapped[int]


class PartnerRole(Base):
    """Who acts for a centre or a company, for a term: a table of its own, so that nothing takes them for the federation's."""

    __tablename__ = "partner_roles"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]


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
    about: Mapped[str] = mapped_column(String(40), index=True)
    channel: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(Utc, index=True)


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
