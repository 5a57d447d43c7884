"""Pass on the open lines of officers whose office has ended: nobody else could credit them, and no member loses her catch."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import texts
from app.coop.act import Act
from app.coop.members import notices
from app.coop.members.models import Member
from app.coop.members.telephones import reached_by
from app.coop.offices.queries import holders_of_right
from app.coop.production.models import Weighing
from app.db.rows import each
from app.service import service_of


def sweep(session: Session, now: datetime) -> int:
    """Give such lines to another officer who weighs there, the president first, never to the member herself; return how many.

    Who noted a line stays in the acts. Where nobody weighs now, lines wait for whoever takes office.
    """
    noted = select(Weighing.id, Weighing.cooperative_id, Weighing.officer_id, Member.person_id).join(
        Member, Member.id == Weighing.member_id
    )
    rows = session.execute(noted.where(Weighing.state == "noted").order_by(Weighing.id)).all()
    given: Counter[tuple[int, int]] = Counter()
    last = 0

    def pass_on(one: tuple[Any, int]) -> None:
        nonlocal last
        row, to = one
        # Its officer may be confirming it, or another scheduler passing it on: then there is nothing to give away.
        still = (Weighing.id == row.id) & (Weighing.officer_id == row.officer_id) & (Weighing.state == "noted")
        if session.scalar(update(Weighing).where(still).values(officer_id=to).returning(Weighing.id)) is not None:
            given[row.cooperative_id, to] += 1
            last = row.id

    for place in sorted({row.cooperative_id for row in rows}):
        offices = sorted(holders_of_right(session, "weigh", place, now.date()), key=lambda one: one.role != "president")
        persons = list(dict.fromkeys(office.person_id for office in offices))
        left = [row for row in rows if row.cooperative_id == place and row.officer_id not in persons]
        to_each = [(row, next((person for person in persons if person != row.person_id), None)) for row in left]
        each(session, "a line of an office that ended", [(row.id, (row, to)) for row, to in to_each if to is not None], pass_on)

    act = Act.by_clock("lines", now)

    def tell(to: tuple[int, int]) -> None:
        (place, person), service = to, service_of(session)
        for phone in reached_by(session, person)[:1]:
            words = texts.say("lines_passed_on", count=given[to], code=service.code, cost=service.cost)
            cause = f"passed on:{last}:{person}:{now:%Y%m%d%H%M}"
            notices.tell_number(session, act, phone, "task", cause, words, person_id=person, cooperative_id=place)

    each(session, "an officer who is given lines", [(to, to) for to in given], tell)
    return given.total()
