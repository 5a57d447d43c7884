"""Whom a broadcast may reach who is no member."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Utc


class JobSeeker(Base):
    """A number of nobody here that wishes to hear of jobs in a commune; its consent stands apart. Gone with the application."""

    __tablename__ = "job_seekers"
    phone: Mapped[str] = mapped_column(String(16), primary_key=True)
    commune_id: Mapped[int] = mapped_column(ForeignKey("communes.id"))
    at: Mapped[datetime] = mapped_column(Utc)
