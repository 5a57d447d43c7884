"""Months of figures, as they are published: what is hidden isn't kept."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Json, Utc

_GATHERING = text("published_at IS NULL")


class FigureMonth(Base):
    """A month (its first day) whose figures are gathered, then published for good; a correction is another `revision`, with why."""

    __tablename__ = "figure_months"
    __table_args__ = (
        UniqueConstraint("month", "revision"),
        CheckConstraint("revision > 0", name="revision"),
        Index("uq_figure_months_gathering", "month", unique=True, sqlite_where=_GATHERING, postgresql_where=_GATHERING),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    month: Mapped[date]
    revision: Mapped[int]
    begun_at: Mapped[datetime] = mapped_column(Utc)
    published_at: Mapped[datetime | None] = mapped_column(Utc)
    reason: Mapped[str | None] = mapped_column(String(80))


class FigureRow(Base):
    """What a month says of a co-operative, by its code, with the commune and the trade that it had then.

    The code is *federation* for what belongs to no co-operative, and *all* for everything together. `cells` are by figure and part
    a numerator and a denominator, or None where they are hidden; until the month is published also how many persons are behind.
    """

    __tablename__ = "figure_rows"
    month_id: Mapped[int] = mapped_column(ForeignKey("figure_months.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    commune: Mapped[str] = mapped_column(String(40))
    filiere: Mapped[str] = mapped_column(String(16))
    gathered: Mapped[bool] = mapped_column(default=False, server_default=false())
    cells: Mapped[dict[str, Any]] = mapped_column(Json)


class ScreenCount(Base):
    """What a day's calls did on a screen of the menu, in a language: nobody's, and kept when Redis forgets it.

    `count` is the day's; `seen` what Redis said last: when that is emptied, it begins again and is added.
    """

    __tablename__ = "screen_counts"
    day: Mapped[date] = mapped_column(primary_key=True)
    screen: Mapped[str] = mapped_column(String(60), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(12), primary_key=True)
    language: Mapped[str] = mapped_column(String(3), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    seen: Mapped[int] = mapped_column(BigInteger)
