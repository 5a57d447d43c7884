"""What officers did that touches a member, or in a co-operative."""

from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select, true

from app.coop.cooperatives.models import Cooperative
from app.coop.members.models import Person
from app.coop.offices.models import OfficerAct
from app.coop.scope import Scope

MOST_READ = 50


class ActDone(msgspec.Struct, frozen=True):
    """An officer's act; `about` names the row that it changed."""

    at: datetime
    name: str
    role: str
    act: str
    about: str
    channel: str


def acts_on(reader: Connection, member_id: int) -> list[ActDone]:
    """Return the last acts on a member's account, newest first."""
    return _last(reader, OfficerAct.member_id == member_id)


def acts_in(reader: Connection, cooperative_id: int) -> list[ActDone]:
    """Return the last acts in a co-operative, newest first."""
    return _last(reader, OfficerAct.cooperative_id == cooperative_id)


def _last(reader: Connection, which: ColumnElement[bool]) -> list[ActDone]:
    told = (OfficerAct.at, Person.name, OfficerAct.role, OfficerAct.act, OfficerAct.about, OfficerAct.channel)
    rows = select(*told).join(Person, Person.id == OfficerAct.person_id).where(which)
    return [ActDone(*row) for row in reader.execute(rows.order_by(OfficerAct.at.desc(), OfficerAct.id.desc()).limit(MOST_READ))]


class NotedAct(msgspec.Struct, frozen=True):
    """An officer's act as the journal has it, with the co-operative's code (None: the federation's), and no member."""

    id: int
    at: datetime
    person_id: int
    name: str
    role: str
    cooperative: str | None
    act: str
    channel: str


def journal(
    reader: Connection,
    scope: Scope,
    *,
    code: str = "",
    officer: int | None = None,
    until: datetime | None = None,
    before: int | None = None,
) -> list[NotedAct]:
    """Return the acts in a scope, newest first, one more than MOST_READ.

    Of a co-operative, by its code; of an officer; until an instant; before an id.
    """
    told = (OfficerAct.id, OfficerAct.at, OfficerAct.person_id, Person.name, OfficerAct.role, Cooperative.code, OfficerAct.act)
    rows = (
        select(*told, OfficerAct.channel)
        .join(Person, Person.id == OfficerAct.person_id)
        .outerjoin(Cooperative, Cooperative.id == OfficerAct.cooperative_id)
        .where(scope.reach(OfficerAct.cooperative_id))
        .where(Cooperative.code == code if code else true(), OfficerAct.person_id == officer if officer else true())
    )
    last = _last_until(reader, until) + 1 if until else None
    first = min((one for one in (before, last) if one is not None), default=None)
    if first is not None:
        rows = rows.where(OfficerAct.id < first)
    return [NotedAct(*row) for row in reader.execute(rows.order_by(OfficerAct.id.desc()).limit(MOST_READ + 1))]


def _last_until(reader: Connection, until: datetime) -> int:
    """Return the id of the last act before an instant, 0 for none: acts are written as they happen, and have no index by time."""
    low, high = 0, reader.scalar(select(func.max(OfficerAct.id))) or 0
    while low < high:
        middle = (low + high + 1) // 2
        found = reader.execute(
            select(OfficerAct.id, OfficerAct.at).where(OfficerAct.id >= middle).order_by(OfficerAct.id).limit(1)
        ).one()
        if found.at < until:
            low = found.id
        else:
            high = middle - 1
    return low
