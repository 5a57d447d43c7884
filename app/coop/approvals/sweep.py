"""What becomes of approvals by themselves: the dead are ended, officers are told what waits, who asked is told how it ended."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import texts
from app.coop.act import Act
from app.coop.approvals import rules
from app.coop.approvals.models import Approval, ApprovalVote
from app.coop.approvals.services import end
from app.coop.members import notices
from app.coop.members.models import Member
from app.coop.members.telephones import first_numbers
from app.db.rows import each
from app.service import service_of

MOST = 200
"""Approvals a round."""


def sweep(session: Session, now: datetime) -> None:
    """End what is too old, then tell of what began and of what ended: each officer one SMS for all that is new.

    One that can't be ended is logged and left as it was: nobody can decide it any more, and it keeps no other from its end. One
    that can't be told of is logged too, and isn't tried again.
    """
    late = select(Approval).where(Approval.state == "waiting", Approval.expires_at <= now).order_by(Approval.id).limit(MOST)
    # One that is locked has an officer's word under way: the next round sees what came of it.
    rows = session.scalars(late.with_for_update(skip_locked=True)).all()
    each(session, "an approval's end", [(row.id, row) for row in rows], lambda row: end(session, row, "dead", now))
    _tell_officers(session, now)
    _tell_askers(session, now)


def _tell_officers(session: Session, now: datetime) -> None:
    asked: dict[int, list[Approval]] = defaultdict(list)

    def ask(row: Approval) -> None:
        for person in rules.whom_to_ask(session, row, now.date()):
            asked[person].append(row)

    def tell(officer: tuple[int, str]) -> None:
        person, phone = officer
        service = service_of(session)
        words = texts.say("approvals_wait_one", code=service.code, cost=service.cost)
        if len(asked[person]) > 1:
            words = texts.say("approvals_wait", count=len(asked[person]), code=service.code, cost=service.cost)
        # The newest of them names the SMS: what comes in a later round has a greater id, and so an SMS of its own.
        cause = f"approvals:{max(row.id for row in asked[person])}:{person}"
        _put(session, phone, words, cause, now, person, asked[person][0].cooperative_id)

    rows = _claimed(session, "nothing", "asked", ("waiting",))
    each(session, "an approval that is asked for", [(row.id, row) for row in rows], ask)
    officers = first_numbers(session, asked).items()
    each(session, "an officer who is asked", [(person, (person, phone)) for person, phone in officers], tell)


def _tell_askers(session: Session, now: datetime) -> None:
    ended = _claimed(session, "asked", "ended", ("approved", "refused", "dead"))
    # It ended before officers were told that it waits: they hear nothing, the asker does.
    ended += _claimed(session, "nothing", "ended", ("approved", "refused", "dead"))
    numbers = first_numbers(session, {row.asked_by for row in ended if row.asked_by is not None})

    def tell(row: Approval) -> None:
        if row.why:
            _tell_all(session, now, row)
        elif row.asked_by in numbers:
            words = texts.say("approval_ended", day=row.asked_at, what=_what(session, row), decision=row.state)
            cause = f"approval:{row.id}:{row.state}"
            _put(session, numbers[row.asked_by], words, cause, now, row.asked_by, row.cooperative_id)

    each(session, "an approval that ended", [(row.id, row) for row in ended], tell)
    _tell_members(session, now, [row for row in ended if row.state == "approved" and row.member_id])


def _what(session: Session, row: Approval) -> str:
    """Say what was asked: for whose card, and under which reference, where it has them."""
    card = session.scalar(select(Member.card).where(Member.id == row.member_id)) if row.member_id else None
    reference = row.details.get("reference")
    return ", ".join([row.words, *([f"carte {card}"] if card else []), *([f"réf {reference}"] if reference else [])])


def _tell_all(session: Session, now: datetime, row: Approval) -> None:
    """Tell the asker, who approved and the member whom it concerns why nothing was done."""
    voted = select(ApprovalVote.person_id).where(ApprovalVote.approval_id == row.id)
    member = select(Member.person_id).where(Member.id == row.member_id)
    persons = {*session.scalars(voted), *session.scalars(member)} | ({row.asked_by} if row.asked_by is not None else set())
    words = texts.say("approval_impossible", day=row.asked_at, why=row.why or "")
    for person, phone in first_numbers(session, persons).items():
        _put(session, phone, words, f"approval:{row.id}:why:{person}", now, person, row.cooperative_id)


def _tell_members(session: Session, now: datetime, approved: list[Approval]) -> None:
    """Tell whom it concerns that something was done to her account, unless she asked for it, or the account is closed by it."""
    whose = select(Member.id, Member.person_id).where(
        Member.id.in_([row.member_id for row in approved]), Member.state != "departed"
    )
    person_of = {row.id: row.person_id for row in session.execute(whose)}
    numbers = first_numbers(session, person_of.values())

    def tell(row: Approval) -> None:
        person = person_of.get(row.member_id or 0)
        if person in numbers and person != row.asked_by:
            words = texts.say("approval_given", day=row.asked_at, code=service_of(session).code)
            _put(session, numbers[person], words, f"approval:{row.id}:given", now, person, row.cooperative_id)

    each(session, "an approval that was given", [(row.id, row) for row in approved], tell)


def _claimed(session: Session, told: str, then: str, states: tuple[str, ...]) -> list[Approval]:
    wanted = select(Approval.id).where(Approval.told == told, Approval.state.in_(states)).order_by(Approval.id).limit(MOST)
    ids = session.scalars(wanted).all()
    if not ids:
        return []
    # The conditions are asked again: another scheduler may have claimed some since they were read.
    claimed = update(Approval).where(Approval.id.in_(ids), Approval.told == told, Approval.state.in_(states)).values(told=then)
    rows = session.scalars(claimed.returning(Approval), execution_options={"populate_existing": True})
    return sorted(rows, key=lambda row: row.id)


def _put(session: Session, phone: str, words: str, cause: str, now: datetime, person: int, place: int | None) -> None:
    notices.tell_number(
        session, Act.by_clock("approvals", now), phone, "task", cause, words, person_id=person, cooperative_id=place
    )
