"""What a second officer's word does for a number whose owner has no PIN to prove it with, and what a refusal does."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import texts
from app.coop import approvals
from app.coop.access import numbers
from app.coop.act import Act
from app.coop.members.models import Number
from app.coop.members.notices import tell_of_number, tell_person, tell_places


def approved(session: Session, approval: approvals.Approval, act: Act) -> None:
    """Let the number open the account; raises Impossible when it is gone, or proved already."""
    number = _number(session, approval)
    if number is None or not numbers.prove(session, number.person_id, number.phone, by_person_id=act.person_id, now=act.now):
        raise approvals.Impossible("ce numéro n'attend plus rien")
    tell_of_number(session, act, number.person_id, number.phone, act.operation, texts.say("number_proved", day=act.now))
    tell_places(session, act, number.phone, act.operation)


def refused(session: Session, approval: approvals.Approval, now: datetime) -> None:
    """Take a number that nobody proved off the account again; one that was proved before its SIM changed only stays barred."""
    number = _number(session, approval)
    if number is None or not number.proof_wanted or numbers.proved_before(session, number.person_id, number.phone):
        return
    act = Act.by_clock(f"approval:{approval.id}", now)
    numbers.release(session, number.person_id, number.id, by_person_id=approval.decided_by, now=now)
    tell_person(session, act, number.person_id, act.operation, texts.say("number_released", day=now))


def _number(session: Session, approval: approvals.Approval) -> Number | None:
    return session.scalar(select(Number).where(Number.id == approval.subject_id).with_for_update())
