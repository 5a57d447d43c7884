"""What is asked at the console, as others must know it."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.coop.console_requests import authenticator, services
from app.coop.console_requests.models import ConsoleRequest
from app.coop.subject import Leaver, Rows, Subject, Sweep


def _forget_words(session: Session, leaver: Leaver) -> None:
    theirs = ConsoleRequest.member_id == leaver.member_id
    session.execute(update(ConsoleRequest).where(theirs).values(words="", outcome=None, arguments={}))
    session.execute(update(ConsoleRequest).where(theirs, ConsoleRequest.state == "waiting").values(state="expired"))


subject = Subject(
    name="console requests",
    requests=(authenticator.KIND,),
    sweeps=(Sweep("console requests", 60, services.sweep),),
    rows=(Rows(ConsoleRequest, "move", _forget_words),),
)
