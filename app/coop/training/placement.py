"""After a certificate: whether the person works, asked after 3 and after 6 months; and when a stranger's application is erased."""

import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, aliased

from app import texts
from app.coop.act import Act
from app.coop.audience import seekers
from app.coop.references import draw_reference
from app.coop.training import notices
from app.coop.training.models import Certificate, PlacementQuestion, Training, TrainingApplication
from app.db.rows import each, require, store
from app.service import service_of

AFTER = {3: timedelta(days=91), 6: timedelta(days=182)}
"""How long after the certificate the question is asked, by its months."""
LATE = timedelta(days=30)
"""A scheduler that was down still asks so much later, and then no more."""
ANSWERED_WITHIN = timedelta(days=14)
ERASED_AFTER = timedelta(days=182)
"""After a training's end a stranger's application names nobody any more; one who was certified and wished to hear of jobs is asked
once more first, and has ANSWERED_WITHIN to answer."""
MOST_AT_ONCE = 500


class NoQuestion(Exception):
    """No question that is open has this code for this number."""


def ask(session: Session, now: datetime, draw: Callable[[int], int] = secrets.randbelow) -> None:
    """Ask those whose time has come, by day, each question once: members, and strangers who wished to hear of jobs."""
    if not service_of(session).awake(now):
        return
    for months, after in AFTER.items():
        last = (now - after).date()
        asked = exists().where(PlacementQuestion.application_id == TrainingApplication.id, PlacementQuestion.months == months)
        due = select(TrainingApplication).join(Certificate, Certificate.application_id == TrainingApplication.id)
        willing = TrainingApplication.member_id.is_not(None) | TrainingApplication.wants_jobs
        there = TrainingApplication.phone.is_not(None) | TrainingApplication.member_id.is_not(None)
        due = due.where(Certificate.given_on <= last, Certificate.given_on > last - LATE, ~asked, willing, there)
        rows = session.scalars(due.order_by(TrainingApplication.id).limit(MOST_AT_ONCE).with_for_update(skip_locked=True)).all()

        def ask_one(row: TrainingApplication, months: int = months) -> None:
            code = draw_reference(draw)
            store(session, PlacementQuestion(application_id=row.id, months=months, code=code, asked_at=now))
            service = service_of(session)
            title = session.scalar(select(Training.title).where(Training.id == row.training_id)) or ""
            words = texts.say("placement_question", training=title, reference=code, cost=service.cost)
            notices.tell(session, Act.by_clock(f"placement:{row.id}:{months}", now), row, "notice", words)

        each(session, "a certificate after months", [(row.id, row) for row in rows], ask_one)


def answer(session: Session, phone: str, code: str, *, works: bool, now: datetime) -> None:
    """Note an answer; another one later counts instead. Raises NoQuestion."""
    asked = select(PlacementQuestion).join(TrainingApplication, TrainingApplication.id == PlacementQuestion.application_id)
    mine = (TrainingApplication.phone == phone) & (PlacementQuestion.code == code)
    row = require(session.scalar(asked.where(mine, PlacementQuestion.asked_at > now - ERASED_AFTER).limit(1)), NoQuestion(code))
    row.works, row.answered_at = works, now


def forget(session: Session, now: datetime) -> None:
    """Erase who a stranger was, ERASED_AFTER the training's end, and that they wish to hear of jobs, unless they said so since;
    what figures need stays."""
    ended: date = (now - ERASED_AFTER).date()
    named = TrainingApplication.member_id.is_(None) & TrainingApplication.name.is_not(None)
    over = select(TrainingApplication.id).join(Training, Training.id == TrainingApplication.training_id)
    asked_later = select(Certificate.application_id).where(Certificate.given_on > ended - ANSWERED_WITHIN - LATE)
    waits = (TrainingApplication.state == "certified") & TrainingApplication.wants_jobs & TrainingApplication.id.in_(asked_later)
    due = over.where(named, Training.ends_on <= ended, ~waits).order_by(TrainingApplication.id).limit(MOST_AT_ONCE)
    blank = {"name": None, "phone": None, "mark": None, "guardian": None, "wants_jobs": False}
    ids = session.scalars(due).all()
    other = aliased(TrainingApplication)
    still = exists().where(other.phone == TrainingApplication.phone, other.id.not_in(ids), other.wants_jobs)
    gone = select(TrainingApplication.phone).where(TrainingApplication.id.in_(ids), ~still)
    # Before the rows are blanked: their numbers say whose wish it is.
    seekers.forget(session, [phone for phone in session.scalars(gone) if phone], before=now - ERASED_AFTER)
    session.execute(update(TrainingApplication).where(TrainingApplication.id.in_(ids)).values(**blank))
