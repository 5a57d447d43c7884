"""The console's first page, read within the officer's scope: counts, ages and states; no member's name, no balance."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import redis
from sqlalchemy import Connection, func, null, select, type_coerce, union_all

from app import units
from app.coop.access import wrong_pins
from app.coop.broadcasts.queries import Day, SentBroadcast, lately, spent_today, today
from app.coop.console_requests import queries as requests
from app.coop.cooperatives.models import Cooperative
from app.coop.correspondence.models import CallBack
from app.coop.offices.queries import offices_of
from app.coop.rights import Office
from app.db.base import Utc
from app.db.database import Database
from app.sms.broadcasts.terms import Terms
from app.sms.lanes import LaneStatus, lane_statuses
from app.sms.models import Inbound, Message, Report
from app.web.console.tasks import Task, tasks_of
from menus.call_backs import age_words

LATE, MANY_WRONG = timedelta(minutes=5), 60
"""What comes in and waits longer isn't worked on; so many wrong PINs in ten minutes are somebody who tries."""
FIRST_PLACES = 10
"""Of those where somebody waits, on the first page; the others are behind it."""


class OpenCount(msgspec.Struct, frozen=True):
    """How many wait, and since when the first does."""

    number: int = 0
    since: datetime | None = None


class OpenHere(msgspec.Struct, frozen=True):
    """What waits in one co-operative (without an id: in no one's)."""

    id: int | None
    code: str | None
    name: str | None
    call_backs: OpenCount
    letters: OpenCount


class HealthLine(msgspec.Struct, frozen=True):
    """A part of the service, how it is doing, and whether somebody should look after it."""

    part: str
    says: str
    ill: bool = False


class Overview(msgspec.Struct, frozen=True):
    """How things stand. `lanes`, `health` and `places` (the first of them) are for the federation alone.

    So is `spent`: XOF for all SMS of the day, when it can be told. `broadcasting` are messages of broadcasts that wait, by lane.
    `stops` says that broadcasts may be stopped; `requests` are how many of the officer's own requests wait for their PIN.
    """

    scope: str
    federation: bool
    tasks: list[Task]
    lanes: list[LaneStatus]
    health: list[HealthLine]
    broadcasting: dict[str, int]
    places: list[OpenHere]
    more: bool
    requests: int
    broadcasts: list[SentBroadcast]
    stops: bool
    day: Day
    spent: int | None


def look(database: Database, store: Any, office: Office, now: datetime, terms: Terms) -> Overview:
    """Read the overview; `store` is Redis."""
    scope = office.cooperative_id
    spent = spent_today(database, terms, now) if scope is None else None
    with database.read() as reader:
        name = reader.scalar(select(Cooperative.name).where(Cooperative.id == scope)) if scope else None
        held = offices_of(reader, office.person_id, now.date())
        places = waiting_places(reader, now, FIRST_PLACES + 1) if scope is None else []
        return Overview(
            scope=name or "Fédération",
            federation=scope is None,
            tasks=tasks_of(reader, office, now),
            lanes=lane_statuses(reader, now) if scope is None else [],
            health=health(reader, store, now) if scope is None else [],
            broadcasting=_broadcasting(reader) if scope is None else {},
            places=places[:FIRST_PLACES],
            more=len(places) > FIRST_PLACES,
            requests=requests.waiting_count(reader, [office.person_id], now),
            broadcasts=lately(reader, scope, now),
            stops=any(one.may("stop") for one in held if one.cooperative_id == scope),
            day=today(reader, scope, terms, now),
            spent=spent,
        )


def waiting_places(reader: Connection, now: datetime, limit: int, after: int = 0) -> list[OpenHere]:
    """Return where call-backs or letters wait, the longest wait first, behind the first `after` of them."""
    due = CallBack.again_at.is_(None) | (CallBack.again_at <= now)
    open_calls = select(CallBack.cooperative_id, CallBack.at.label("called"), null().label("written")).where(
        CallBack.done_at.is_(None), due
    )
    unread = select(Inbound.cooperative_id, null(), Inbound.received_at).where(
        Inbound.state == "unparsed", Inbound.closed_at.is_(None)
    )
    each = union_all(open_calls, unread).subquery()
    # A union with nulls has no type left, and SQLite would give the instants back as text.
    called, written = type_coerce(func.min(each.c.called), Utc), type_coerce(func.min(each.c.written), Utc)
    rows = select(
        Cooperative.id, Cooperative.code, Cooperative.name, func.count(each.c.called), called, func.count(each.c.written), written
    )
    rows = rows.select_from(each).outerjoin(Cooperative, Cooperative.id == each.c.cooperative_id).group_by(Cooperative.id)
    first = func.min(func.coalesce(each.c.called, each.c.written))
    found = reader.execute(rows.order_by(first, Cooperative.id).limit(limit).offset(after))
    return [OpenHere(*row[:3], OpenCount(*row[3:5]), OpenCount(*row[5:])) for row in found]


def health(reader: Connection, store: Any, now: datetime) -> list[HealthLine]:
    """Say whether Redis answers, whether what comes in is worked on, and whether PINs are being tried out."""
    try:
        store.ping()
        redis_ = HealthLine("Redis", "Répond.")
    except redis.RedisError:
        redis_ = HealthLine("Redis", "Ne répond pas : les appels continuent, plus lentement ; les SMS attendent.", ill=True)
    waits = (
        ("SMS reçus", select(func.count(), func.min(Inbound.received_at)).where(Inbound.state == "new")),
        ("Accusés de réception", select(func.count(), func.min(Report.at)).where(Report.fate == "new")),
    )
    lines = [redis_]
    for part, rows in waits:
        number, since = reader.execute(rows).one()
        late = since is not None and now - since > LATE
        said = (
            f"{units.count(number, 'message')} à traiter, le premier depuis {age_words(now - since)}."
            if since
            else "Tout est traité."
        )
        lines.append(HealthLine(part, said, late))
    wrong = wrong_pins.recent(reader, now)
    return [*lines, HealthLine("Codes secrets faux", f"{wrong} en dix minutes, sur tous les numéros.", wrong >= MANY_WRONG)]


def _broadcasting(reader: Connection) -> dict[str, int]:
    waiting = select(Message.lane, func.count()).where(Message.state == "queued", Message.purpose.in_(("broadcast", "urgent")))
    return {lane: number for lane, number in reader.execute(waiting.group_by(Message.lane))}  # noqa: C416 - a Row is not a pair to mypy
