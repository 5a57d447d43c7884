"""Assisted acts: what an officer types for a member beside them or on the phone. Told to her at once, and contestable.

Never with a member's PIN, and never money: declarations, taking them back, and what she would be told herself.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, or_, select, update
from sqlalchemy.orm import Session

from app.coop.contests.opening import Opened, TooLate, open_contest
from app.coop.members import audit, callbacks, finding
from app.coop.members.models import Member, Number
from app.coop.members.numbers import reached_by
from app.coop.members.offices import Office, holders_of_right
from app.coop.production import declaring
from app.coop.production.declaring import Declared
from app.coop.production.models import AssistedAct, Declaration, Product, Weighing

CONTEST_WITHIN = timedelta(days=7)
"""How long her phone asks, and NON is heard; after that it is a matter for the office."""


class Found(msgspec.Struct, frozen=True):
    """A member who may be helped, with the place on her card when her number is shared."""

    member_id: int
    cooperative_id: int
    place: int | None


class Done(msgspec.Struct, frozen=True):
    """An assisted act, and the number that is told; None when she has none."""

    id: int
    declaration: Declared
    phone: str | None
    person_id: int | None


class Asked(msgspec.Struct, frozen=True):
    """What waits for the member's word."""

    id: int
    act: str
    role: str
    reference: str
    product: str
    quantity: Decimal
    unit: str
    at: datetime


class Contested(msgspec.Struct, frozen=True):
    """What became of a contested act, and which officer to tell: another than the one who typed it."""

    id: int
    reference: str
    became: Literal["cancelled", "reopened", "weighed"]
    role: str
    cooperative_id: int
    phone: str | None
    person_id: int | None
    ticket: Opened | None = None


class Seen(msgspec.Struct, frozen=True):
    """A declaration as a member may have it read to her; `weighed` in its unit, once it was."""

    reference: str
    product: str
    quantity: Decimal
    unit: str
    state: str
    at: datetime
    weighed: Decimal | None


class Unknown(Exception):
    """No such act waits for this member's word."""


def by_card(reader: Connection, cooperative_id: int | None, typed: str) -> tuple[Found, ...]:
    """Return the member with a card, typed with or without its letter and zeros; with None of any co-operative."""
    if len(typed.upper().removeprefix("C")) > 7:  # nine digits are a telephone number
        return ()
    try:
        found = finding.in_cooperative(reader, cooperative_id, typed)
    except finding.NoCard:
        return ()
    return (Found(found.member_id, found.cooperative_id, None),) if found.state in finding.BELONGS else ()


def by_number(reader: Connection, cooperative_id: int | None, phone: str) -> tuple[Found, ...]:
    """Return the members of a number (E.164), by place; with None of any co-operative."""
    rows = (
        select(Member.id, Member.cooperative_id, Number.place)
        .join(Number, Number.person_id == Member.person_id)
        .where(*_belongs(cooperative_id), Number.phone == phone)
        .order_by(Number.place)
    )
    return tuple(Found(*row) for row in reader.execute(rows))


def declare(
    session: Session,
    office: Office,
    member_id: int,
    product_id: int,
    quantity: Decimal,
    *,
    channel: str,
    operation: str,
    now: datetime,
    again: bool = False,
) -> Done:
    """Declare for a member; `repeated` as for herself, nothing written then. Raises what declaring raises."""
    declared = declaring.declare(
        session,
        member_id=member_id,
        product_id=product_id,
        quantity=quantity,
        channel=channel,
        operation=operation,
        now=now,
        again=again,
    )
    if declared.repeated:
        return Done(0, declared, None, None)
    return _write(session, office, member_id, "declared", declared, channel, operation, now)


def cancel(
    session: Session, office: Office, member_id: int, declaration_id: int, *, channel: str, operation: str, now: datetime
) -> Done:
    """Take a member's declaration back for her. Raises NotOpen."""
    still = select(Declaration.state).where(Declaration.id == declaration_id, Declaration.member_id == member_id)
    if session.scalar(still.with_for_update()) != "declared":
        raise declaring.NotOpen("closed")
    taken_back = declaring.cancel(session, member_id=member_id, declaration_id=declaration_id, now=now)
    return _write(session, office, member_id, "cancelled", taken_back, channel, operation, now)


def history(reader: Connection, member_id: int, limit: int = 10) -> tuple[Seen, ...]:
    """Return a member's last declarations, newest first, with what was weighed of each. No amounts."""
    rows = reader.execute(
        select(
            Declaration.reference,
            Product.name,
            Declaration.quantity,
            Declaration.unit,
            Declaration.state,
            Declaration.declared_at,
            Weighing.weight,
        )
        .join(Product, Product.id == Declaration.product_id)
        .outerjoin(
            Weighing,
            and_(Weighing.declaration_id == Declaration.id, Weighing.state.in_(("noted", "credited")), Weighing.reason.is_(None)),
        )
        .where(Declaration.member_id == member_id)
        .order_by(Declaration.id.desc())
        .limit(limit)
    )
    return tuple(Seen(*row) for row in rows)


def typed_by(reader: Connection, declarations: Sequence[int]) -> dict[int, str]:
    """Return the office of whoever typed a declaration for its member, by the declaration's id."""
    rows = select(AssistedAct.declaration_id, AssistedAct.role).where(
        AssistedAct.declaration_id.in_(declarations), AssistedAct.act == "declared"
    )
    return {row.declaration_id: row.role for row in reader.execute(rows)}


def asked(reader: Connection, member_id: int, now: datetime) -> Asked | None:
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
    return Asked(*row) if row else None


def asked_by_reference(reader: Connection | Session, members: Sequence[int], reference: str, now: datetime) -> tuple[int, int]:
    """Return the newest act, and whose it is, that a reference means among these members. Raises Unknown."""
    rows = (
        select(AssistedAct.id, AssistedAct.member_id)
        .join(Declaration, Declaration.id == AssistedAct.declaration_id)
        .where(AssistedAct.member_id.in_(members), Declaration.reference == reference, AssistedAct.at > now - CONTEST_WITHIN)
    )
    row = reader.execute(rows.order_by(AssistedAct.id.desc()).limit(1)).first()
    if row is None:
        raise Unknown(reference)
    return int(row.id), int(row.member_id)


def accept(session: Session, member_id: int, act_id: int, *, channel: str, now: datetime) -> str:
    """Write that a member finds it right; return the reference. Raises Unknown, also when she contested it before."""
    _answer(session, member_id, act_id, "right", channel, now, AssistedAct.answer.is_(None))
    act, reference, _, _ = _act(session, member_id, act_id)
    if act.answer != "right":
        raise Unknown(act_id)
    return reference


def contest(session: Session, member_id: int, act_id: int, *, phone: str, channel: str, now: datetime) -> Contested:
    """Undo an act that its member contests. What was credited becomes a contest with its clock; what only lies in a list, or was
    credited too long ago, puts her on the list of those to call.

    Again, it says the same and changes nothing more. Raises Unknown.
    """
    new = _answer(session, member_id, act_id, "contested", channel, now, AssistedAct.answer.is_distinct_from("contested"))
    act, reference, cooperative, person = _act(session, member_id, act_id)
    before, after = ("declared", "cancelled") if act.act == "declared" else ("cancelled", "declared")
    if new:
        session.execute(
            update(Declaration)
            .where(Declaration.id == act.declaration_id, Declaration.state == before)
            .values(state=after, cancelled_at=now if after == "cancelled" else None)
        )
    stands = session.scalar(select(Declaration.state).where(Declaration.id == act.declaration_id))
    ticket = _ticket(session, member_id, act.declaration_id, channel, now) if stands == "weighed" else None
    if new and stands == "weighed" and ticket is None:
        callbacks.ask(session, phone, f"Contesté {reference}", person_id=person, cooperative_id=cooperative, now=now)
    became: Literal["cancelled", "reopened", "weighed"] = (
        "weighed" if stands == "weighed" else "cancelled" if stands == "cancelled" else "reopened"
    )
    watcher = _watcher(session, cooperative, act.officer_id, now)
    return Contested(act.id, reference, became, act.role, cooperative, *watcher, ticket)


def _ticket(session: Session, member_id: int, declaration_id: int, channel: str, now: datetime) -> Opened | None:
    """Open the contest of what was credited of a declaration, or give the one that is; None when there is nothing to contest."""
    credited = select(Weighing.id).where(Weighing.declaration_id == declaration_id, Weighing.state == "credited")
    weighing = session.scalar(credited)
    try:
        return open_contest(session, member_id, "weighing", weighing, channel=channel, now=now) if weighing else None
    except TooLate:
        return None


def _belongs(cooperative_id: int | None) -> tuple[ColumnElement[bool], ...]:
    here = Member.state.in_(finding.BELONGS)
    return (here,) if cooperative_id is None else (here, Member.cooperative_id == cooperative_id)


def _write(
    session: Session,
    office: Office,
    member_id: int,
    act: str,
    one: Declared,
    channel: str,
    operation: str,
    now: datetime,
) -> Done:
    row = AssistedAct(
        declaration_id=one.id,
        member_id=member_id,
        officer_id=office.person_id,
        role=office.role,
        act=act,
        at=now,
        operation=operation,
    )
    session.add(row)
    session.flush()
    person, cooperative = session.execute(select(Member.person_id, Member.cooperative_id).where(Member.id == member_id)).one()
    audit.record(
        session,
        office,
        f"{act} for a member",
        about=f"declaration:{one.id}",
        channel=channel,
        operation=operation,
        now=now,
        cooperative_id=cooperative,
        member_id=member_id,
    )
    return Done(row.id, one, next(iter(reached_by(session, person)), None), person)


def _stands(now: datetime) -> tuple[ColumnElement[bool], ...]:
    stands = or_(
        and_(AssistedAct.act == "declared", Declaration.state != "cancelled"),
        and_(AssistedAct.act == "cancelled", Declaration.state == "cancelled"),
    )
    return AssistedAct.at > now - CONTEST_WITHIN, stands


def _answer(
    session: Session, member_id: int, act_id: int, answer: str, channel: str, now: datetime, unless: ColumnElement[bool]
) -> bool:
    moved = session.execute(
        update(AssistedAct)
        .where(AssistedAct.id == act_id, AssistedAct.member_id == member_id, unless)
        .values(answer=answer, answered_at=now, answered_by=channel)
        .returning(AssistedAct.id)
    )
    return moved.first() is not None


def _act(session: Session, member_id: int, act_id: int) -> tuple[AssistedAct, str, int, int]:
    row = session.execute(
        select(AssistedAct, Declaration.reference, Declaration.cooperative_id, Member.person_id)
        .join(Declaration, Declaration.id == AssistedAct.declaration_id)
        .join(Member, Member.id == AssistedAct.member_id)
        .where(AssistedAct.id == act_id, AssistedAct.member_id == member_id)
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise Unknown(act_id)
    return row[0], row[1], row[2], row[3]


def _watcher(session: Session, cooperative_id: int, typist: int, now: datetime) -> tuple[str | None, int | None]:
    """Return the number and person of the president, or of another who approves, but never of whoever typed it."""
    holders = [holder for holder in holders_of_right(session, "approve", cooperative_id, now.date()) if holder.person_id != typist]
    for holder in sorted(holders, key=lambda one: one.role != "president"):
        for phone in reached_by(session, holder.person_id)[:1]:
            return phone, holder.person_id
    return None, None
