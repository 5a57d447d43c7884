"""Tell officers what members contest; send up what nobody answered, and tell the member, and who has it now."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.coop.contests.answering import Escalated, escalate, waiting
from app.coop.contests.models import Contest
from app.coop.members.numbers import first_numbers
from app.coop.members.offices import holders_of_right
from app.coop.members.reaching import reach
from app.db.rows import each
from app.service import service_of
from app.sms import outbox
from app.sms import payment_texts as texts

NEW = timedelta(days=1)
"""For how long a contest is new: who takes office meanwhile is told too."""


def sweep(session: Session, now: datetime) -> int:
    """Do what the contests' clocks ask for; return how many went up. Twice changes nothing: each is told once, and each level."""
    _announce(session, now)
    gone_up, service = escalate(session, now), service_of(session)
    reached = reach(session, {one.member_id for one in gone_up})

    def tell(one: Escalated) -> None:
        who = reached[one.member_id]
        words = texts.contest_raised(one.number, one.level, now, late=one.late)
        told = [(who.phone, words, "receipt", who.person_id)] if who.phone else []
        task = texts.contest_late(one.number, one.level, service.code, service.cost)
        if not one.late:
            task = texts.contest_new(one.number, one.answer_by, service.code, service.cost)
        told += [(phone, task, "task", person) for person, phone in _answerable(session, one, now)]
        for phone, text, purpose, person in told:
            _put(session, phone, text, purpose, f"contest:{one.id}:level:{one.level}:{person}", now, person)

    each(session, "a contest that went up", [(one.id, one) for one in gone_up], tell)
    return len(gone_up)


def _announce(session: Session, now: datetime) -> None:
    """Tell those who may answer of what is new; an SMS has its cause once, so a round that comes again tells nobody twice."""
    service = service_of(session)
    new = (Contest.state == "open") & (Contest.opened_at > now - NEW)

    def tell(place: int) -> None:
        for office in holders_of_right(session, "approve", place, now.date()):
            for one in waiting(session, office, now, new):
                words = texts.contest_new(one.number, one.answer_by, service.code, service.cost)
                for phone in first_numbers(session, {office.person_id}).values():
                    _put(session, phone, words, "task", f"contest:{one.id}:new:{office.person_id}", now, office.person_id)

    places = session.scalars(select(Contest.cooperative_id).where(new).distinct()).all()
    each(session, "a co-operative's new contests", [(place, place) for place in places], tell)


def _answerable(session: Session, one: Escalated, now: datetime) -> list[tuple[int, str]]:
    """Return who must answer now, with a number each: the president, or the federation's administrators."""
    scope, role = (None, "administrator") if one.level > 1 else (one.cooperative_id, "president")
    holders = holders_of_right(session, "approve", scope, now.date())
    persons = {office.person_id for office in holders if office.role == role}
    return sorted(first_numbers(session, persons).items())


def _put(session: Session, to: str, text: str, purpose: str, cause: str, now: datetime, person: int) -> None:
    outbox.put(session, to=to, text=text, purpose=purpose, cause=cause, now=now, person_id=person)
