"""Contests, as others must know them."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.coop.contests import deadlines
from app.coop.contests.models import Contest
from app.coop.subject import Leaver, Rows, Subject, Sweep, UnderWay


def _forget_note(session: Session, leaver: Leaver) -> None:
    session.execute(update(Contest).where(Contest.member_id == leaver.member_id).values(note=None))


subject = Subject(
    name="contests",
    sweeps=(Sweep("contests", 600, deadlines.sweep),),
    rows=(Rows(Contest, "move", _forget_note),),
    under_way=(UnderWay(Contest, ("open",), Contest.state == "open", goes_over=True),),
)
