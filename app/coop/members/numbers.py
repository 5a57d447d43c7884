"""Which telephones a person is reached by."""

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.coop.members.models import Number


def reached_by(reader: Connection | Session, person_id: int) -> tuple[str, ...]:
    """Return a person's numbers, their own before a trusted one: where security notices go, all of them."""
    mine = select(Number.phone).where(Number.person_id == person_id)
    return tuple(reader.scalars(mine.order_by(Number.trusted, Number.proof_wanted, Number.id)))
