"""Letters and call-backs, as others must know them."""

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from app.coop.correspondence.models import CallBack
from app.coop.subject import Leaver, Rows, Subject


def _forget_call_backs(session: Session, leaver: Leaver) -> None:
    """Take the person off the list of those who wait to be called, also where they asked as nobody known."""
    unknown = CallBack.person_id.is_(None) & CallBack.phone.in_(leaver.phones)
    asked = update(CallBack).where((CallBack.person_id == leaver.person_id) | unknown)
    ended = func.coalesce(CallBack.done_at, leaver.now)
    session.execute(asked.values(phone="", person_id=None, done_at=ended))


subject = Subject(name="correspondence", rows=(Rows(CallBack, "it is answered on the number that asked", _forget_call_backs),))
