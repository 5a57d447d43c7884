"""Offices, and what officers and operators did."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String
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
