"""What members are told of their fund: the month's sums as of its end, each number once, by day, within the budget."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import texts
from app.coop.act import Act
from app.coop.members.contact import reach
from app.coop.members.models import Member, Number
from app.coop.members.notices import tell_number
from app.coop.solidarity.models import FundReport
from app.db.rows import each
from app.service import service_of
from app.sms.broadcasts.budget import OverBudget, reserve
from app.sms.prices import part_price

LATE = timedelta(days=7)
"""What couldn't be told for so long is told no more: home 6, 2 says it."""
MOST_REPORTS, MOST_MEMBERS = 20, 500
"""What one sweep tells: of so many funds, so many members each."""


def tell_members(session: Session, now: datetime) -> None:
    """Tell some members of each fund whose report is new; who was told last is kept, so that a sweep goes on where one ended."""
    if not service_of(session).awake(now):
        return
    due = select(FundReport).where(FundReport.told_at.is_(None), FundReport.made_at > now - LATE).order_by(FundReport.id)
    rows = session.scalars(due.limit(MOST_REPORTS).with_for_update(skip_locked=True)).all()

    def tell(report: FundReport) -> None:
        here = (Member.cooperative_id == report.cooperative_id) & (Member.state == "active") & (Member.id > report.told_to)
        members = session.scalars(select(Member.id).where(here).order_by(Member.id).limit(MOST_MEMBERS)).all()
        if members:
            try:
                _tell(session, report, list(members), now)
            except OverBudget:
                return  # another day's, or a smaller fund's turn
            report.told_to = members[-1]
        if len(members) < MOST_MEMBERS:
            report.told_at = now

    each(session, "a fund's report", [(row.id, row) for row in rows], tell)


def _tell(session: Session, report: FundReport, members: list[int], now: datetime) -> None:
    """Tell members, a shared number once; nobody on a number that wants proof. Raises OverBudget, and has then told nobody."""
    people = {whom.phone: whom.person_id for whom in reach(session, members).values() if whom.phone}
    unproved = select(Number.phone).where(Number.phone.in_(people), Number.proof_wanted)
    for phone in session.scalars(unproved).all():
        people.pop(phone, None)
    service = service_of(session)
    # Before the first of them is written: told are all of this slice, or none.
    reserve(session, now.date(), len(people) * part_price(session, now, service.part_price), service.budget)
    words = texts.say(
        "fund_told", day=report.until, came_in=report.came_in, went_out=report.went_out, count=report.aids, left=report.left
    )
    act = Act.by_clock(f"fund report:{report.id}", now)
    for phone, person in sorted(people.items()):
        tell_number(session, act, phone, "report", act.operation, words, person_id=person, cooperative_id=report.cooperative_id)
