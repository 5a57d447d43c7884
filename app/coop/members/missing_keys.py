"""Names that a search wouldn't find: written by a program of before there were keys, which ran beside a new one for a while."""

from datetime import datetime

from sqlalchemy import Connection, exists, select
from sqlalchemy.orm import Session

from app.coop.members.models import NameKey, Person, name_key_rows
from app.db.bulk import bring

MOST_AT_ONCE = 1_000


def mend(session: Session, now: datetime) -> None:
    """Write the keys of names that have none."""
    del now
    found = _missing(session.connection())
    bring(session.connection(), NameKey, [row for person, name in found for row in name_key_rows(person, name)])


def check(reader: Connection) -> list[str]:
    """Say how many names a search wouldn't find."""
    found = _missing(reader)
    return [f"{len(found)} names can't be searched: the scheduler mends that within a day"] if found else []


def _missing(reader: Connection) -> list[tuple[int, str]]:
    keyed = exists().where(NameKey.person_id == Person.id)
    rows = reader.execute(select(Person.id, Person.name).where(~keyed).limit(MOST_AT_ONCE))
    return [(person, name) for person, name in rows if name_key_rows(person, name)]
