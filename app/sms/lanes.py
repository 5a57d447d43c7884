"""How each lane stands: what waits, what is in doubt, what rests and why."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, case, func, select, union_all

from app.sms import halts
from app.sms.models import Message
from app.sms.purposes import LANES, Lane


class LaneStatus(msgspec.Struct, frozen=True):
    """Messages of a lane by state; `oldest` is when the first that is due now was written, `rests` why it rests `since` then."""

    lane: Lane
    queued: int = 0
    sending: int = 0
    maybe: int = 0
    oldest: datetime | None = None
    rests: str | None = None
    since: datetime | None = None
    tried: datetime | None = None


def lane_statuses(reader: Connection, now: datetime) -> list[LaneStatus]:
    """Return how the lanes stand, in their order. Two SELECTs."""
    counted = union_all(*(_counted(state, now) for state in ("queued", "sending", "maybe")))
    rows = reader.execute(counted).all()
    found = {(lane, state): (number, oldest) for lane, state, number, oldest in rows}
    resting = {lane: (why, since, tried) for lane, why, since, tried in halts.resting(reader)}

    def status_of(lane: Lane) -> LaneStatus:
        queued, oldest = found.get((lane, "queued"), (0, None))
        sending, maybe = (found.get((lane, state), (0, None))[0] for state in ("sending", "maybe"))
        return LaneStatus(lane, queued, sending, maybe, oldest, *resting.get(lane, (None, None, None)))

    return [status_of(lane) for lane in LANES]


def _counted(state: str, now: datetime) -> Select[str, str, int, Any]:
    """Count one state, by its own partial index."""
    due = func.min(case((Message.next_at <= now, Message.created_at)))
    return (
        select(Message.lane, Message.state, func.count(), due).where(Message.state == state).group_by(Message.lane, Message.state)
    )
