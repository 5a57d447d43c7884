"""The member's word on what an officer did for her: it is right, or she contests it and it is undone."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select, update
from sqlalchemy.orm import Session

from app import texts
from app.coop.act import Act
from app.coop.contests import opening_answers
from app.coop.contests.services import ContestOpened, TooLate, open_contest
from app.coop.correspondence import call_backs
from app.coop.members import notices
from app.coop.members.lock import lock_members
from app.coop.members.models import Member
from app.coop.members.telephones import reached_by
from app.coop.offices.queries import holders_of_right
from app.coop.production.models import AssistedAct, Declaration, Weighing
from app.coop.products.models import Product
from app.db.rows import require

CONTEST_WITHIN = timedelta(days=7)
"""How long her phone asks, and NON is heard; after that it is a matter for the office."""


class WaitingAssistedAct(msgspec.Struct, frozen=True):
    """What waits for the member's word."""

    id: int
    act: str
    role: str
    reference: str
    product: str
    quantity: Decimal
    unit: str
    at: datetime


class AssistedActContested(msgspec.Struct, frozen=True):
    """What became of a contested act."""

    id: int
    reference: str
    became: Literal["cancelled", "reopened", "weighed"]
    ticket: ContestOpened | None = None


class UnknownAct(Exception):
    """No such act waits for this member's word."""


def asked(reader: Connection, member_id: int, now: datetime) -> WaitingAssistedAct | None:
    """Return the newest act of the last CONTEST_WITHIN that still stands and that she said nothing of."""
    rows = (
        select(
            AssistedAct.id,
            AssistedAct.act,
            AssistedAct.role,
            Declaration.reference,
            Product.name,
            Declaration.quantity,
            Declaration.unit,
            AssistedAct.at,
        )
        .join(Declaration, Declaration.id == AssistedAct.declaration_id)
        .join(Product, Product.id == Declaration.product_id)
        .where(AssistedAct.member_id == member_id, AssistedAct.answer.is_(None), *_stands(now))
        .order_by(AssistedAct.id.desc())
        .limit(1)
    )
    row = reader.execute(rows).first()
    return WaitingAssistedAct(*row) if row else None


def waiting(member_id: int, now: datetime) -> Select[bool]:
    """Select whether anything waits for a member's word: what was done for them, or brought over from paper."""
    done = select(AssistedAct.id).join(Declaration, Declaration.id == AssistedAct.declaration_id)
    mine = done.where(AssistedAct.member_id == member_id, AssistedAct.answer.is_(None), *_stands(now))
    return select(mine.exists() | opening_answers.unanswered(member_id).exists())


def asked_by_reference(reader: Connection | Session, members: Sequence[int], reference: str, now: datetime) -> tuple[int, int]:
    """Return the newest act, and whose it is, that a reference means among these members. Raises UnknownAct."""
    rows = (
        select(AssistedAct.id, AssistedAct.member_id)
        .join(Declaration, Declaration.id == AssistedAct.declaration_id)
        .where(AssistedAct.member_id.in_(members), Declaration.reference == reference, AssistedAct.at > now - CONTEST_WITHIN)
    )
    row = require(reader.execute(rows.order_by(AssistedAct.id.desc()).limit(1)).first(), UnknownAct(reference))
    return int(row.id), int(row.member_id)


def accept(session: Session, act: Act, assisted_id: int) -> str:
    """Write that a member finds it right; return the reference. Raises UnknownAct, also when she contested it before."""
    _answer(session, act, assisted_id, "right", AssistedAct.answer.is_(None))
    assisted, reference, _, _ = _assisted(session, act.member, assisted_id)
    if assisted.answer != "right":
        raise UnknownAct(assisted_id)
    return reference


def contest(session: Session, act: Act, assisted_id: int) -> AssistedActContested:
    """Undo an act that its member contests. What was credited becomes a contest with its clock; what only lies in a list, or was
    credited too long ago, puts her on the list of those to call. An officer other than the one who typed it is told.

    Again, it says the same and changes nothing more. Raises UnknownAct.
    """
    lock_members(session, (act.member,))
    # Unanswered is NULL, which `!=` would leave out. What was found right may still be contested.
    new = _answer(session, act, assisted_id, "contested", AssistedAct.answer.is_distinct_from("contested"))
    assisted, reference, cooperative, person = _assisted(session, act.member, assisted_id)
    declaration = Declaration.id == assisted.declaration_id
    before, after = ("declared", "cancelled") if assisted.act == "declared" else ("cancelled", "declared")
    if new:
        session.execute(
            update(Declaration)
            .where(declaration, Declaration.state == before)
            .values(state=after, cancelled_at=act.now if after == "cancelled" else None)
        )
    stands = session.scalar(select(Declaration.state).where(declaration))
    ticket = _ticket(session, act, assisted.declaration_id) if stands == "weighed" else None
    if new and stands == "weighed" and ticket is None:
        call_backs.ask(session, act.phone, f"Contesté {reference}", person_id=person, cooperative_id=cooperative, now=act.now)
    became: Literal["cancelled", "reopened", "weighed"] = (
        "weighed" if stands == "weighed" else "cancelled" if stands == "cancelled" else "reopened"
    )
    watcher, phone = _watcher(session, cooperative, assisted.officer_id, act.today)
    if phone:
        words = texts.say("contested_notice", reference=reference, by=assisted.role, now_is=became)
        cause = f"contest:{assisted.id}"
        notices.tell_number(session, act, phone, "security", cause, words, person_id=watcher, cooperative_id=cooperative)
    return AssistedActContested(assisted.id, reference, became, ticket)


def _ticket(session: Session, act: Act, declaration_id: int) -> ContestOpened | None:
    """Open the contest of what was credited of a declaration, or give the one that is; None when there is nothing to contest."""
    credited = select(Weighing.id).where(Weighing.declaration_id == declaration_id, Weighing.state == "credited")
    weighing = session.scalar(credited)
    try:
        return open_contest(session, act, "weighing", weighing) if weighing else None
    except TooLate:
        return None


def _stands(now: datetime) -> tuple[ColumnElement[bool], ...]:
    stands = or_(
        and_(AssistedAct.act == "declared", Declaration.state != "cancelled"),
        and_(AssistedAct.act == "cancelled", Declaration.state == "cancelled"),
    )
    return AssistedAct.at > now - CONTEST_WITHIN, stands


def _answer(session: Session, act: Act, assisted_id: int, answer: str, unless: ColumnElement[bool]) -> bool:
    moved = session.execute(
        update(AssistedAct)
        .where(AssistedAct.id == assisted_id, AssistedAct.member_id == act.member, unless)
        .values(answer=answer, answered_at=act.now, answered_by=act.channel)
        .returning(AssistedAct.id)
    )
    return moved.first() is not None


def _assisted(session: Session, member_id: int, assisted_id: int) -> tuple[AssistedAct, str, int, int]:
    row = require(
        session.execute(
            select(AssistedAct, Declaration.reference, Declaration.cooperative_id, Member.person_id)
            .join(Declaration, Declaration.id == AssistedAct.declaration_id)
            .join(Member, Member.id == AssistedAct.member_id)
            .where(AssistedAct.id == assisted_id, AssistedAct.member_id == member_id)
            .execution_options(populate_existing=True)
        ).first(),
        UnknownAct(assisted_id),
    )
    return row[0], row[1], row[2], row[3]


def _watcher(session: Session, cooperative_id: int, typist: int, today: date) -> tuple[int | None, str | None]:
    """Return the person and number of the president, or of another who approves, but never of whoever typed it."""
    holders = [holder for holder in holders_of_right(session, "approve", cooperative_id, today) if holder.person_id != typist]
    for holder in sorted(holders, key=lambda one: one.role != "president"):
        for phone in reached_by(session, holder.person_id)[:1]:
            return holder.person_id, phone
    return None, None
