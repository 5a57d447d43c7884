"""What screens and commands show of trainings, applications and certificates."""

from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, case, func, select
from sqlalchemy.orm import Session

from app.coop.members.models import Member, Person
from app.coop.rights import NotYours
from app.coop.scope import Scope
from app.coop.training.models import Attendance, Certificate, Training, TrainingApplication
from app.coop.training.seats import LIVE, TAKEN
from app.db.pages import beyond
from app.db.rows import require

MOST = 200
MOST_APPLICANTS = 1000
APPLICANTS = {"applied": "inscrit", "waiting": "attend", "offered": "offre", "seated": "place", "certified": "certifié"}
"""How an application stands, in a word."""


class ShownTraining(msgspec.Struct, frozen=True):
    """A training; `free` seats are those that nobody has, is offered or waits for."""

    id: int
    title: str
    place: str
    starts_on: date
    ends_on: date
    apply_until: date
    seats: int
    free: int
    waiting: int
    min_age: int
    max_age: int
    level: str | None
    kind: str
    audience: str
    company_chooses: bool
    state: str
    cooperative_id: int | None
    centre_id: int | None = None
    company_id: int | None = None

    @property
    def partners(self) -> tuple[int, ...]:
        """Return the ids of the centre and the company that see to it."""
        return tuple(one for one in (self.centre_id, self.company_id) if one is not None)


class OwnApplication(msgspec.Struct, frozen=True):
    """An application as the applicant sees it; the rank is today's."""

    id: int
    training: str
    starts_on: date
    state: str
    rank: int
    offer_ends: datetime | None


class Applicant(msgspec.Struct, frozen=True):
    """An applicant as officers see them, with the days on which they were there."""

    id: int
    name: str
    phone: str | None
    card: str | None
    state: str
    rank: int
    born_in: int | None
    days: int


class ShownCertificate(msgspec.Struct, frozen=True):
    """What anybody may know of a certificate."""

    title: str
    initials: str
    given_on: date


def open_trainings(reader: Connection | Session, today: date, cooperatives: tuple[int, ...] = ()) -> list[ShownTraining]:
    """Return the trainings that take applications, soonest first; one for a co-operative's members is shown to these alone."""
    theirs = Training.cooperative_id.is_(None) | (Training.audience == "all") | Training.cooperative_id.in_(cooperatives)
    return _shown(reader, Training.state == "open", Training.apply_until >= today, Training.starts_on > today, theirs)


def trainings_of(reader: Connection | Session, scope: Scope, today: date) -> list[ShownTraining]:
    """Return a scope's own trainings, or those at a partner, that aren't long over, soonest first."""
    recent = date.fromordinal(today.toordinal() - 90)
    theirs = scope.own(Training.cooperative_id) if scope.partner_id is None else _of_partner(scope)
    return _shown(reader, theirs, Training.state == "open", Training.ends_on >= recent)


def training_by_id(reader: Connection | Session, training_id: int, *only: ColumnElement[bool]) -> ShownTraining | None:
    """Return one training."""
    return next(iter(_shown(reader, Training.id == training_id, *only)), None)


def all_trainings(reader: Connection | Session) -> list[ShownTraining]:
    """Return all trainings there ever were, the first day first."""
    return _shown(reader, most=None)


def own_applications(reader: Connection | Session, member_id: int | None, phone: str, today: date) -> list[OwnApplication]:
    """Return a member's applications, or (None) those of strangers from a number: what is live, and what was certified lately."""
    mine = TrainingApplication.member_id == member_id
    if member_id is None:
        mine = (TrainingApplication.phone == phone) & TrainingApplication.member_id.is_(None)
    columns = (TrainingApplication.id, Training.title, Training.starts_on, TrainingApplication.state, _rank())
    rows: Any = select(*columns, TrainingApplication.offer_ends).join(Training, Training.id == TrainingApplication.training_id)
    recent = Training.ends_on >= date.fromordinal(today.toordinal() - 90)
    rows = rows.where(mine, recent, TrainingApplication.state.in_((*LIVE, "certified")))
    return [OwnApplication(*row) for row in reader.execute(rows.order_by(Training.starts_on, TrainingApplication.id).limit(MOST))]


def applicants(
    reader: Connection | Session,
    training_id: int,
    states: tuple[str, ...] = (*LIVE, "certified"),
    *,
    most: int | None = MOST_APPLICANTS,
    skip: int = 0,
) -> list[Applicant]:
    """Return who applied for a training: those with a seat first, then by rank; at most so many behind `skip`, all with None."""
    days = select(func.count()).where(Attendance.application_id == TrainingApplication.id).scalar_subquery()
    name = func.coalesce(Person.name, TrainingApplication.name, "")
    columns = (TrainingApplication.id, name, TrainingApplication.phone, Member.card, TrainingApplication.state, _rank())
    rows: Any = select(*columns, TrainingApplication.born_in, days)
    rows = rows.outerjoin(Member, Member.id == TrainingApplication.member_id).outerjoin(Person, Person.id == Member.person_id)
    rows = rows.where(TrainingApplication.training_id == training_id, TrainingApplication.state.in_(states))
    first = case((TrainingApplication.state.in_(TAKEN), 0), else_=1)
    rows = rows.order_by(first, TrainingApplication.queued, TrainingApplication.id).limit(most)
    return [Applicant(*row) for row in reader.execute(rows.offset(skip) if skip else rows)]


def applicant_name(reader: Connection | Session, scope: Scope, application_id: int) -> str:
    """Return the name of who applied for a training in reach; "" for any other."""
    reach = scope.reach(Training.cooperative_id) if scope.partner_id is None else _of_partner(scope)
    name = func.coalesce(Person.name, TrainingApplication.name, "")
    rows: Any = select(name).select_from(TrainingApplication).join(Training, Training.id == TrainingApplication.training_id)
    rows = rows.outerjoin(Member, Member.id == TrainingApplication.member_id).outerjoin(Person, Person.id == Member.person_id)
    return reader.scalar(rows.where(TrainingApplication.id == application_id, reach)) or ""


def certificate(reader: Connection | Session, number: str) -> ShownCertificate | None:
    """Return what a certificate's number stands for; None for one that nobody gave."""
    found = select(Certificate.title, Certificate.initials, Certificate.given_on).where(Certificate.number == number)
    row = reader.execute(found).first()
    return ShownCertificate(*row) if row else None


def _of_partner(scope: Scope) -> ColumnElement[bool]:
    return (Training.centre_id == scope.partner_id) | (Training.company_id == scope.partner_id)


def _rank() -> ColumnElement[int]:
    before = TrainingApplication.__table__.alias()
    same = (before.c.training_id == TrainingApplication.training_id) & (before.c.state == "waiting")
    return select(func.count()).where(same, before.c.queued <= TrainingApplication.queued).scalar_subquery()


def _shown(reader: Connection | Session, *only: ColumnElement[bool], most: int | None = MOST) -> list[ShownTraining]:
    def number(*states: str) -> Any:
        there = (TrainingApplication.training_id == Training.id) & TrainingApplication.state.in_(states)
        return select(func.count()).where(there).scalar_subquery()

    waiting = number("waiting")
    columns = (Training.id, Training.title, Training.place, Training.starts_on, Training.ends_on, Training.apply_until)
    rows: Any = select(*columns, Training.seats, Training.seats - number(*TAKEN) - waiting, waiting)
    rows = rows.add_columns(Training.min_age, Training.max_age, Training.level, Training.kind, Training.audience)
    rows = rows.add_columns(Training.company_chooses, Training.state, Training.cooperative_id)
    rows = rows.add_columns(Training.centre_id, Training.company_id).where(*only)
    found = reader.execute(rows.order_by(Training.starts_on, Training.id).limit(most))
    shown = [ShownTraining(*row) for row in found]
    return [msgspec.structs.replace(one, free=max(0, one.free)) for one in shown]


def trainings_in(
    reader: Connection | Session, scope: Scope, today: date, *, after: int | None = None, most: int = MOST
) -> list[ShownTraining]:
    """Return the trainings in a scope's reach that aren't long over, soonest first, behind the one with an id."""
    recent = Training.ends_on >= date.fromordinal(today.toordinal() - 90)
    return _shown(reader, scope.reach(Training.cooperative_id), recent, beyond(after, Training.id, Training.starts_on), most=most)


def training_in(reader: Connection | Session, scope: Scope, training_id: int) -> ShownTraining:
    """Return a training in a scope's reach. Raises NotYours."""
    return require(training_by_id(reader, training_id, scope.reach(Training.cooperative_id)), NotYours("read"))
