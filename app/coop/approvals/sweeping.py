"""What becomes of approvals by themselves: the dead are ended, officers are told what waits, who asked is told how it ended."""

from collections import defaultdict
from datetime import datetime

import msgspec
import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.coop.approvals import rules
from app.coop.approvals.deciding import end
from app.coop.approvals.models import Approval, ApprovalVote
from app.coop.members.models import Member
from app.coop.members.numbers import first_numbers
from app.db.database import is_outage
from app.sms import outbox, texts

log = structlog.get_logger("approvals")

MOST = 200
"""Approvals a round."""


class Said(msgspec.Struct, frozen=True):
    """What the settings give: the string to dial, what it costs, and a message part's price in XOF."""

    code: str
    cost: str
    part_price: int


def sweep(session: Session, *, said: Said, now: datetime) -> None:
    """End what is too old, then tell of what began and of what ended: each officer one SMS for all that is new.

    One that can't be ended is logged and left as it was: nobody can decide it any more, and it keeps no other from its end.
    """
    late = select(Approval).where(Approval.state == "waiting", Approval.expires_at <= now).order_by(Approval.id).limit(MOST)
    for row in session.scalars(late.with_for_update(skip_locked=True)).all():
        number, kind = row.id, row.kind
        try:
            with session.begin_nested():
                end(session, row, "dead", now)
        except Exception as fault:
            if is_outage(fault):
                raise
            log.exception("an approval can't be ended", approval=number, kind=kind)
    _tell_officers(session, said, now)
    _tell_askers(session, said, now)


def _tell_officers(session: Session, said: Said, now: datetime) -> None:
    asked: dict[int, list[Approval]] = defaultdict(list)
    for row in _claimed(session, "nothing", "asked", ("waiting",)):
        for person in rules.whom_to_ask(session, row, now.date()):
            asked[person].append(row)
    for person, phone in first_numbers(session, asked).items():
        words = texts.approvals_wait(len(asked[person]), said.code, said.cost)
        cause = f"approvals:{max(row.id for row in asked[person])}:{person}"
        _put(session, phone, words, cause, said, now, person, asked[person][0].cooperative_id)


def _tell_askers(session: Session, said: Said, now: datetime) -> None:
    ended = _claimed(session, "asked", "ended", ("approved", "refused", "dead"))
    ended += _claimed(session, "nothing", "ended", ("approved", "refused", "dead"))
    numbers = first_numbers(session, {row.asked_by for row in ended})
    _tell_all(session, said, now, [row for row in ended if row.why])
    for row in ended:
        if row.asked_by in numbers and row.why is None:
            words = texts.approval_ended(row.state, row.asked_at)
            cause = f"approval:{row.id}:{row.state}"
            _put(session, numbers[row.asked_by], words, cause, said, now, row.asked_by, row.cooperative_id)
    _tell_members(session, said, now, [row for row in ended if row.state == "approved" and row.member_id])


def _tell_all(session: Session, said: Said, now: datetime, failed: list[Approval]) -> None:
    """Tell the asker, who approved and the member whom it concerns why nothing was done."""
    for row in failed:
        voted = select(ApprovalVote.person_id).where(ApprovalVote.approval_id == row.id)
        member = select(Member.person_id).where(Member.id == row.member_id)
        persons = {row.asked_by, *session.scalars(voted), *session.scalars(member)}
        for person, phone in first_numbers(session, persons).items():
            words = texts.approval_impossible(row.why or "", row.asked_at)
            _put(session, phone, words, f"approval:{row.id}:why:{person}", said, now, person, row.cooperative_id)


def _tell_members(session: Session, said: Said, now: datetime, approved: list[Approval]) -> None:
    """Tell whom it concerns that something was done to her account, unless she asked for it."""
    whose = select(Member.id, Member.person_id).where(Member.id.in_([row.member_id for row in approved]))
    person_of = {row.id: row.person_id for row in session.execute(whose)}
    numbers = first_numbers(session, person_of.values())
    for row in approved:
        person = person_of[row.member_id or 0]
        if person != row.asked_by and person in numbers:
            words = texts.approval_given(row.asked_at, said.code)
            _put(session, numbers[person], words, f"approval:{row.id}:given", said, now, person, row.cooperative_id)


def _claimed(session: Session, told: str, then: str, states: tuple[str, ...]) -> list[Approval]:
    wanted = select(Approval.id).where(Approval.told == told, Approval.state.in_(states)).order_by(Approval.id).limit(MOST)
    ids = session.scalars(wanted).all()
    if not ids:
        return []
    claimed = update(Approval).where(Approval.id.in_(ids), Approval.told == told, Approval.state.in_(states)).values(told=then)
    rows = session.scalars(claimed.returning(Approval), execution_options={"populate_existing": True})
    return sorted(rows, key=lambda row: row.id)


def _put(session: Session, phone: str, words: str, cause: str, said: Said, now: datetime, person: int, place: int | None) -> None:
    outbox.put(
        session,
        to=phone,
        text=words,
        purpose="task",
        cause=cause,
        now=now,
        part_price=said.part_price,
        person_id=person,
        cooperative_id=place,
    )
