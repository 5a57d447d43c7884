"""Jobs that CARE's companies offer, and who is interested."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Utc

_NEWS = text("news")


class Job(Base):
    """A job that a company offers until a day: `trade`, `company` and `place` in GSM-7, for how many.

    It is told to members of its filière and commune; None is any. `company_id` where the company is a partner.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'filled', 'closed')", name="state"),
        CheckConstraint("places > 0", name="places"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    company: Mapped[str] = mapped_column(String(20))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id"))
    filiere_id: Mapped[int | None] = mapped_column(ForeignKey("filieres.id"))
    commune_id: Mapped[int | None] = mapped_column(ForeignKey("communes.id"))
    trade: Mapped[str] = mapped_column(String(20))
    place: Mapped[str] = mapped_column(String(16))
    places: Mapped[int]
    until: Mapped[date] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(6), default="open", server_default="open")


class JobInterest(Base):
    """Somebody who is interested: a member, or a stranger by name and number; the number is the company's once `agreed`.

    `news` until they have been told that the job is filled or closed.
    """

    __tablename__ = "job_interests"
    __table_args__ = (
        CheckConstraint("state IN ('interested', 'withdrawn')", name="state"),
        Index("ix_job_interests_job", "job_id", "state"),
        Index("ix_job_interests_member", "member_id"),
        Index("ix_job_interests_phone", "phone"),
        Index("ix_job_interests_news", "id", sqlite_where=_NEWS, postgresql_where=_NEWS),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    phone: Mapped[str | None] = mapped_column(String(16))
    name: Mapped[str | None] = mapped_column(String(40))
    agreed: Mapped[bool] = mapped_column(default=False, server_default=false())
    state: Mapped[str] = mapped_column(String(10))
    news: Mapped[bool] = mapped_column(default=False, server_default=false())
    at: Mapped[datetime] = mapped_column(Utc)
    operation: Mapped[str] = mapped_column(String(80), unique=True)
