"""Training that members may take."""

from datetime import date

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id


class TrainingSession(Base):
    """A session with its seats; `title` and `place` in GSM-7."""

    __tablename__ = "training_sessions"
    __table_args__ = (CheckConstraint("seats >= 0", name="seats"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    title: Mapped[str] = mapped_column(String(20))
    place: Mapped[str] = mapped_column(String(16))
    starts_on: Mapped[date] = mapped_column(index=True)
    seats: Mapped[int]
