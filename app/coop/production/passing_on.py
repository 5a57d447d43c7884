"""Pass on the open lines of officers whose office has ended: nobody else could credit them, and no member loses her catch."""

from collections import Counter
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.coop.approvals.sweeping import Said
from app.coop.members.models import Member
from app.coop.members.numbers import reached_by
from app.coop.members.offices import holders_of_right
from app.coop.production.models import Weighing
from app.sms import outbox, texts


def sweep(session: Session, *, said: Said, now: datetime) -> int:
    """Give such lines to another officer who weighs there, the president first, never to the member herself; return how many.

    Who noted a line stays in the acts. Where nobody weighs now, lines wait for whoever takes office.
    """
    noted = select(Weighing.id, Weighing.cooperative_id, Weighing.officer_id, Member.person_id).join(
        Member, Member.id == Weighing.member_id
    )
    rows = session.execute(noted.where(Weighing.state == "noted").order_by(Weighing.id)).all()
    given: Counter[tuple[int, int]] = Counter()
    last = 0
    for place in sorted({row.cooperative_id for row in rows}):
        offices = sorted(holders_of_right(session, "weigh", place, now.date()), key=lambda one: one.role != "president")
        persons = list(dict.fromkeys(office.person_id for office in offices))
        for row in rows:
            if row.cooperative_id != place or row.officer_id in persons:
                continue
            to = next((person for person in persons if person != row.person_id), None)
            still = (Weighing.id == row.id) & (Weighing.officer_id == row.officer_id) & (Weighing.state == "noted")
            moved = update(Weighing).where(still).values(officer_id=to).returning(Weighing.id)
            if to is not None and session.scalar(moved) is not None:
                given[place, to] += 1
                last = row.id
    for (place, person), count in given.items():
        for phone in reached_by(session, person)[:1]:
            outbox.put(
                session,
                to=phone,
                text=texts.lines_passed_on(count, said.code, said.cost),
                purpose="task",
                cause=f"passed on:{last}:{person}",
                now=now,
                part_price=said.part_price,
                person_id=person,
                cooperative_id=place,
            )
    return given.total()
