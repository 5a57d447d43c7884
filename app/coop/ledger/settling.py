"""Settle the account of who leaves: everything owed either way in one entry, the rest handed over; several officers decide.

No balance vanishes: an account is closed with all its balances at zero, or not at all.
"""

from datetime import datetime

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.coop import approvals
from app.coop.ledger import payouts
from app.coop.ledger.box import box_of, lock_box
from app.coop.ledger.models import Account, Payout
from app.coop.ledger.services import account_of, one_at_a_time, post
from app.coop.members import audit, leaving
from app.coop.members.events import Departure
from app.coop.members.finding import Found
from app.coop.members.freezes import MoneyFrozen, check_money
from app.coop.members.lock import lock_member, lock_members
from app.coop.members.models import Member, Person
from app.coop.members.offices import Office
from app.coop.members.telling import tell
from app.coop.payments.models import Payment
from app.coop.production.models import Declaration, Weighing
from app.sms import people_texts

OPEN_PAYMENTS = ("open", "handed_over", "contested")


class StillOpen(Exception):
    """Something is on its way: a weighing not credited, a payment not confirmed, money asked for."""


class Owes(Exception):
    """The member owes `amount` XOF more than is owed to her: that comes in first (article 11)."""

    def __init__(self, amount: int) -> None:
        super().__init__(amount)
        self.amount = amount


class NotForYourself(Exception):
    """Nobody settles their own account."""


class Settlement(msgspec.Struct, frozen=True):
    """What waits for others: `amount` XOF to hand over; None when there was nothing, and the account is closed."""

    amount: int | None


def ask_settlement(session: Session, office: Office, member: Found, *, channel: str, operation: str, now: datetime) -> Settlement:
    """Ask that a leaver's account be settled; with nothing owed either way it is closed at once.

    Raises leaving.NotPossible, StillOpen, Owes, NotForYourself, MoneyFrozen, approvals.AlreadyAsked.
    """
    lock_members(session, (member.member_id,))
    departure = leaving.departure_of(session, member.member_id)
    if departure is None:
        raise leaving.NotPossible
    if office.person_id == member.person_id:
        raise NotForYourself
    check_money(session, member.member_id, now)
    check_nothing_open(session, member.member_id)
    due = _due(_balances(session, member.member_id))
    if due is None:
        _close(session, departure.id, member.member_id, office.person_id, operation, now)
        act = "account closed"
    else:
        approvals.ask(
            session,
            kind="settlement",
            cooperative_id=member.cooperative_id,
            about=f"departure:{departure.id}",
            words="Solde de tout compte",
            amount=due,
            asked_by=office.person_id,
            operation=f"settle:{operation}"[:80],
            now=now,
            member_id=member.member_id,
        )
        act = "settlement asked"
    audit.record_on(session, office, act, f"departure:{departure.id}", member, channel, operation, now)
    return Settlement(due)


@approvals.executes("settlement")
def settled(session: Session, approval: approvals.Approval, /, *, operation: str, now: datetime) -> None:
    """Write the settlement as it was approved and close the account; raises Impossible when anything changed meanwhile."""
    member, scope = approval.member_id or 0, approval.cooperative_id or 0
    one_at_a_time(session, scope)
    lock_box(session, scope)
    lock_member(session, member)
    departure = leaving.departure_of(session, member)
    if departure is None or approval.about != f"departure:{departure.id}":
        raise approvals.Impossible("ce membre ne part plus")
    try:
        check_money(session, member, now)
        check_nothing_open(session, member)
        balances = _balances(session, member)
        due = _due(balances)
    except (StillOpen, Owes, MoneyFrozen) as why:
        raise approvals.Impossible("un paiement ou une pesée est en cours") from why
    if due != approval.amount:
        raise approvals.Impossible("le solde a changé")
    lines = [(account, -balance) for account, balance in balances.values() if balance]
    if due:
        lines.append((account_of(session, scope, None, "cash"), -due))
    post(session, operation=operation, kind="settlement", cooperative_id=scope, member_id=member, lines=lines, now=now)
    if due and box_of(session, scope).free < 0:
        raise approvals.Impossible("la caisse n'a pas assez")
    _close(session, departure.id, member, approval.decided_by, operation, now)


def check_nothing_open(session: Session, member_id: int) -> None:
    """Raise StillOpen when a weighing, a payment or a payout of a member's is on its way."""
    waits = (
        select(Weighing.id).where(Weighing.member_id == member_id, Weighing.state == "noted"),
        select(Payment.id).where(Payment.member_id == member_id, Payment.state.in_(OPEN_PAYMENTS)),
        select(Payout.id).where(Payout.member_id == member_id, Payout.contested),
    )
    if payouts.open_of(session, member_id) or any(session.scalar(one.limit(1)) for one in waits):
        raise StillOpen


def _balances(session: Session, member_id: int) -> dict[str, tuple[int, int]]:
    """Lock a member's accounts; return id and balance (debit positive) by kind."""
    rows = session.execute(
        select(Account.kind, Account.id, Account.balance)
        .where(Account.member_id == member_id)
        .order_by(Account.id)
        .with_for_update()
    )
    return {kind: (account, balance) for kind, account, balance in rows}


def _due(balances: dict[str, tuple[int, int]]) -> int | None:
    """Return what is to be handed over, None when every balance is zero. Raises Owes."""
    if not any(balance for _, balance in balances.values()):
        return None
    rest = -sum(balance for _, balance in balances.values())
    if rest < 0:
        raise Owes(-rest)
    return rest


def _close(session: Session, departure_id: int, member_id: int, by: int | None, operation: str, now: datetime) -> None:
    """Close a departure whose balances are at zero: nobody opens this account any more, its rows stay for the books."""
    row = session.get_one(Member, member_id, with_for_update=True)
    row.state, row.left_on, row.amounts_by_sms = "departed", now.date(), False
    shut = {"pin_hash": None, "reset_until": None}
    session.execute(update(Person).where(Person.id == row.person_id).values(**shut))
    closed = {"state": "closed", "closed_at": now, "closed_by": by}
    session.execute(update(Departure).where(Departure.id == departure_id).values(**closed))
    open_ = update(Declaration).where(Declaration.member_id == member_id, Declaration.state == "declared")
    session.execute(open_.values(state="cancelled", cancelled_at=now))
    leaving.end_offices(session, row.person_id, now)
    tell(session, row.person_id, f"departed:{operation}"[:80], people_texts.departed(now), now=now)
