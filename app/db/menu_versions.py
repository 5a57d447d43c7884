"""Published menus: the truth of which the store holds a copy."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Json, Utc


class MenuVersion(Base):
    """A menu as it was proved, by the hash of its bytes."""

    __tablename__ = "menu_versions"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    compiled: Mapped[str] = mapped_column(Text)
    needs: Mapped[list[Any]] = mapped_column(Json)
    published_at: Mapped[datetime] = mapped_column(Utc)
    published_by: Mapped[str] = mapped_column(String(60))


class MenuPointer(Base):
    """The one row that says which version is served."""

    __tablename__ = "menu_pointer"

    id: Mapped[int] = mapped_column(primary_key=True)
    current: Mapped[str] = mapped_column(ForeignKey("menu_versions.hash"))
    previous: Mapped[str | None] = mapped_column(ForeignKey("menu_versions.hash"))
    moved_at: Mapped[datetime] = mapped_column(Utc)
