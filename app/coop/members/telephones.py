"""The telephones by which a person is reached, and who shares one."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.coop.members.models import Member, Number


class HeldNumber(msgspec.Struct, frozen=True):
    """One number of a person."""

    id: int
    phone: str
    trusted: bool
    proof_wanted: bool


class SharedHolder(msgspec.Struct, frozen=True):
    """A holder of a shared number; `card` is None for an officer who is no member."""

    person_id: int
    place: int
    card: str | None


def reached_by(reader: Connection | Session, person_id: int) -> tuple[str, ...]:
    """Return a person's numbers in the order of `numbers_of`: where security notices go, all of them."""
    return tuple(number.phone for number in numbers_of(reader, person_id))


def numbers_of(reader: Connection | Session, person_id: int) -> list[HeldNumber]:
    """Return a person's numbers: proved before unproved, their own before a trusted one."""
    mine = select(Number.id, Number.phone, Number.trusted, Number.proof_wanted).where(Number.person_id == person_id)
    return [HeldNumber(*row) for row in reader.execute(mine.order_by(Number.proof_wanted, Number.trusted, Number.id))]


def places_on(reader: Connection | Session, phone: str) -> list[SharedHolder]:
    """Return the holders of a shared number by place; [] for a number that is asked for no place."""
    rows = select(Number.person_id, Number.place, Member.card).outerjoin(Member, Member.person_id == Number.person_id)
    found = reader.execute(rows.where(Number.phone == phone).order_by(Number.place)).all()
    placed = [SharedHolder(person, place, card) for person, place, card in found if place]
    return placed if len(placed) == len(found) > 1 else []


def first_numbers(reader: Connection | Session, persons: Iterable[int]) -> dict[int, str]:
    """Return each person's first number in the order of `numbers_of`; one who has none is left out. One SELECT."""
    # The other way round: of a person's rows the dict below keeps the last one.
    order = (Number.proof_wanted.desc(), Number.trusted.desc(), Number.id.desc())
    rows = reader.execute(select(Number.person_id, Number.phone).where(Number.person_id.in_(set(persons))).order_by(*order))
    return {row.person_id: row.phone for row in rows}
