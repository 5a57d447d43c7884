"""What officers did that touches a member, or in a co-operative."""

from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, select, true

from app.coop.cooperatives.models import Cooperative
from app.coop.members.models import Person
from app.coop.offices.models import OfficerAct
from app.coop.scope import Scope
from app.db.pages import behind

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


def last_act_about(reader: Connection, scope: Scope, about: str) -> ActDone | None:
    """Return the last act in a scope's reach that changed a thing (`letter:12`); None for none."""
    told = (OfficerAct.at, Person.name, OfficerAct.role, OfficerAct.act, OfficerAct.about, OfficerAct.channel)
    rows = select(*told).join(Person, Person.id == OfficerAct.person_id)
    rows = rows.where(OfficerAct.about == about, scope.reach(OfficerAct.cooperative_id))
    row = reader.execute(rows.order_by(OfficerAct.id.desc()).limit(1)).first()
    return ActDone(*row) if row else None


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
    rows = rows.where(behind(OfficerAct.id, before))
    if until is not None:  # acts are written as they happen, so that the newest before it is the one to begin with
        newest = select(OfficerAct.id).where(OfficerAct.at < until).order_by(OfficerAct.at.desc(), OfficerAct.id.desc()).limit(1)
        rows = rows.where(OfficerAct.id <= newest.scalar_subquery())
    return [NotedAct(*row) for row in reader.execute(rows.order_by(OfficerAct.id.desc()).limit(MOST_READ + 1))]
