"""Send up what nobody answered, and tell the member, and who has it now."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.coop.approvals.sweeping import Said
from app.coop.contests.answering import Escalated, escalate
from app.coop.members.models import Number
from app.coop.members.offices import holders_of_right
from app.coop.members.reaching import reach
from app.sms import outbox
from app.sms import payment_texts as texts


def sweep(session: Session, *, said: Said, now: datetime) -> int:
    """Do what the contests' clocks ask for; return how many went up. Twice changes nothing: each level is told once."""
    gone_up = escalate(session, now)
    reached = reach(session, {one.member_id for one in gone_up})
    for one in gone_up:
        who = reached[one.member_id]
        words = texts.contest_raised(one.number, one.level, now)
        told = [(who.phone, words, "receipt", who.person_id)] if who.phone else []
        late = texts.contest_late(one.number, one.level, said.code, said.cost)
        told += [(phone, late, "task", person) for person, phone in _answerable(session, one, now)]
        for phone, text, purpose, person in told:
            cause = f"contest:{one.id}:level:{one.level}:{person}"
            outbox.put(
                session,
                to=phone,
                text=text,
                purpose=purpose,
                cause=cause,
                now=now,
                part_price=said.part_price,
                person_id=person,
                cooperative_id=one.cooperative_id,
            )
    return len(gone_up)


def _answerable(session: Session, one: Escalated, now: datetime) -> list[tuple[int, str]]:
    """Return who must answer now, with a number each: the president, or the federation's administrators."""
    scope, role = (None, "administrator") if one.level > 1 else (one.cooperative_id, "president")
    holders = holders_of_right(session, "approve", scope, now.date())
    persons = {office.person_id for office in holders if office.role == role}
    rows = session.execute(select(Number.person_id, Number.phone).where(Number.person_id.in_(persons)).order_by(Number.id.desc()))
    return sorted({person: phone for person, phone in rows}.items())  # noqa: C416 - a Row is not a pair to mypy
