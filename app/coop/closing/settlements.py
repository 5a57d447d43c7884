"""Settle the account of a member who leaves: all that is owed either way in one payout, handed over and confirmed like any other.

No balance vanishes: handing over writes all of them to zero in one entry, and the account is closed only after that.
"""

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import texts
from app.coop import approvals
from app.coop.access.freezes import MoneyFrozen, check_money
from app.coop.act import Act
from app.coop.closing import departures
from app.coop.closing.models import Departure
from app.coop.cooperatives.lock import lock_cooperative
from app.coop.handover.box import BoxShort, check_box
from app.coop.handover.services import HandoverNotOpen, NotForYourself, move
from app.coop.ledger.models import Account
from app.coop.ledger.services import MOST_HELD, AccountFull, account_of, post
from app.coop.members.lock import lock_member, lock_members
from app.coop.members.lookup import FoundMember
from app.coop.members.models import Member, Person
from app.coop.members.notices import tell_person
from app.coop.offices import audit
from app.coop.production.models import Declaration
from app.coop.subject import declared
from app.coop.till import payouts
from app.coop.till.models import HELD, Payout
from app.db.rows import each, require

CONTESTED_WITHIN = timedelta(hours=48)
"""For how long an account stays open after a settlement that was paid without the member's own PIN."""
MOST_AT_ONCE = 200


class StillOpen(Exception):
    """Something is on its way: a weighing not credited, a payment not confirmed, money asked for."""


class TooEarly(Exception):
    """An officer noted the departure, or a death: the account isn't settled before `opens` (UTC)."""

    def __init__(self, opens: datetime) -> None:
        super().__init__(opens)
        self.opens = opens


class Owes(Exception):
    """The member owes `amount` XOF more than is owed to them: that comes in first (article 11)."""

    def __init__(self, amount: int) -> None:
        super().__init__(amount)
        self.amount = amount


class HeirsUnnamed(Exception):
    """What a member leaves at death goes to the heirs, by the number of their paper."""


class Settlement(msgspec.Struct, frozen=True):
    """What waits for others: `amount` XOF to hand over; None when there was nothing, and the account is closed."""

    amount: int | None
    payout_id: int = 0
    reference: str = ""


def ask_settlement(session: Session, act: Act, member: FoundMember, *, paper: str = "") -> Settlement:
    """Ask that a leaver's account be settled; with nothing owed either way it is closed at once.

    `paper` is the number of what names the heirs, of a member who died. Asked again after the sum has changed, it replaces what
    wasn't handed over. Raises leaving.NotPossible, TooEarly, StillOpen, Owes, NotForYourself, HeirsUnnamed, MoneyFrozen,
    approvals.AlreadyAsked.
    """
    # Before the member's row (members/lock.py). Where it is refused below, it is as if it had not been let go.
    gone = payouts.let_go(session, act.now, Payout.member_id == member.member_id, Payout.kind == "settlement")
    lock_members(session, (member.member_id,))
    departure = require(departures.departure_of(session, member.member_id), departures.NotPossible())
    if act.person_id == member.person_id:
        raise NotForYourself
    if departure.kind == "death" and not paper:
        raise HeirsUnnamed
    if any(one.kind == "settlement" for one in payouts.open_of(session, member.member_id, HELD)):
        raise approvals.AlreadyAsked
    due = _check(session, member.member_id, departure, act.now)
    if any(session.get_one(Payout, row.id).amount == due for row in gone):
        raise approvals.AlreadyAsked
    if due is None:
        check_last_one_paid(session, member.member_id, act.now)
        _close(session, act, departure.id, member.member_id, act.person_id)
        audit.note(session, act, "account closed", f"departure:{departure.id}", member)
        return Settlement(None)
    row = Payout(
        kind="settlement",
        cooperative_id=member.cooperative_id,
        member_id=member.member_id,
        amount=due,
        instalments=0,
        paper=paper if departure.kind == "death" else None,
    )
    payouts.enter(session, act, row)
    return Settlement(due, row.id, row.reference)


def settled(session: Session, approval: approvals.Approval, act: Act) -> None:
    """Let it be handed over as it was approved, or raise Impossible; where both sides cancel out, that is written at once."""
    try:
        row = move(session, Payout, approval.subject_id, ("asked",), "approved")
    except HandoverNotOpen:
        raise approvals.Impossible("ce membre ne part plus") from None
    try:
        lock_cooperative(session, row.cooperative_id)
        check_box(session, row.cooperative_id, row.amount)
        lines = clear(session, row, act.now)
    except (StillOpen, Owes, MoneyFrozen, TooEarly) as why:
        raise approvals.Impossible("un paiement ou une pesée est en cours") from why
    except HandoverNotOpen:
        raise approvals.Impossible("le solde a changé") from None
    except BoxShort:
        raise approvals.Impossible("la caisse n'a pas assez") from None
    # Nothing is handed over, so that no word on it can follow: it is paid by its approval.
    if row.amount == 0:
        row.state, row.handed_at, row.paid_at = "paid", act.now, act.now
        row.handed_by, row.handed_entry_id = act.person_id, book(session, row, lines, act.now)


def clear(session: Session, row: Payout, now: datetime) -> list[tuple[int, int]]:
    """Return the lines that bring all a leaver's balances to zero against what is handed over, if that is still the sum approved.

    The caller has locked the co-operative, before the box and the member (members/lock.py): no batch holds what is taken.
    Raises HandoverNotOpen when it isn't, StillOpen, TooEarly, Owes, MoneyFrozen.
    """
    lock_member(session, row.member_id)
    departure = require(departures.departure_of(session, row.member_id), HandoverNotOpen(row.id))
    handed_over = account_of(session, row.cooperative_id, None, "handed_over")
    if _check(session, row.member_id, departure, now, besides=row.id) != row.amount:
        raise HandoverNotOpen(row.id)
    lines = [(account, -balance) for account, balance in _balances(session, row.member_id) if balance]
    return [*lines, (handed_over, -row.amount)] if row.amount else lines


def book(session: Session, row: Payout, lines: list[tuple[int, int]], now: datetime) -> int:
    """Write the entry of a settlement that is handed over; return its id."""
    return post(
        session,
        operation=f"payout:{row.id}:settlement",
        kind="settlement",
        cooperative_id=row.cooperative_id,
        member_id=row.member_id,
        lines=lines,
        now=now,
    )


def close_paid(session: Session, row: Payout, now: datetime) -> None:
    """Close the account whose member said by PIN that the settlement was paid; later, if something has come to it meanwhile."""
    lock_member(session, row.member_id)
    departure = departures.departure_of(session, row.member_id)
    if departure is None or any(balance for _, balance in _balances(session, row.member_id)):
        return
    try:
        check_nothing_open(session, row.member_id, besides=row.id)
    except StillOpen:
        return
    _close(session, Act.by_clock(f"payout:{row.id}", now), departure.id, row.member_id, row.handed_by)


def close_signed(session: Session, now: datetime) -> int:
    """Close the accounts whose settlement was paid without the member's own PIN, CONTESTED_WITHIN ago; return how many were due."""
    leaves = select(Departure.id).where(Departure.member_id == Payout.member_id, Departure.state == "open")
    quiet = (Payout.kind == "settlement") & (Payout.state == "paid") & ~Payout.contested
    # Something has come to it since: it waits for another settlement, and keeps nobody behind it from their end.
    come = select(Account.id).where(Account.member_id == Payout.member_id, Account.balance != 0)
    due = select(Payout).where(quiet, Payout.paid_at <= now - CONTESTED_WITHIN, leaves.exists(), ~come.exists())
    # One that is locked is being contested, or closed by another scheduler.
    rows = session.scalars(due.order_by(Payout.id).limit(MOST_AT_ONCE).with_for_update(skip_locked=True)).all()
    each(session, "a settlement that was paid", [(row.id, row) for row in rows], lambda row: close_paid(session, row, now))
    return len(rows)


def check_last_one_paid(session: Session, member_id: int, now: datetime) -> None:
    """Raise StillOpen while a settlement that was signed for can still be contested."""
    recent = (Payout.member_id == member_id) & (Payout.kind == "settlement") & (Payout.state == "paid")
    if session.scalar(select(Payout.id).where(recent, Payout.paid_at > now - CONTESTED_WITHIN)) is not None:
        raise StillOpen


def check_nothing_open(session: Session, member_id: int, besides: int = 0, *, merging: bool = False) -> None:
    """Raise StillOpen when something of a member's is on its way that blocks closing, or merging, but for one payout."""
    for live in (live for subject in declared() for live in subject.under_way):
        if live.blocks is None or (merging and live.goes_over):
            continue
        waits = select(live.model.id).where(live.model.member_id == member_id, live.blocks)
        if session.scalar((waits.where(Payout.id != besides) if live.model is Payout else waits).limit(1)) is not None:
            raise StillOpen


def _check(session: Session, member_id: int, departure: departures.OpenDeparture, now: datetime, besides: int = 0) -> int | None:
    """Lock a member's accounts; return what is to be handed over, None when every balance is zero."""
    if now < departure.opens:
        raise TooEarly(departure.opens)
    check_money(session, member_id, now)
    check_nothing_open(session, member_id, besides)
    balances = [balance for _, balance in _balances(session, member_id)]
    if not any(balances):
        return None
    if sum(balances) > 0:
        raise Owes(sum(balances))
    if -sum(balances) > MOST_HELD:
        raise AccountFull
    return -sum(balances)


def _balances(session: Session, member_id: int) -> list[tuple[int, int]]:
    """Lock a member's accounts; return each one's id and balance, debit positive."""
    mine = select(Account.id, Account.balance).where(Account.member_id == member_id)
    return [(row.id, row.balance) for row in session.execute(mine.order_by(Account.id).with_for_update())]


def _close(session: Session, act: Act, departure_id: int, member_id: int, by: int | None) -> None:
    """Close a departure whose balances are at zero: nobody opens this account any more, its rows stay for the books."""
    row = session.get_one(Member, member_id, with_for_update=True)
    row.state, row.left_on, row.amounts_by_sms = "departed", act.today, False
    shut = {"pin_hash": None, "reset_until": None}
    session.execute(update(Person).where(Person.id == row.person_id).values(**shut))
    closed = {"state": "closed", "closed_at": act.now, "closed_by": by}
    session.execute(update(Departure).where(Departure.id == departure_id).values(**closed))
    open_ = update(Declaration).where(Declaration.member_id == member_id, Declaration.state == "declared")
    session.execute(open_.values(state="cancelled", cancelled_at=act.now))
    departures.end_offices(session, row.person_id, act.now)
    tell_person(session, act, row.person_id, f"departed:{act.operation}"[:80], texts.say("departed", day=act.now))
