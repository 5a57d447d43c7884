"""Tell officers what members contest; send up what nobody answered, and tell the member, and who has it now."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import texts
from app.coop.act import Act
from app.coop.contests.answers import Escalated, escalate, waiting
from app.coop.contests.clock import ANSWER, INVESTIGATE
from app.coop.contests.models import Contest
from app.coop.members.models import Member
from app.coop.members.notices import tell_first
from app.coop.offices.queries import holders_of_right
from app.db.rows import each
from app.service import service_of

NEW = timedelta(days=1)
"""For how long a contest is new: who takes office meanwhile is told too."""


def sweep(session: Session, now: datetime) -> int:
    """Do what the contests' clocks ask for; return how many went up. Twice changes nothing: each is told once, and each level."""
    _announce(session, now)
    gone_up, service = escalate(session, now), service_of(session)
    act = Act.by_clock("contests", now)

    def tell(one: Escalated) -> None:
        cause, member = f"contest:{one.id}:level:{one.level}", session.get_one(Member, one.member_id).person_id
        why, to = "late" if one.late else "concerned", "federation" if one.level > 1 else "cooperative"
        words = texts.say("contest_raised", number=one.number, raised_why=why, day=now, raised_to=to)
        tell_first(session, act, (member,), "receipt", f"{cause}:{member}", words)
        days = INVESTIGATE + ANSWER if one.level > 1 else INVESTIGATE
        task = texts.say("contest_new", number=one.number, due=one.answer_by, code=service.code, cost=service.cost)
        if one.late:
            task = texts.say("contest_late", number=one.number, days=days, code=service.code, cost=service.cost)
        for person in _answerable(session, one, now):
            tell_first(session, act, (person,), "task", f"{cause}:{person}", task)

    each(session, "a contest that went up", [(one.id, one) for one in gone_up], tell)
    return len(gone_up)


def _announce(session: Session, now: datetime) -> None:
    """Tell those who may answer of what is new; an SMS has its cause once, so a round that comes again tells nobody twice."""
    service, act = service_of(session), Act.by_clock("contests", now)
    new = (Contest.state == "open") & (Contest.opened_at > now - NEW)

    def tell(place: int) -> None:
        for office in holders_of_right(session, "approve", place, now.date()):
            for one in waiting(session, office, now, new):
                words = texts.say("contest_new", number=one.number, due=one.answer_by, code=service.code, cost=service.cost)
                tell_first(session, act, (office.person_id,), "task", f"contest:{one.id}:new:{office.person_id}", words)

    places = session.scalars(select(Contest.cooperative_id).where(new).distinct()).all()
    each(session, "a co-operative's new contests", [(place, place) for place in places], tell)


def _answerable(session: Session, one: Escalated, now: datetime) -> list[int]:
    """Return who must answer now: the president, or the federation's administrators."""
    scope, role = (None, "administrator") if one.level > 1 else (one.cooperative_id, "president")
    holders = holders_of_right(session, "approve", scope, now.date())
    return sorted({office.person_id for office in holders if office.role == role})
