"""What the console shows, read within the officer's scope: counts, ages and states; no member's name, no balance."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from app.coop import approvals
from app.coop.broadcasts.queries import Day, SentBroadcast, lately, spent_today, today
from app.coop.console_requests import queries as requests
from app.coop.cooperatives.models import Cooperative
from app.coop.correspondence import call_backs, inbox
from app.coop.offices.queries import offices_of
from app.coop.rights import Office
from app.db.database import Database
from app.sms import prices
from app.sms.broadcasts.terms import Terms
from app.sms.lanes import LaneStatus, lane_statuses


class OpenCount(msgspec.Struct, frozen=True):
    """How many wait, and since when the first does."""

    number: int = 0
    since: datetime | None = None


class OpenHere(msgspec.Struct, frozen=True):
    """What waits in one co-operative, by its code (None: in no one's)."""

    cooperative: str | None
    call_backs: OpenCount
    letters: OpenCount


class Overview(msgspec.Struct, frozen=True):
    """How things stand. `lanes` is for the federation alone, as is `spent`, XOF for all SMS of the day when it can be told.

    `mine` is how many approvals wait for this officer's own word, `requests` how many of their own requests wait for their PIN,
    `letters` what an officer who calls back may answer, at `part_price` XOF a part; `stops` says that they may stop broadcasts.
    """

    scope: str
    federation: bool
    lanes: list[LaneStatus]
    places: list[OpenHere]
    approvals: OpenCount
    mine: int
    requests: int
    letters: tuple[inbox.Letter, ...]
    part_price: int
    broadcasts: list[SentBroadcast]
    stops: bool
    day: Day
    spent: int | None


def look(database: Database, office: Office, now: datetime, terms: Terms) -> Overview:
    """Read the overview."""
    scope = office.cooperative_id
    spent = spent_today(database, terms, now) if scope is None else None
    with database.read() as reader:
        name = reader.scalar(select(Cooperative.name).where(Cooperative.id == scope)) if scope else None
        held = offices_of(reader, office.person_id, now.date())
        here = [one for one in held if one.cooperative_id == scope]
        answers = any(one.may("call_backs") for one in here)
        return Overview(
            scope=name or "Fédération",
            federation=scope is None,
            lanes=lane_statuses(reader, now) if scope is None else [],
            places=_places(reader, scope, now),
            approvals=OpenCount(*approvals.open_count(reader, office.scope, now)),
            mine=approvals.waiting_count(reader, held, now),
            requests=requests.waiting_count(reader, [office.person_id], now),
            letters=inbox.unread(reader, scope) if answers else (),
            part_price=prices.part_price(reader, now, database.service.part_price),
            broadcasts=lately(reader, scope, now),
            stops=any(one.may("stop") for one in here),
            day=today(reader, scope, terms, now),
            spent=spent,
        )


def _places(reader: Connection, scope: int | None, now: datetime) -> list[OpenHere]:
    """Return where call backs or letters wait, the longest wait first."""
    called = {share.cooperative: OpenCount(share.number, share.since) for share in call_backs.by_cooperative(reader, scope, now)}
    if scope is None:
        written = {code: OpenCount(number, since) for code, number, since in inbox.by_cooperative(reader)}
    else:
        code = reader.execute(select(Cooperative.code).where(Cooperative.id == scope)).scalar_one()
        own = OpenCount(*inbox.how_many(reader, scope))
        written = {code: own} if own.number else {}
    found = [OpenHere(code, called.get(code, OpenCount()), written.get(code, OpenCount())) for code in called | written]
    return sorted(found, key=lambda place: min(filter(None, (place.call_backs.since, place.letters.since))))
