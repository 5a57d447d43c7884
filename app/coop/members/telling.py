"""Tell somebody of what touches their account, on all their numbers: nobody acts on it unseen."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.coop.members.numbers import reached_by
from app.sms import outbox

USUAL_PART_PRICE = 20
"""XOF a part where the price table says nothing and no setting reaches: in what several officers approved."""


def tell(
    session: Session,
    person_id: int,
    cause: str,
    words: str,
    *,
    now: datetime,
    extra: tuple[str, ...] = (),
    part_price: int = USUAL_PART_PRICE,
    cooperative_id: int | None = None,
    trace: str | None = None,
) -> None:
    """Put a security notice to each number of a person, and to `extra` ones that were theirs until now, into the outbox."""
    for phone in dict.fromkeys((*reached_by(session, person_id), *extra)):
        outbox.put(
            session,
            to=phone,
            text=words,
            purpose="security",
            cause=cause,
            now=now,
            part_price=part_price,
            person_id=person_id,
            cooperative_id=cooperative_id,
            trace=trace,
        )
