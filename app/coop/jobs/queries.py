"""What screens and commands show of jobs."""

from datetime import date
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select
from sqlalchemy.orm import Session

from app.coop.cooperatives.models import Commune, Filiere
from app.coop.jobs.models import Job, JobInterest
from app.coop.members.models import Member, Person
from app.coop.offices.partners import partners
from app.coop.scope import Scope
from app.db.pages import beyond
from app.letters import packed

MOST = 200


class MeantNowhere(ValueError):
    """A word that names no filière or commune; the argument says so."""


class ShownJob(msgspec.Struct, frozen=True):
    """A job, and how many are interested."""

    id: int
    company: str
    trade: str
    place: str
    places: int
    until: date
    state: str
    interested: int
    company_id: int | None = None
    filiere: str | None = None
    commune: str | None = None


class Candidate(msgspec.Struct, frozen=True):
    """Who is interested, as the company reads it: the number once they agreed."""

    name: str
    phone: str | None
    id: int = 0


def open_jobs(reader: Connection | Session, today: date) -> list[ShownJob]:
    """Return the jobs that are open, the soonest to end first."""
    return jobs(reader, Job.state == "open", Job.until >= today)


def jobs_of(reader: Connection | Session, scope: Scope, today: date) -> list[ShownJob]:
    """Return the open jobs that an office sees: a company its own ones, a centre none, everybody else all."""
    theirs = [] if scope.partner_id is None else [Job.company_id == scope.partner_id]
    return jobs(reader, Job.state == "open", Job.until >= today, *theirs)


def jobs(reader: Connection | Session, *only: ColumnElement[bool], most: int | None = MOST) -> list[ShownJob]:
    """Return jobs, the soonest to end first."""
    asked = select(func.count()).where(JobInterest.job_id == Job.id, JobInterest.state == "interested").scalar_subquery()
    columns = (Job.id, Job.company, Job.trade, Job.place, Job.places, Job.until, Job.state)
    rows: Any = select(*columns, asked, Job.company_id, Filiere.code, Commune.name).where(*only)
    rows = rows.outerjoin(Filiere, Filiere.id == Job.filiere_id).outerjoin(Commune, Commune.id == Job.commune_id)
    return [ShownJob(*row) for row in reader.execute(rows.order_by(Job.until, Job.id).limit(most))]


def meant(
    reader: Session, today: date, company: str, filiere: str | None, commune: str | None
) -> tuple[int | None, int | None, int | None]:
    """Return the ids of a company under agreement with a name, a filière by its code and a commune by its name.

    A company that isn't under agreement is None. Raises MeantNowhere.
    """
    named = [one.id for one in partners(reader, "company", today) if packed(one.name) == packed(company)]
    trade = reader.scalar(select(Filiere.id).where(Filiere.code == packed(filiere or "")))
    places = [row.id for row in reader.execute(select(Commune.id, Commune.name)) if packed(row.name) == packed(commune or "")]
    if (filiere and trade is None) or (commune and not places):
        raise MeantNowhere(f"no filière or commune is called {filiere if filiere and trade is None else commune}")
    return next(iter(named), None), trade, next(iter(places), None)


def candidates(reader: Connection | Session, job_id: int, *, after: int | None = None, most: int | None = None) -> list[Candidate]:
    """Return who is interested in a job, first come first, behind `after`: all of them, or so many."""
    name = func.coalesce(Person.name, JobInterest.name, "")
    rows: Any = select(name, JobInterest.phone, JobInterest.agreed, JobInterest.id).select_from(JobInterest)
    rows = rows.outerjoin(Member, Member.id == JobInterest.member_id).outerjoin(Person, Person.id == Member.person_id)
    rows = rows.where(JobInterest.job_id == job_id, JobInterest.state == "interested", beyond(after, JobInterest.id))
    rows = rows.order_by(JobInterest.id).limit(most)
    return [Candidate(name, phone if agreed else None, number) for name, phone, agreed, number in reader.execute(rows)]


def jobs_behind(reader: Connection | Session, today: date, after: int | None = None, *, most: int) -> list[ShownJob]:
    """Return jobs whose day isn't past, the soonest to end first, behind the one with an id."""
    return jobs(reader, Job.until >= today, beyond(after, Job.id, Job.until), most=most)
