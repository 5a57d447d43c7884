"""Applications, as others must know them."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.coop.enrolment import console
from app.coop.enrolment.models import Application
from app.coop.members.names import NOBODY
from app.coop.subject import Leaver, Rows, Subject


def _forget_application(session: Session, leaver: Leaver) -> None:
    session.execute(update(Application).where(Application.member_id == leaver.member_id).values(name=NOBODY, phone=None))


subject = Subject(
    name="enrolment",
    requests=console.KINDS,
    rows=(Rows(Application, "it was another's when it was made", _forget_application),),
)
