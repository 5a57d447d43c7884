"""Aid of the solidarity fund: asked under the PIN, decided by several, handed over by the one way out.

Why it is asked for is health data: those who may decide read it, nobody else does, no SMS and no list names it.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app import texts
from app.coop import approvals
from app.coop.act import Act
from app.coop.approvals.models import Approval
from app.coop.members.lock import ACTIVE
from app.coop.members.names import member_name
from app.coop.members.notices import tell_member
from app.coop.offices.queries import holders_of_right
from app.coop.rights import Office
from app.coop.solidarity.fund import FundShort, check_fund, rules_of
from app.coop.solidarity.models import Aid
from app.coop.till import payouts
from app.coop.till.models import Payout
from app.db.rows import store, total
from app.service import service_of

URGENT = ("death", "illness")
BY_TWO, BY_SEVERAL = 2, 3
"""Words that an urgent aid and any other one needs, where the co-operative has no rule of its own."""
FORGOTTEN_AFTER = timedelta(days=365)
YEAR = timedelta(days=365)
MOST_FORGOTTEN = 1000


class AidTooMuch(Exception):
    """More than the co-operative gives at a time: `most` XOF."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class AidTooOften(Exception):
    """The member has had as many as the rules allow in a year."""


class AidNotGiven(Exception):
    """The co-operative doesn't help with that."""


class RelativeNoOfficer(Exception):
    """Who was named decides nothing here."""


class AidToDecide(msgspec.Struct, frozen=True):
    """An aid that waits for this officer's word, with why it is asked for."""

    approval_id: int
    name: str
    reason: str | None
    amount: int
    reference: str
    urgent: bool


def ask(
    session: Session,
    act: Act,
    reason: str,
    amount: int,
    *,
    relative_id: int | None = None,
    draw: Callable[[int], int] = secrets.randbelow,
) -> Payout:
    """Ask for aid by the member's own word. What the fund holds is not asked here: only those who decide know it.

    The same operation gives the first. Raises NotHers, AidNotGiven, AidTooMuch, AidTooOften, AlreadyOpen, MoneyFrozen.
    """
    known = session.scalar(select(Payout).where(Payout.operation == act.operation))
    if known is not None:
        return known
    member = payouts.lock_asked_for(session, act, "aid", act.member, ACTIVE)
    ruled = rules_of(session, member.cooperative_id)
    if reason not in ruled.reasons.split(","):
        raise AidNotGiven(reason)
    if not 0 < amount <= ruled.most:
        raise AidTooMuch(ruled.most)
    had = (Payout.member_id == act.member) & (Payout.kind == "aid") & Payout.state.in_(("handed", "paid"))
    if total(session, select(func.count()).where(had, Payout.asked_at > act.now - YEAR)) >= ruled.a_year:
        raise AidTooOften(ruled.a_year)
    urgent = reason in URGENT and amount <= ruled.urgent
    row = Payout(kind="aid", cooperative_id=member.cooperative_id, member_id=act.member, amount=amount, instalments=0)
    payouts.enter(session, act, row, draw, needed=BY_TWO if urgent else None, barred_id=relative_id)
    store(session, Aid(payout_id=row.id, reason=reason, urgent=urgent, relative_id=relative_id))
    return row


def relative_of(session: Session, act: Act, cooperative_id: int, person_id: int) -> int:
    """Return a relative who decides in this co-operative, to be left out. Raises RelativeNoOfficer."""
    if person_id not in {office.person_id for office in holders_of_right(session, "approve", cooperative_id, act.today)}:
        raise RelativeNoOfficer(person_id)
    return person_id


def to_decide(session: Session, office: Office, now: datetime) -> list[AidToDecide]:
    """Return the aids that wait for this officer's word, the urgent ones first."""
    waiting = [one.id for one in approvals.waiting_for(session, office, now) if one.kind == "aid"]
    rows = select(Approval.id, Payout.member_id, Aid.reason, Payout.amount, Payout.reference, Aid.urgent)
    rows = rows.join(Payout, Payout.id == Approval.subject_id).join(Aid, Aid.payout_id == Payout.id)
    found = session.execute(rows.where(Approval.id.in_(waiting)).order_by(Aid.urgent.desc(), Approval.id)).all()
    return [AidToDecide(row[0], member_name(session, row[1]), *row[2:]) for row in found]


def refuse(session: Session, act: Act, approval_id: int, why: str) -> None:
    """Refuse an aid with the reason that the member is told. Raises ApprovalClosed."""
    of = select(Approval.subject_id).where(Approval.id == approval_id, Approval.kind == "aid").scalar_subquery()
    # Before the word: what follows a refusal tells this reason.
    session.execute(update(Aid).where(Aid.payout_id == of).values(refused_why=why))
    approvals.decide(session, act, approval_id, approved=False)


def approved(session: Session, approval: Approval, act: Act) -> None:
    """Promise it from the fund; after an urgent one the other officers are asked whether they agree."""
    payouts.approved(session, approval, act)
    row = session.get_one(Payout, approval.subject_id, populate_existing=True)
    try:
        check_fund(session, row.cooperative_id, row.amount)
    except FundShort:
        raise approvals.Impossible("la caisse de solidarité n'a pas assez") from None
    aid = session.get_one(Aid, row.id)
    if aid.urgent:
        approvals.ask(
            session,
            act,
            "aid_after",
            "Entraide urgente: d'accord après coup ?",
            subject="payout",
            subject_id=row.id,
            cooperative_id=row.cooperative_id,
            amount=row.amount,
            member_id=row.member_id,
            barred_id=aid.relative_id,
        )


def ended(session: Session, approval: Approval, now: datetime) -> None:
    """Let go of it; a refusal is told with its reason and a way to ask again."""
    payouts.refused(session, approval, now)
    aid = session.get(Aid, approval.subject_id)
    row = session.get(Payout, approval.subject_id)
    if approval.state != "refused" or aid is None or row is None:
        return
    # The member is told here, with the reason. The sweep of approvals says nothing more of it.
    approval.told = "ended"
    service = service_of(session)
    words = texts.say(
        "aid_refused", reference=row.reference, refused_why=aid.refused_why or "come", code=service.code, cost=service.cost
    )
    tell_member(session, Act.by_clock(f"aid:{row.id}", now), row.member_id, "receipt", f"aid:{row.id}:refused", words)


def looked_at(session: Session, approval: Approval, act: Act) -> None:
    """Agreed to afterwards: nothing more is done."""
    del session, approval, act


def forget(session: Session, now: datetime) -> None:
    """Erase why aid was asked for, FORGOTTEN_AFTER it was."""
    old = select(Aid.payout_id).join(Payout, Payout.id == Aid.payout_id).where(Aid.reason.is_not(None))
    old = old.where(Payout.asked_at <= now - FORGOTTEN_AFTER).order_by(Aid.payout_id).limit(MOST_FORGOTTEN)
    ids = session.scalars(old).all()
    session.execute(update(Aid).where(Aid.payout_id.in_(ids)).values(reason=None, relative_id=None))
