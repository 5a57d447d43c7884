"""What a co-operative sets for the chain."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base


class QuietChain(Base):
    """A co-operative that doesn't want its producers told by SMS what became of their lots."""

    __tablename__ = "quiet_chains"
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), primary_key=True)
