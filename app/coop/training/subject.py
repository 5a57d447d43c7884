"""Trainings, as others must know them."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.coop.subject import Leaver, Rows, Subject, Sweep
from app.coop.training import checks, clock, notices, placement
from app.coop.training.models import Certificate, TrainingApplication


def _forget_applicant(session: Session, leaver: Leaver) -> None:
    mine = TrainingApplication.member_id == leaver.member_id
    session.execute(update(TrainingApplication).where(mine).values(phone=None, guardian=None, mark=None))


def _forget_initials(session: Session, leaver: Leaver) -> None:
    mine = select(TrainingApplication.id).where(TrainingApplication.member_id == leaver.member_id)
    session.execute(update(Certificate).where(Certificate.application_id.in_(mine)).values(initials=""))


subject = Subject(
    name="training",
    sweeps=(
        Sweep("trainings begun", 300, clock.begun),
        Sweep("training offers ended", 60, clock.lapse),
        Sweep("training offers", 60, clock.offer),
        Sweep("training ranks", 600, clock.tell_ranks),
        Sweep("training news", 60, notices.tell_news),
        Sweep("placement", 600, placement.ask),
        Sweep("applicants forgotten", 3600, placement.forget),
    ),
    rows=(
        Rows(TrainingApplication, "move", _forget_applicant),
        Rows(Certificate, "it was given to the person, under whichever card", _forget_initials),
    ),
    checks=(checks.unsupported,),
)
