"""What screens and commands show of techniques and innovations."""

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select
from sqlalchemy.orm import Session

from app.coop.cooperatives.models import Filiere
from app.coop.scope import Scope
from app.coop.techniques.models import FollowedInnovation, Innovation, Technique

MOST = 40


class ShownTechnique(msgspec.Struct, frozen=True):
    """A technique with its how-to and its usual yield in per cent."""

    id: int
    filiere: str
    name: str
    steps: str
    yield_low: int | None
    yield_high: int | None


class ShownInnovation(msgspec.Struct, frozen=True):
    """An innovation, and how many follow it."""

    id: int
    words: str
    state: str
    technique_id: int | None
    followers: int


def filieres_with_techniques(reader: Connection | Session) -> list[tuple[int, str, int]]:
    """Return the trades that have techniques: id, name, how many."""
    rows = (
        select(Filiere.id, Filiere.name, func.count()).join(Technique, Technique.filiere_id == Filiere.id).where(Technique.active)
    )
    return [(row[0], row[1], row[2]) for row in reader.execute(rows.group_by(Filiere.id, Filiere.name).order_by(Filiere.id))]


def techniques(reader: Connection | Session, *only: ColumnElement[bool], most: int = MOST) -> list[ShownTechnique]:
    """Return techniques that are taught, by number."""
    columns = (Technique.id, Filiere.code, Technique.name, Technique.steps, Technique.yield_low, Technique.yield_high)
    rows = select(*columns).join(Filiere, Filiere.id == Technique.filiere_id).where(Technique.active, *only)
    return [ShownTechnique(*row) for row in reader.execute(rows.order_by(Technique.id).limit(most))]


def innovations(reader: Connection | Session, state: str, scope: Scope) -> list[ShownInnovation]:
    """Return a scope's innovations in a state, newest first."""
    followers = select(func.count()).where(FollowedInnovation.innovation_id == Innovation.id).scalar_subquery()
    rows = select(Innovation.id, Innovation.words, Innovation.state, Innovation.technique_id, followers)
    rows = rows.where(Innovation.state == state, scope.reach(Innovation.cooperative_id))
    return [ShownInnovation(*row) for row in reader.execute(rows.order_by(Innovation.id.desc()).limit(MOST))]


def followers_of(reader: Connection | Session, innovation_id: int) -> list[int]:
    """Return who follows an innovation, and who proposed it."""
    following = select(FollowedInnovation.member_id).where(FollowedInnovation.innovation_id == innovation_id)
    return sorted(set(reader.scalars(following.union(select(Innovation.member_id).where(Innovation.id == innovation_id)))))
