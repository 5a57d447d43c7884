"""Whom broadcasts reach, as others must know it."""

from sqlalchemy.orm import Session

from app.coop.audience import seekers
from app.coop.audience.models import JobSeeker
from app.coop.subject import Leaver, Rows, Subject


def _forget_seeker(session: Session, leaver: Leaver) -> None:
    seekers.forget(session, leaver.phones)


subject = Subject(name="audience", rows=(Rows(JobSeeker, "it is of a number, whoever has it", _forget_seeker),))
