"""Training that is open."""

from collections.abc import Sequence

import msgspec

from app import units
from app.coop.training.queries import open_sessions
from app.ussd import kinds
from app.ussd.bindings import Bindings
from menus.hop import Hop

menu = Bindings("training_sessions")


class TrainingRow(msgspec.Struct, frozen=True):
    id: int
    title: kinds.ProductName
    place: kinds.Short
    day: kinds.Day
    seats: kinds.Count
    left: kinds.Short


@menu.rows()
def training(hop: Hop) -> Sequence[TrainingRow]:
    """Give the sessions to come that have seats."""
    with hop.desk.database.read() as reader:
        found = open_sessions(reader, hop.now.date())
    return [TrainingRow(row.id, row.title, row.place, row.starts_on, row.seats, units.count(row.seats, "place")) for row in found]
