"""Take an import back while nothing rests on it: the database's own references say what does."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.coop.access.models import Activation, NumberChange
from app.coop.imports.models import Import, ImportMark, ImportRow, MemberProfile
from app.coop.ledger.models import Account
from app.coop.members.models import Member, Number, Person
from app.db.base import Base
from app.db.database import Database

SLICE = 250
OWN = tuple(
    model.__table__ for model in (ImportRow, ImportMark, MemberProfile, Account, Activation, NumberChange, Number, Member, Person)
)
"""What an import writes, and cards printed since: it goes with the member."""


class RestsOn(Exception):
    """The import can't be taken back; its argument says why in French."""


def undo(database: Database, import_id: int, *, now: Callable[[], datetime]) -> int:
    """Take an import back in slices, and return how many rows; cut off, the same command goes on. Raises RestsOn."""
    with database.transaction() as session:
        _begin(session, import_id)
    done = 0
    while True:
        try:
            with database.transaction() as session:
                some = select(ImportRow).where(ImportRow.import_id == import_id).order_by(ImportRow.number.desc()).limit(SLICE)
                rows = session.scalars(some).all()
                if not rows:
                    session.execute(update(Import).where(Import.id == import_id).values(state="undone", alive_at=now()))
                    return done
                updated = [(row.member_id, row.before) for row in rows if row.act == "update"]
                created = [row.member_id for row in rows if row.act == "create"]
                mine = (ImportRow.import_id == import_id) & ImportRow.number.in_([row.number for row in rows])
                session.execute(delete(ImportRow).where(mine), execution_options={"synchronize_session": False})
                session.expunge_all()
                _restore(session, updated, now())
                _remove(session, created)
        except IntegrityError as fault:
            raise RestsOn("Autre chose repose depuis sur un de ses membres: ce qui précède reste annulé.") from fault
        done += len(rows)


def _begin(session: Session, import_id: int) -> None:
    row = session.scalar(select(Import).where(Import.id == import_id).with_for_update())
    if row is None or row.state == "undone":
        raise RestsOn(f"Il n'y a pas d'import n° {import_id}, ou il est déjà annulé.")
    if row.state == "writing":
        raise RestsOn("Cet import est en cours: attendez sa fin.")
    mine = select(ImportRow.member_id).where(ImportRow.import_id == import_id, ImportRow.act == "create")
    persons = select(Member.person_id).where(Member.id.in_(mine))
    opened = session.scalar(select(func.count()).select_from(Person).where(Person.id.in_(persons), Person.pin_hash.is_not(None)))
    if opened:
        raise RestsOn(f"{opened} de ses membres ont déjà ouvert leur compte.")
    later = select(ImportRow.import_id).join(Import, Import.id == ImportRow.import_id).where(ImportRow.import_id != import_id)
    if (other := session.scalar(later.where(ImportRow.member_id.in_(mine)).limit(1))) is not None:
        raise RestsOn(f"L'import n° {other} a changé un de ses membres: annulez-le d'abord.")
    for table in Base.metadata.sorted_tables:
        if table not in OWN and any(session.scalar(found) for found in _named(table, mine, persons)):
            raise RestsOn(f"Autre chose repose déjà sur un de ses membres ({table.name}).")


def _named(table: Table, members: Any, persons: Any) -> Iterator[Any]:
    """Select whether a table names one of these members or persons, by each of its references."""
    for key in table.foreign_keys:
        whose = {"members": members, "people": persons}.get(key.column.table.name)
        if whose is not None:
            yield select(select(key.parent).where(key.parent.in_(whose)).exists())


def _remove(session: Session, members: Sequence[int]) -> None:
    persons = session.scalars(select(Member.person_id).where(Member.id.in_(members)).with_for_update()).all()
    for table in (MemberProfile, ImportMark, Account):
        session.execute(delete(table).where(table.member_id.in_(members)))
    for of_person in (Activation, NumberChange, Number):
        session.execute(delete(of_person).where(of_person.person_id.in_(persons)))
    session.execute(delete(Member).where(Member.id.in_(members)))
    session.execute(delete(Person).where(Person.id.in_(persons)))


def _restore(session: Session, rows: Sequence[tuple[int, dict[str, Any]]], now: datetime) -> None:
    for member_id, before in rows:
        member = session.get_one(Member, member_id, with_for_update=True)
        if "name" in before:
            session.get_one(Person, member.person_id).name = before["name"]
        if "joined_on" in before:
            member.joined_on = date.fromisoformat(before["joined_on"])
        profile = session.get(MemberProfile, member.id)
        for field, old in before.get("profile", {}).items() if profile else ():
            setattr(profile, field, _dated(field, old))
        if "phone" in before:
            mine = (Number.person_id == member.person_id) & (Number.phone == before["phone"])
            session.execute(delete(Number).where(mine))
            change = {"person_id": member.person_id, "phone": before["phone"], "act": "released", "by_person_id": None}
            session.add(NumberChange(**change, at=now))
    session.flush()


def _dated(field: str, old: Any) -> Any:
    return date.fromisoformat(old) if field == "born_on" and old else old
