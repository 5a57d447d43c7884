"""Offer a job, be interested, let the company have one's number, say that it is filled."""

from datetime import date, datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, Connection, select, update
from sqlalchemy.orm import Session

from app import texts
from app.coop.act import Act
from app.coop.jobs.models import Job, JobInterest
from app.coop.members.lock import ACTIVE, lock_member
from app.coop.members.notices import tell_member, tell_number
from app.coop.offices import audit
from app.coop.offices.partners import PartnerRefused, lock_partner
from app.coop.rights import NotYours
from app.coop.scope import Scope
from app.db.rows import each, require, store
from app.letters import plain
from app.public_words import spelled
from app.service import service_of

MOST_TOLD, MOST_PLACES = 500, 999
MOST_OF_A_NUMBER = 3
KEPT = timedelta(days=182)
"""After a job's last day a stranger's interest names nobody any more."""


class JobRefused(ValueError):
    """A job can't be so; the argument says why."""


class JobClosed(Exception):
    """There is no such job that is open."""


class NoCandidate(Exception):
    """Only an active member is interested as a member; a stranger says a name."""


class TooManyInterests(Exception):
    """MOST_OF_A_NUMBER of this number are interested in this job."""


class InterestGone(Exception):
    """The interest isn't this person's, or was taken back; or it is one of several on this number, and no name says which."""


class NewJob(msgspec.Struct, frozen=True):
    """What a job begins with; the company's name is the partner's where there is a `company_id`."""

    company: str
    trade: str
    place: str
    places: int
    until: date
    company_id: int | None = None
    filiere_id: int | None = None
    commune_id: int | None = None


def add_job(session: Session, told: NewJob, today: date, act: Act | None = None) -> Job:
    """Write a job; an officer's is noted as their act. Raises JobRefused, or NotYours for another company's."""
    if act is not None and not sees_to(act.office.scope, told.company_id):
        raise NotYours("courses")
    if told.company_id is not None:
        try:
            told = msgspec.structs.replace(told, company=lock_partner(session, told.company_id, "company", today).name)
        except PartnerRefused as refused:
            raise JobRefused(str(refused)) from None
    told = msgspec.structs.replace(told, company=spelled(told.company), trade=spelled(told.trade), place=spelled(told.place))
    if not 2 <= len(told.company) <= 20 or not 3 <= len(told.trade) <= 20 or not 2 <= len(told.place) <= 16:
        raise JobRefused("Entreprise de 2 à 20 lettres, métier de 3 à 20, lieu de 2 à 16.")
    if not 0 < told.places <= MOST_PLACES or not today <= told.until <= today + timedelta(days=365):
        raise JobRefused(f"De 1 à {MOST_PLACES} places, jusqu'à un jour dans l'année.")
    row = store(session, Job(**msgspec.structs.asdict(told)))
    if act is not None:
        audit.note(session, act, "job added", f"job:{row.id}")
    return row


def read_candidates(session: Session, act: Act, job_id: int) -> None:
    """Write down that the list of who is interested was taken out. Raises JobClosed for a job that isn't this office's."""
    job = session.get(Job, job_id)
    if job is None or not sees_to(act.office.scope, job.company_id):
        raise JobClosed(job_id)
    audit.note(session, act, "candidates read", f"job:{job_id}")


def interest(session: Session, act: Act, job_id: int, name: str | None = None) -> tuple[JobInterest, bool]:
    """Note that somebody is interested, once, and tell whether it is new. Raises JobClosed, NoCandidate, TooManyInterests."""
    _check_candidate(session, act, name)
    job = session.scalar(select(Job).where(Job.id == job_id).with_for_update())
    if job is None or job.state != "open" or job.until < act.today:
        raise JobClosed(job_id)
    known = interests(session, act, job_id, name)
    if known:
        return session.get_one(JobInterest, known[0]), False
    if len(interests(session, act, job_id)) >= MOST_OF_A_NUMBER:
        raise TooManyInterests(job_id)
    row = JobInterest(
        job_id=job_id,
        member_id=act.member_id,
        phone=act.phone or None,
        name=None if act.member_id else name,
        state="interested",
        at=act.now,
        operation=act.operation,
    )
    store(session, row)
    return row, True


def agree(session: Session, act: Act, job_id: int, name: str | None = None) -> None:
    """Let the company have one's number; of several strangers on it the one with a name says so. Raises InterestGone."""
    _change(session, act, job_id, name, agreed=True)


def withdraw(session: Session, act: Act, job_id: int, name: str | None = None) -> None:
    """Be interested no more; of several strangers on a number the one with a name. Raises InterestGone."""
    _change(session, act, job_id, name, state="withdrawn", agreed=False)


def end(session: Session, job_id: int, state: str, act: Act | None = None) -> int:
    """Say that a job is filled or closed; all who are interested are told. Return how many.

    Raises JobClosed, also for an officer whose job it isn't.
    """
    moved = update(Job).where(Job.id == job_id, Job.state == "open").values(state=state)
    row = session.execute(moved.returning(Job.id, Job.company_id)).first()
    # It was moved before it was asked whose it is: the error takes that back.
    if row is None or (act is not None and not sees_to(act.office.scope, row.company_id)):
        raise JobClosed(job_id)
    if act is not None:
        audit.note(session, act, f"job {state}", f"job:{job_id}")
    here = (JobInterest.job_id == job_id) & (JobInterest.state == "interested")
    return len(session.scalars(update(JobInterest).where(here).values(news=True).returning(JobInterest.id)).all())


def expire(session: Session, now: datetime) -> None:
    """Close jobs whose last day is over, and erase who the strangers were that asked long ago."""
    over = session.scalars(select(Job.id).where(Job.state == "open", Job.until < now.date()).order_by(Job.id)).all()
    each(session, "a job that is over", [(one, one) for one in over], lambda job_id: end(session, job_id, "closed"))
    old = select(Job.id).where(Job.until < (now - KEPT).date())
    named = JobInterest.member_id.is_(None) & JobInterest.name.is_not(None) & JobInterest.job_id.in_(old)
    session.execute(update(JobInterest).where(named).values(name=None, phone=None))


def tell_news(session: Session, now: datetime) -> None:
    """Tell some of those who are interested how it ended, by day, each once."""
    if not service_of(session).awake(now):
        return
    due = select(JobInterest).where(JobInterest.news).order_by(JobInterest.id).limit(MOST_TOLD).with_for_update(skip_locked=True)
    rows = session.scalars(due).all()

    def tell(row: JobInterest) -> None:
        job = session.get_one(Job, row.job_id)
        act = Act.by_clock(f"job:{job.id}:{row.id}:{job.state}", now)
        words = texts.say("job_ended", trade=job.trade, site=job.place, job_is=job.state)
        if row.phone:
            tell_number(session, act, row.phone, "receipt", act.operation, words)
        elif row.member_id is not None:
            tell_member(session, act, row.member_id, "receipt", act.operation, words)

    for row in rows:
        row.news = False
    each(session, "news of a job", [(row.id, row) for row in rows], tell)


def whose(act: Act) -> ColumnElement[bool]:
    """Return the condition for a person's own interests: a member's, or those of a stranger on the number in hand."""
    if act.member_id:
        return JobInterest.member_id == act.member_id
    return (JobInterest.phone == act.phone) & JobInterest.member_id.is_(None)


def interests(reader: Connection | Session, act: Act, job_id: int, name: str | None = None) -> list[int]:
    """Return a person's own interests in a job; of several strangers on a number those under a name, where one is said."""
    own = select(JobInterest.id, JobInterest.name).where(
        JobInterest.job_id == job_id, whose(act), JobInterest.state == "interested"
    )
    # Of strangers the number is a family's: another name is somebody else.
    said = None if act.member_id else name
    return [row.id for row in reader.execute(own) if said is None or plain(row.name or "") == plain(said)]


def sees_to(scope: Scope, company_id: int | None) -> bool:
    """Tell whether jobs of a company are an office's, by its scope: of the federation, or of the company itself."""
    return scope.is_federation or (scope.partner_id is not None and scope.partner_id == company_id)


def _check_candidate(session: Session, act: Act, name: str | None) -> None:
    if act.member_id is None:
        if not name:
            raise NoCandidate(act.phone)
        return
    lock_member(session, act.member_id, NoCandidate, ACTIVE)


def _change(session: Session, act: Act, job_id: int, name: str | None, **values: object) -> None:
    mine = interests(session, act, job_id, name)
    if len(mine) > 1 and act.member_id is None:
        raise InterestGone(job_id)
    moved = update(JobInterest).where(JobInterest.id.in_(mine), JobInterest.state == "interested").values(**values)
    require(session.scalar(moved.returning(JobInterest.id)), InterestGone(job_id))
