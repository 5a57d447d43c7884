"""What officers did that touches a member."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from app.coop.members.models import Person
from app.coop.offices.models import OfficerAct

MOST_READ = 50


class ActOnMember(msgspec.Struct, frozen=True):
    """An officer's act; `about` names the row that it changed."""

    at: datetime
    name: str
    role: str
    act: str
    about: str
    channel: str


def acts_on(reader: Connection, member_id: int) -> list[ActOnMember]:
    """Return the last acts on a member's account, newest first."""
    told = (OfficerAct.at, Person.name, OfficerAct.role, OfficerAct.act, OfficerAct.about, OfficerAct.channel)
    rows = select(*told).join(Person, Person.id == OfficerAct.person_id).where(OfficerAct.member_id == member_id)
    return [ActOnMember(*row) for row in reader.execute(rows.order_by(OfficerAct.id.desc()).limit(MOST_READ))]
