"""Write a forecast of members: slices in transactions of their own, each whole, a statement a table."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.coop.access.models import NumberChange
from app.coop.imports import turns
from app.coop.imports.forecast import Planned
from app.coop.imports.members import Change
from app.coop.imports.models import ImportAnswer, ImportMark, ImportRow, MemberProfile
from app.coop.imports.register import PROFILE
from app.coop.ledger.models import Account
from app.coop.ledger.services import MEMBER_KINDS
from app.coop.members.lock import lock_present
from app.coop.members.models import Member, Number, Person
from app.db.bulk import bring
from app.db.database import Database
from app.db.upsert import upsert

SLICE = 250
"""Rows that one transaction writes: far below 200 ms, whatever holds its locks."""


class Moved(Exception):
    """Something that the forecast counted on has changed meanwhile; its argument says so in French."""


def write(
    database: Database,
    import_id: int,
    planned: Sequence[Planned],
    answers: Mapping[str, str],
    *,
    now: Callable[[], datetime],
    progress: Callable[[int], None] | None = None,
) -> None:
    """Write what was planned. Cut off, it has left whole slices; the same file again writes the rest.

    Answers are kept first: a file that comes again asks nothing twice. Raises Moved, ImportOvertaken.
    """
    with database.transaction() as session:
        turns.live(session, import_id, now())
        kept = [{"question": key, "answer": answer[:80], "at": now()} for key, answer in answers.items() if len(key) <= 32]
        if kept:
            session.execute(upsert(session, ImportAnswer).values(kept).on_conflict_do_nothing())
    for some in _slices(planned):
        try:
            with database.transaction() as session:
                at = now()
                turns.live(session, import_id, at)
                _create(session, import_id, [one for one in some if one.verdict == "create"], at)
                _update(session, import_id, [one for one in some if one.verdict == "update"], at)
        except IntegrityError as fault:
            raise Moved("Un membre ou un numéro a changé pendant l'import: recommencez avec le même fichier.") from fault
        if progress:
            progress(len(some))


def kept_answers(reader: Connection | Session) -> dict[str, str]:
    """Return what was answered before."""
    return {key: answer for key, answer in reader.execute(select(ImportAnswer.question, ImportAnswer.answer))}  # noqa: C416


def _slices(planned: Sequence[Planned]) -> Iterator[Sequence[Planned]]:
    return (planned[first : first + SLICE] for first in range(0, len(planned), SLICE))


def _create(session: Session, import_id: int, rows: Sequence[Planned], now: datetime) -> None:
    if not rows:
        return
    changes: list[Change] = [row.change for row in rows]
    to = session.connection()
    people = [{"name": change.name, "language": "fr", "pin_pepper": 1} for change in changes]
    persons = session.scalars(insert(Person).returning(Person.id, sort_by_parameter_order=True), people).all()
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
    ids = session.scalars(insert(Member).returning(Member.id, sort_by_parameter_order=True), members).all()
    made = list(zip(ids, persons, changes, strict=True))
    bring(to, Number, [_numbered(person, change, now) for _, person, change in made if change.phone])
    bring(to, NumberChange, [_added(person, change, now) for _, person, change in made if change.phone])
    accounts = [
        {"cooperative_id": change.cooperative_id, "member_id": member, "kind": kind, "balance": 0}
        for member, _, change in made
        if change.state != "departed"
        for kind in MEMBER_KINDS
    ]
    bring(to, Account, accounts)
    profiles = [{"member_id": member} | dict.fromkeys(PROFILE) | change.profile for member, _, change in made if change.profile]
    bring(to, MemberProfile, profiles)
    marks = [{"cooperative_id": change.cooperative_id, "mark": change.mark, "member_id": member} for member, _, change in made]
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
        if change.phone:
            session.add(Number(**_numbered(member.person_id, change, now)))
            session.add(NumberChange(**_added(member.person_id, change, now)))
            before["phone"] = change.phone
        session.add(ImportRow(import_id=import_id, number=row.number, member_id=member.id, act="update", before=before))
    session.flush()


def _numbered(person: int, change: Change, now: datetime) -> dict[str, Any]:
    return {"phone": change.phone, "person_id": person, "place": change.place, "registered_at": now}


def _added(person: int, change: Change, now: datetime) -> dict[str, Any]:
    return {"person_id": person, "phone": change.phone, "act": "added", "by_person_id": None, "at": now}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
