"""Equipment of a co-operative, to whom it is lent, and its half-days: each is one row, so nobody has it twice."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Utc

STATES = ("asked", "booked", "out", "back", "cancelled", "missed", "refused", "off")
_LIVE = text("state IN ('asked', 'booked', 'out')")


class Equipment(Base):
    """A machine or a room that members book by half-days; `name` and `place` in GSM-7, `fee` and `deposit` in XOF a half-day.

    It is booked up to `horizon` days ahead, by a member for `most` half-days at a time. With `approval` an officer decides first.
    """

    __tablename__ = "equipment"
    __table_args__ = (
        CheckConstraint("state IN ('usable', 'repair', 'retired')", name="state"),
        CheckConstraint("horizon BETWEEN 1 AND 90 AND most > 0", name="bounds"),
        CheckConstraint("fee >= 0 AND deposit >= 0", name="amounts"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    name: Mapped[str] = mapped_column(String(20))
    place: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(7), default="usable", server_default="usable")
    horizon: Mapped[int] = mapped_column(default=14, server_default=text("14"))
    most: Mapped[int] = mapped_column(default=4, server_default=text("4"))
    fee: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    deposit: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    approval: Mapped[bool] = mapped_column(default=False, server_default=false())


class LentEquipment(Base):
    """Another co-operative whose members may book a piece of equipment, as its owner decided."""

    __tablename__ = "lent_equipment"
    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id"), primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), primary_key=True)


class Booking(Base):
    """A member's half-day of a piece of equipment, from asking to handing back; of the owner's co-operative.

    `missed` is one that nobody came for, or was taken back too late; `off` one that a repair took away.
    """

    __tablename__ = "bookings"
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(state) for state in STATES)})", name="state"),
        CheckConstraint("half IN ('am', 'pm')", name="half"),
        Index("ix_bookings_member", "member_id", "on_day"),
        Index("ix_bookings_live", "equipment_id", "on_day", sqlite_where=_LIVE, postgresql_where=_LIVE),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    on_day: Mapped[date]
    half: Mapped[str] = mapped_column(String(2))
    state: Mapped[str] = mapped_column(String(9))
    fee: Mapped[int]
    deposit: Mapped[int]
    asked_at: Mapped[datetime] = mapped_column(Utc)
    channel: Mapped[str] = mapped_column(String(8))
    operation: Mapped[str] = mapped_column(String(80), unique=True)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    out_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    out_at: Mapped[datetime | None] = mapped_column(Utc)
    out_state: Mapped[str | None] = mapped_column(String(20))
    back_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    back_at: Mapped[datetime | None] = mapped_column(Utc)
    back_state: Mapped[str | None] = mapped_column(String(20))


class HalfDay(Base):
    """A half-day of a piece of equipment that somebody has, or asks for: the key is what no two can have."""

    __tablename__ = "half_days"
    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id"), primary_key=True)
    on_day: Mapped[date] = mapped_column(primary_key=True)
    half: Mapped[str] = mapped_column(String(2), primary_key=True)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id"), unique=True)
