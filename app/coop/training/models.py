"""Trainings with their seats, who applied, who came on which day, and certificates."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Utc

_WAITING = text("state = 'waiting'")
_OFFERED = text("state = 'offered'")
_NEWS = text("news IS NOT NULL")
STATES = (
    *("applied", "waiting", "offered", "seated", "certified"),
    *("given_back", "lapsed", "declined", "unplaced", "dropped", "cancelled"),
)


class Training(Base):
    """A training, of a co-operative or (None) the federation's: a short one, or a PF2E course; `title` and `place` in GSM-7.

    The centre where it is held and the company of a PF2E course may be partners, who see to their part of it themselves.
    Where the company chooses, who applies has no seat before it did. With `exclusive` nobody is in two such at a time.
    `queue` is the last number given in its waiting list.
    """

    __tablename__ = "trainings"
    __table_args__ = (
        CheckConstraint("kind IN ('short', 'pf2e')", name="kind"),
        CheckConstraint("state IN ('open', 'cancelled')", name="state"),
        CheckConstraint("audience IN ('all', 'members')", name="audience"),
        CheckConstraint("seats > 0", name="seats"),
        CheckConstraint("ends_on >= starts_on", name="days"),
        CheckConstraint("min_age BETWEEN 16 AND max_age AND max_age < 100", name="ages"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    cooperative_id: Mapped[int | None] = mapped_column(ForeignKey("cooperatives.id"))
    kind: Mapped[str] = mapped_column(String(5), default="short", server_default="short")
    state: Mapped[str] = mapped_column(String(9), default="open", server_default="open")
    audience: Mapped[str] = mapped_column(String(7), default="all", server_default="all")
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id"))
    title: Mapped[str] = mapped_column(String(20))
    place: Mapped[str] = mapped_column(String(16))
    starts_on: Mapped[date] = mapped_column(index=True)
    ends_on: Mapped[date]
    apply_until: Mapped[date]
    seats: Mapped[int]
    min_age: Mapped[int] = mapped_column(default=16, server_default=text("16"))
    max_age: Mapped[int] = mapped_column(default=60, server_default=text("60"))
    level: Mapped[str | None] = mapped_column(String(16))
    contract: Mapped[str | None] = mapped_column(String(20))
    company_chooses: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    exclusive: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    queue: Mapped[int] = mapped_column(default=0, server_default=text("0"))


class TrainingApplication(Base):
    """An application of a member, or of a stranger with a name and a commune; by its mark and year the same person is known again.

    `queued` is its number in the waiting list, `told_rank` the rank last told. `news` stands until it has been told: its `state`,
    or that the training was `moved`. An offer's code and end stay when it is over: a word that came in time may be read late.
    Of a birth the year is kept, which figures need; the day served once. `guardian` is named for who is 16 or 17.
    """

    __tablename__ = "training_applications"
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(state) for state in STATES)})", name="state"),
        CheckConstraint("news IN ('state', 'moved')", name="news"),
        CheckConstraint("state <> 'offered' OR (offer_ends IS NOT NULL AND code IS NOT NULL)", name="offer"),
        Index("ix_training_applications_training", "training_id", "state"),
        Index("ix_training_applications_member", "member_id"),
        Index("ix_training_applications_phone", "phone"),
        Index("ix_training_applications_waiting", "training_id", "queued", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_training_applications_offered", "offer_ends", sqlite_where=_OFFERED, postgresql_where=_OFFERED),
        Index("ix_training_applications_news", "id", sqlite_where=_NEWS, postgresql_where=_NEWS),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    training_id: Mapped[int] = mapped_column(ForeignKey("trainings.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    phone: Mapped[str | None] = mapped_column(String(16))
    name: Mapped[str | None] = mapped_column(String(40))
    mark: Mapped[str | None] = mapped_column(String(32))
    commune_id: Mapped[int | None] = mapped_column(ForeignKey("communes.id"))
    born_in: Mapped[int | None]
    guardian: Mapped[str | None] = mapped_column(String(40))
    wants_jobs: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    state: Mapped[str] = mapped_column(String(10))
    queued: Mapped[int | None]
    told_rank: Mapped[int | None]
    told_rank_on: Mapped[date | None]
    code: Mapped[str | None] = mapped_column(String(6))
    offer_ends: Mapped[datetime | None] = mapped_column(Utc)
    news: Mapped[str | None] = mapped_column(String(5))
    applied_at: Mapped[datetime] = mapped_column(Utc)
    changed_at: Mapped[datetime] = mapped_column(Utc)
    channel: Mapped[str] = mapped_column(String(8))
    operation: Mapped[str] = mapped_column(String(80), unique=True)


class TrainingDay(Base):
    """A training's day with the code that its centre says there."""

    __tablename__ = "training_days"
    training_id: Mapped[int] = mapped_column(ForeignKey("trainings.id"), primary_key=True)
    on_day: Mapped[date] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(6))


class Attendance(Base):
    """A day on which somebody was there: by their own word with the day's code, or (`by_list`) by the centre's."""

    __tablename__ = "attendance"
    application_id: Mapped[int] = mapped_column(ForeignKey("training_applications.id"), primary_key=True)
    on_day: Mapped[date] = mapped_column(primary_key=True)
    by_list: Mapped[bool]
    at: Mapped[datetime] = mapped_column(Utc)


class Certificate(Base):
    """A certificate: its number says to anybody that it is valid, of what and when, and whose by initials alone."""

    __tablename__ = "certificates"
    __table_args__ = (UniqueConstraint("application_id"),)
    number: Mapped[str] = mapped_column(String(9), primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("training_applications.id"))
    title: Mapped[str] = mapped_column(String(20))
    initials: Mapped[str] = mapped_column(String(4))
    given_on: Mapped[date]
    given_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class PlacementQuestion(Base):
    """The question whether somebody who was certified works, asked after 3 and after 6 months; `works` is the answer."""

    __tablename__ = "placement_questions"
    __table_args__ = (CheckConstraint("months IN (3, 6)", name="months"),)
    application_id: Mapped[int] = mapped_column(ForeignKey("training_applications.id"), primary_key=True)
    months: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(6))
    asked_at: Mapped[datetime] = mapped_column(Utc)
    works: Mapped[bool | None]
    answered_at: Mapped[datetime | None] = mapped_column(Utc)
