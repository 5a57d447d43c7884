"""Write a register's rows: members with their numbers, accounts and profiles, a statement a table; and take them back."""

import secrets
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, delete, func, insert, select
from sqlalchemy.orm import Session

from app.coop.access.models import Activation, NumberChange
from app.coop.imports.forecast import Planned, RestsOn
from app.coop.imports.members import Change, WantedNumber
from app.coop.imports.models import Import, ImportMark, ImportRow, MemberProfile
from app.coop.imports.register import PROFILE
from app.coop.ledger.models import Account
from app.coop.ledger.services import MEMBER_KINDS
from app.coop.members.lock import lock_present
from app.coop.members.models import FileLook, Member, NameKey, Number, Person, name_key_rows
from app.db.base import Base
from app.db.bulk import bring

OWN = tuple(
    model.__table__
    for model in (
        *(ImportRow, ImportMark, MemberProfile, Account, Activation, NumberChange, Number),
        *(FileLook, NameKey, Member, Person),
    )
)
"""What an import writes, cards printed and files opened since: it goes with the member."""


def write(session: Session, import_id: int, rows: Sequence[Planned], now: datetime) -> None:
    """Make members, and change those who were there."""
    _create(session, import_id, [one for one in rows if one.verdict == "create"], now)
    _update(session, import_id, [one for one in rows if one.verdict == "update"], now)


def _create(session: Session, import_id: int, rows: Sequence[Planned], now: datetime) -> None:
    if not rows:
        return
    changes: list[Change] = [row.change for row in rows]
    to = session.connection()
    people = [{"name": change.name, "language": change.language, "pin_pepper": 1} for change in changes if not change.person_id]
    new = iter(session.scalars(insert(Person).returning(Person.id, sort_by_parameter_order=True), people) if people else ())
    persons = [change.person_id or next(new) for change in changes]
    members = [
        {
            "person_id": person,
            "cooperative_id": change.cooperative_id,
            "card": card,
            "state": change.state,
            "joined_on": change.joined_on,
            "left_on": change.left_on,
        }
        for person, card, change in zip(persons, _cards(session, persons, changes), changes, strict=True)
    ]
    # RETURNING promises no order of its own, and ids are matched to rows by their place.
    ids = session.scalars(insert(Member).returning(Member.id, sort_by_parameter_order=True), members).all()
    made = list(zip(ids, persons, changes, strict=True))
    bring(to, NameKey, [key for _, person, one in made if not one.person_id for key in name_key_rows(person, one.name or "")])
    bring(to, Number, [_numbered(person, one, now) for _, person, change in made for one in change.numbers])
    bring(to, NumberChange, [_added(person, one, now) for _, person, change in made for one in change.numbers])
    accounts = [
        {"cooperative_id": change.cooperative_id, "member_id": member, "kind": kind, "balance": 0}
        for member, _, change in made
        if change.state != "departed"
        for kind in MEMBER_KINDS
    ]
    bring(to, Account, accounts)
    profiles = [{"member_id": member} | dict.fromkeys(PROFILE) | change.profile for member, _, change in made if change.profile]
    bring(to, MemberProfile, profiles)
    marks = [
        {"cooperative_id": change.cooperative_id, "mark": mark, "member_id": member}
        for member, _, change in made
        for mark in (change.mark, *change.other_marks)
    ]
    bring(to, ImportMark, marks)
    done = [(row.number, member) for row, member in zip(rows, ids, strict=True)]
    fresh = [{"import_id": import_id, "number": row, "member_id": member, "act": "create", "before": {}} for row, member in done]
    bring(to, ImportRow, fresh)


def _cards(session: Session, persons: Sequence[int], changes: Sequence[Change]) -> list[str]:
    """Return each new member's card: the sheet's, or the person's number, or any that is free where that was printed already."""
    wanted = [change.card or f"C{person:07d}" for person, change in zip(persons, changes, strict=True)]
    taken = set(session.scalars(select(Member.card).where(Member.card.in_(wanted))))
    found: list[str] = []
    for card, change in zip(wanted, changes, strict=True):
        while not change.card and (card in taken or card in found):
            card = f"C{1_000_000 + secrets.randbelow(9_000_000):07d}"
            taken |= set(session.scalars(select(Member.card).where(Member.card == card)))
        found.append(card)
    return found


def _update(session: Session, import_id: int, rows: Sequence[Planned], now: datetime) -> None:
    """Change members behind their lock; what stood there before is written beside, to be put back."""
    if not rows:
        return
    standing = lock_present(session, {row.change.member_id for row in rows})
    for row in rows:
        change: Change = row.change
        member = standing[change.member_id or 0]
        before: dict[str, Any] = {}
        if change.name:
            person = session.get_one(Person, member.person_id)
            before["name"], person.name = person.name, change.name
        if change.joined_on:
            held = session.get_one(Member, member.id)
            before["joined_on"], held.joined_on = held.joined_on.isoformat(), change.joined_on
        if change.profile:
            profile = session.get(MemberProfile, member.id) or MemberProfile(member_id=member.id)
            before["profile"] = {field: _plain(getattr(profile, field)) for field in change.profile}
            for field, new in change.profile.items():
                setattr(profile, field, new)
            session.add(profile)
        for one in change.numbers:
            session.add(Number(**_numbered(member.person_id, one, now)))
            session.add(NumberChange(**_added(member.person_id, one, now)))
            before.setdefault("phones", []).append(one.phone)
        session.add(ImportRow(import_id=import_id, number=row.number, member_id=member.id, act="update", before=before))
    session.flush()


def _numbered(person: int, one: WantedNumber, now: datetime) -> dict[str, Any]:
    return {"phone": one.phone, "person_id": person, "place": one.place, "registered_at": now}


def _added(person: int, one: WantedNumber, now: datetime) -> dict[str, Any]:
    return {"person_id": person, "phone": one.phone, "act": "added", "by_person_id": None, "at": now}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def check(session: Session, imports: Sequence[int]) -> None:
    """Raise RestsOn when something rests on a member whom these imports made."""
    mine = select(ImportRow.member_id).where(ImportRow.import_id.in_(imports), ImportRow.act == "create")
    persons = select(Member.person_id).where(Member.id.in_(mine))
    opened = session.scalar(select(func.count()).select_from(Person).where(Person.id.in_(persons), Person.pin_hash.is_not(None)))
    if opened:
        raise RestsOn(f"{opened} de ses membres ont déjà ouvert leur compte.")
    later = select(ImportRow.import_id).join(Import, Import.id == ImportRow.import_id).where(ImportRow.import_id.not_in(imports))
    if (other := session.scalar(later.where(ImportRow.member_id.in_(mine)).limit(1))) is not None:
        raise RestsOn(f"L'import n° {other} a changé un de ses membres: annulez-le d'abord.")
    for table in Base.metadata.sorted_tables:
        if table not in OWN and any(session.scalar(found) for found in _named(table, mine, persons)):
            raise RestsOn(f"Autre chose repose déjà sur un de ses membres ({table.name}).")


def take_back(session: Session, rows: Sequence[ImportRow], now: datetime) -> None:
    """Put back what was changed, and delete who was made."""
    _restore(session, [(row.member_id or 0, row.before) for row in rows if row.act == "update"], now)
    _remove(session, [row.member_id or 0 for row in rows if row.act == "create"])


def _named(table: Table, members: Any, persons: Any) -> Iterator[Any]:
    """Select whether a table names one of these members or persons, by each of its references."""
    for key in table.foreign_keys:
        whose = {"members": members, "people": persons}.get(key.column.table.name)
        if whose is not None:
            yield select(select(key.parent).where(key.parent.in_(whose)).exists())


def _remove(session: Session, members: Sequence[int]) -> None:
    persons = session.scalars(select(Member.person_id).where(Member.id.in_(members)).with_for_update()).all()
    for table in (MemberProfile, ImportMark, Account, FileLook):
        session.execute(delete(table).where(table.member_id.in_(members)))
    for of_person in (Activation, NumberChange, Number, NameKey):
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
        for phone in before.get("phones", ()):
            mine = (Number.person_id == member.person_id) & (Number.phone == phone)
            session.execute(delete(Number).where(mine))
            change = {"person_id": member.person_id, "phone": phone, "act": "released", "by_person_id": None}
            session.add(NumberChange(**change, at=now))
    session.flush()


def _dated(field: str, old: Any) -> Any:
    return date.fromisoformat(old) if field == "born_on" and old else old
