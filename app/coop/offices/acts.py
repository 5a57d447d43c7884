"""What officers did that touches a member, or in a co-operative."""

from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, select

from app.coop.members.models import Person
from app.coop.offices.models import OfficerAct

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
