"""Jobs, as others must know them."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.coop.jobs import services
from app.coop.jobs.models import JobInterest
from app.coop.subject import Leaver, Rows, Subject, Sweep


def _forget_number(session: Session, leaver: Leaver) -> None:
    session.execute(update(JobInterest).where(JobInterest.member_id == leaver.member_id).values(phone=None, agreed=False))


subject = Subject(
    name="jobs",
    sweeps=(Sweep("jobs over", 3600, services.expire), Sweep("job news", 60, services.tell_news)),
    rows=(Rows(JobInterest, "move", _forget_number),),
)
