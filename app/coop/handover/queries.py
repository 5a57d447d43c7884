"""What was handed over and waits for a word on it."""

from collections.abc import Iterator
from datetime import date

import msgspec
from sqlalchemy import ColumnElement, Connection, select
from sqlalchemy.orm import Session

from app.coop.handover.kinds import HandoverKind, handover_kinds


class HandedOver(msgspec.Struct, frozen=True):
    """What waits for a word on it: the name of its kind, its row's id, XOF, what it is, and of a payment in cash the office."""

    kind: str
    id: int
    reference: str
    amount: int
    on: date
    what: str
    role: str | None


def to_confirm(reader: Connection | Session, member_id: int) -> list[HandedOver]:
    """Return what was handed over to a member and isn't confirmed: payments first, the oldest of each first."""
    return [one for kind in handover_kinds().values() for one in _handed(reader, kind, kind.table.member_id == member_id)]


def handed_by_reference(reader: Connection | Session, cooperative_id: int, reference: str) -> HandedOver | None:
    """Return what was handed over under a reference and isn't confirmed, if there is any."""
    every = ((kind, kind.table) for kind in handover_kinds().values())
    found = (_handed(reader, kind, (of.cooperative_id == cooperative_id) & (of.reference == reference)) for kind, of in every)
    return next((one for rows in found for one in rows), None)


def _handed(reader: Connection | Session, kind: HandoverKind, which: ColumnElement[bool]) -> Iterator[HandedOver]:
    table = kind.table
    rows = select(table.id, table.reference, table.amount, table.handed_at, *kind.shown).where(which, table.waits())
    for id_, reference, amount, at, *shown in reader.execute(rows.order_by(table.id)):
        what, role = kind.said(*shown)
        yield HandedOver(table.NAME, id_, reference, amount, at.date(), what, role)
