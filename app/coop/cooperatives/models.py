"""Co-operatives, and what they are told apart by: the commune and the trade."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Id, Utc


class Commune(Base):
    """One of the communes of the department."""

    __tablename__ = "communes"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)


class Filiere(Base):
    """A line of trade: fishing, market gardening …"""

    __tablename__ = "filieres"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(String(40))


class Cooperative(Base):
    """A CPS. Its legal form decides which law binds it; OHADA's act only the first two."""

    __tablename__ = "cooperatives"
    __table_args__ = (CheckConstraint("legal_form IN ('SCOOPS', 'COOP-CA', 'GIE', 'AER')", name="legal_form"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    commune_id: Mapped[int] = mapped_column(ForeignKey("communes.id"))
    filiere_id: Mapped[int] = mapped_column(ForeignKey("filieres.id"))
    legal_form: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(Utc)
    solidarity_percent: Mapped[int] = mapped_column(default=2, server_default=text("2"))
    """Of a delivery, for the solidarity fund."""
    instalment_percent: Mapped[int] = mapped_column(default=20, server_default=text("20"))
    """Of what then remains, for the member's advance."""
    price_threshold_percent: Mapped[int] = mapped_column(default=20, server_default=text("20"))
    """A price that moves by more than this needs a second officer."""
    payment_threshold: Mapped[int] = mapped_column(BigInteger, default=500_000, server_default=text("500000"))
    """A batch of payments worth more XOF than this needs other officers."""
    papers_printed: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """How many numbers were printed on sheets for weighings without a network: each is the next."""
