"""Who opened whose file: written down, and shown in the file itself."""

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Session

from app.coop.members.models import FileLook, Person
from app.coop.rights import Office

SAME_LOOK = timedelta(minutes=10)
"""Who opens a file again within this time is looking still."""
MOST_READ = 10


class SeenBy(msgspec.Struct, frozen=True):
    """An officer who opened a file."""

    name: str
    role: str
    at: datetime


def note_look(session: Session, office: Office, member_id: int, now: datetime) -> None:
    """Write down that an officer looks at a member's file. Two at the same instant may leave two rows."""
    again = (FileLook.member_id == member_id) & (FileLook.person_id == office.person_id) & (FileLook.last_at > now - SAME_LOOK)
    going_on = update(FileLook).where(again & (FileLook.role == office.role)).values(last_at=now).returning(FileLook.id)
    if not session.scalars(going_on).all():
        of = {"person_id": office.person_id, "role": office.role, "cooperative_id": office.cooperative_id}
        session.add(FileLook(member_id=member_id, at=now, last_at=now, **of))


def looks_at(reader: Connection, member_id: int) -> list[SeenBy]:
    """Return who opened a member's file last, the newest first."""
    rows = select(Person.name, FileLook.role, FileLook.at).join(Person, Person.id == FileLook.person_id)
    newest = rows.where(FileLook.member_id == member_id).order_by(FileLook.id.desc()).limit(MOST_READ)
    return [SeenBy(*row) for row in reader.execute(newest)]
