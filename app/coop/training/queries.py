"""Which training is open."""

from datetime import date

import msgspec
from sqlalchemy import Connection, select

from app.coop.training.models import TrainingSession

MOST = 20


class OpenSession(msgspec.Struct, frozen=True):
    """A session to come, with its seats."""

    id: int
    title: str
    place: str
    starts_on: date
    seats: int


def open_sessions(reader: Connection, today: date) -> tuple[OpenSession, ...]:
    """Return the sessions to come that have seats, soonest first; at most MOST."""
    table = TrainingSession
    coming = select(table.id, table.title, table.place, table.starts_on, table.seats)
    coming = coming.where(table.starts_on > today, table.seats > 0).order_by(table.starts_on, table.id).limit(MOST)
    return tuple(OpenSession(*row) for row in reader.execute(coming))
