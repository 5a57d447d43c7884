"""Answer a contest, by an officer who had no hand in what it is about; and tell those above when nobody does in time."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, func, or_, select, true, update
from sqlalchemy.orm import Session

from app.clock import DAKAR
from app.coop.act import Act
from app.coop.approvals.models import Approval, ApprovalVote
from app.coop.contests.models import Contest
from app.coop.contests.services import locked_money
from app.coop.handover.kinds import HandoverKind
from app.coop.handover.services import take_back
from app.coop.ledger.services import Overdrawn
from app.coop.members.lock import lock_member
from app.coop.members.models import Member, Person
from app.coop.offices import audit
from app.coop.offices.queries import holders_of_right
from app.coop.openings.models import OpeningBalance
from app.coop.payments.models import Payment
from app.coop.production.models import AssistedAct, Weighing
from app.coop.products.models import Product
from app.coop.rights import Office
from app.coop.till.models import Payout
from app.db.rows import require

MOST_LISTED = 24
MOST_AT_ONCE = 200


class WaitingContest(msgspec.Struct, frozen=True):
    """A contest that waits for an answer: `late` when its time to find out is over."""

    id: int
    number: str
    subject: str
    card: str
    reference: str
    answer_by: date
    late: bool
    member_id: int


class Facts(msgspec.Struct, frozen=True):
    """What a contest is about: XOF handed over or a price, what was weighed, when, and who did it (of a transfer nobody)."""

    amount: int
    on: date
    by: str | None
    quantity: Decimal | None = None
    unit: str = ""
    product: str = ""


class ContestAnswered(msgspec.Struct, frozen=True):
    """Whom to tell what: the member, the contest's number, how it ended."""

    id: int
    member_id: int
    number: str
    upheld: bool
    note: str


class Escalated(msgspec.Struct, frozen=True):
    """A contest that went up: to the president (1) or the federation (2); `late`, or because no officer there may answer."""

    id: int
    cooperative_id: int
    member_id: int
    number: str
    answer_by: date
    level: int
    late: bool = True


class Repaid(Exception):
    """What she says she never had is partly repaid since: those repayments are reversed first."""


class ContestNotOpen(Exception):
    """The contest is answered, not this officer's scope, or about what this officer did."""


def waiting(
    reader: Connection | Session, office: Office, now: datetime, only: ColumnElement[bool] | None = None
) -> list[WaitingContest]:
    """Return the contests that this officer may answer, the most urgent first. The federation sees those that went up to it."""
    rows = reader.execute(
        select(
            Contest.id,
            Contest.number,
            Contest.subject,
            Member.card,
            Contest.reference,
            Contest.answer_by,
            Contest.investigate_by,
            Contest.member_id,
        )
        .join(Member, Member.id == Contest.member_id)
        .where(_for(office), ~_theirs(office.person_id), true() if only is None else only)
        .order_by(Contest.answer_by, Contest.id)
        .limit(MOST_LISTED)
    )
    return [WaitingContest(*row[:6], row[6] < now.date(), row[7]) for row in rows]


def name_of(reader: Connection | Session, contest_id: int) -> str:
    """Return who contests."""
    hers = select(Person.name).join(Member, Member.person_id == Person.id).join(Contest, Contest.member_id == Member.id)
    return reader.scalar(hers.where(Contest.id == contest_id)) or ""


def facts(reader: Connection | Session, contest_id: int) -> Facts | None:
    """Return what an open contest is about."""
    row = reader.execute(
        select(Contest)
        .with_only_columns(Contest.payment_id, Contest.payout_id, Contest.weighing_id)
        .where(Contest.id == contest_id, Contest.state == "open")
    ).first()
    if row is None:
        return None
    if row.weighing_id:
        weighed = (
            select(Weighing.price, Weighing.weighed_at, Person.name, Weighing.weight, Product.unit, Product.name)
            .join(Product, Product.id == Weighing.product_id)
            .join(Person, Person.id == Weighing.officer_id)
        )
        found: Any = reader.execute(weighed.where(Weighing.id == row.weighing_id)).one()
        price, at, name, *what = found
        return Facts(price or 0, at.astimezone(DAKAR).date(), name, *what)
    table = Payment if row.payment_id else Payout
    left = select(table.amount, table.handed_at, Person.name).outerjoin(Person, Person.id == table.handed_by)
    handed: Any = reader.execute(left.where(table.id == (row.payment_id or row.payout_id))).one()
    amount, at, name = handed
    return Facts(amount, at.astimezone(DAKAR).date(), name)


def answer(session: Session, act: Act, contest_id: int, *, upheld: bool, note: str) -> ContestAnswered:
    """Answer a contest, once, and tell what to say. Raises ContestNotOpen, and Repaid when an advance is partly repaid since.

    Upheld, a payment is taken back: reversed in the books and due again; so is a payout, as if it had not left. Dismissed, it
    stands where it stood. A weighing or its price is only answered: the officers correct the books by a reversal of their own.
    """
    what = select(Contest.subject, func.coalesce(Contest.payment_id, Contest.payout_id).label("row_id"), Contest.member_id)
    about = require(session.execute(what.where(Contest.id == contest_id)).first(), ContestNotOpen())
    # What was handed over, its member, the contest: the order of all locks (members/lock.py).
    money, left = locked_money(session, about.subject, about.row_id)
    lock_member(session, about.member_id, ContestNotOpen)
    mine = (Contest.id == contest_id) & (Contest.member_id == about.member_id) & _for(act.office) & ~_theirs(act.person_id)
    row = require(session.scalar(select(Contest).where(mine).with_for_update(of=Contest)), ContestNotOpen())
    row.state, row.note = "upheld" if upheld else "dismissed", note[:1].upper() + note[1:]
    row.answered_by, row.answered_at = act.person_id, act.now
    if money and left:
        _settle(session, act, row, money, left)
    audit.note(session, act, f"contest {row.state}", f"contest:{row.id}", row)
    session.flush()
    return ContestAnswered(row.id, row.member_id, row.number, upheld, row.note)


def _settle(session: Session, act: Act, row: Contest, money: HandoverKind, left: Any) -> None:
    left.resume(row.before)
    if row.state == "dismissed" or left.state == "cancelled":  # two officers have reversed it meanwhile
        return
    try:
        take_back(session, msgspec.structs.replace(act, operation=f"contest:{row.id}"), money, left)
    except Overdrawn:
        raise Repaid from None


def escalate(session: Session, now: datetime) -> list[Escalated]:
    """Send up what nobody answered in time, and at once what no officer of the co-operative may answer, each contest once a level.

    Returns what went up, for the SMS about it.
    """
    today, stuck = now.date(), Contest.id.in_(_stuck(session, now.date()))
    gone_up = []
    # The federation first: what is late for both levels goes up once, and the president is told nothing.
    for level, why, late in ((2, Contest.answer_by < today, True), (2, stuck, False), (1, Contest.investigate_by < today, True)):
        which = select(Contest.id).where(Contest.state == "open", Contest.level < level, why).limit(MOST_AT_ONCE)
        moved = session.execute(
            update(Contest)
            .where(Contest.id.in_(which), Contest.state == "open", Contest.level < level)
            .values(level=level)
            .returning(Contest.id, Contest.cooperative_id, Contest.member_id, Contest.number, Contest.answer_by)
        )
        gone_up += [Escalated(*row, level, late) for row in moved]
    return gone_up


def _stuck(session: Session, today: date) -> list[int]:
    """Return the open contests below the federation in which every officer of the co-operative had a hand."""
    below = (Contest.state == "open") & (Contest.level < 2)
    found: list[int] = []
    for place in session.scalars(select(Contest.cooperative_id).where(below).distinct()).all():
        persons = {office.person_id for office in holders_of_right(session, "approve", place, today)}
        # Where nobody holds the right any more no condition is left, and all of it goes up.
        theirs = (_theirs(person) for person in sorted(persons))
        found += session.scalars(select(Contest.id).where(below, Contest.cooperative_id == place, *theirs)).all()
    return found


def _for(office: Office) -> ColumnElement[bool]:
    open_ = Contest.state == "open"
    return open_ & (Contest.level >= 2 if office.scope.is_federation else office.scope.own(Contest.cooperative_id))


def _theirs(person_id: int) -> ColumnElement[bool]:
    """Say that an officer had a hand in what is contested, or is the member who contests."""
    weighed = select(Weighing.id).where(Weighing.id == Contest.weighing_id, Weighing.officer_id == person_id)
    typed = (
        select(AssistedAct.id)
        .join(Weighing, Weighing.declaration_id == AssistedAct.declaration_id)
        .where(Weighing.id == Contest.weighing_id, AssistedAct.officer_id == person_id)
    )
    by_hand = or_(Payment.handed_by == person_id, Payment.signed_by == person_id, Payment.countersigned_by == person_id)
    handed = select(Payment.id).where(Payment.id == Contest.payment_id, by_hand)
    given = or_(*(who == person_id for who in (Payout.asked_by, Payout.handed_by, Payout.signed_by, Payout.countersigned_by)))
    paid_out = select(Payout.id).where(Payout.id == Contest.payout_id, given)
    word = (ApprovalVote.approval_id == Approval.id) & (ApprovalVote.person_id == person_id)
    brought = (Approval.kind == "opening") & (Approval.subject_id == OpeningBalance.opening_id)
    agreed = select(OpeningBalance.id).join(Approval, brought).join(ApprovalVote, word)
    agreed = agreed.where(OpeningBalance.contest_id == Contest.id)
    hers = select(Member.id).where(Member.id == Contest.member_id, Member.person_id == person_id)
    return or_(*(rows.correlate(Contest).exists() for rows in (weighed, typed, handed, paid_out, agreed, hers)))
