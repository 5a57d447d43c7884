"""Names behind ids. They are read when they are shown: no session and no act keeps one."""

from collections.abc import Collection

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.coop.members.models import Member, Person

NOBODY = "Ancien membre"
"""Whose name was erased."""


def member_name(reader: Connection | Session, member_id: int) -> str:
    """Return a member's name, "" when there is no such member."""
    return reader.scalar(select(Person.name).join(Member, Member.person_id == Person.id).where(Member.id == member_id)) or ""


def person_name(reader: Connection | Session, person_id: int | None) -> str:
    """Return a person's name, "" when there is no such person."""
    return reader.scalar(select(Person.name).where(Person.id == person_id)) or ""


def names_of(reader: Connection | Session, members: Collection[int]) -> dict[int, str]:
    """Return members' names by their ids. One SELECT."""
    rows = reader.execute(select(Member.id, Person.name).join(Person, Person.id == Member.person_id).where(Member.id.in_(members)))
    return {member: name for member, name in rows}  # noqa: C416 - a Row is not a pair to mypy


def cards_of(reader: Connection | Session, members: Collection[int]) -> dict[int, str]:
    """Return the numbers of members' cards by their ids. One SELECT."""
    rows = reader.execute(select(Member.id, Member.card).where(Member.id.in_(members)))
    return {member: card for member, card in rows}  # noqa: C416 - a Row is not a pair to mypy


def card_and_name(reader: Connection | Session, member_id: int) -> tuple[str, str]:
    """Return what a member's card has on it: its number, and the name. Raises NoResultFound."""
    printed = select(Member.card, Person.name).join(Person, Person.id == Member.person_id).where(Member.id == member_id)
    card, name = reader.execute(printed).one()
    return card, name
