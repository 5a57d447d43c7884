"""Find a co-operative."""

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.coop.cooperatives.models import Cooperative


def cooperative_by_code(reader: Connection | Session, code: str) -> int | None:
    """Return the co-operative with a code, in capitals or not."""
    return reader.scalar(select(Cooperative.id).where(Cooperative.code == code.strip().upper()))
