"""Leave a co-operative: by one's own word, by exclusion, by death; and nobody's money is lost on the way.

AUSCOOP, article 11: notice in writing, everything repaid within the year, debts cleared first. Articles 13 and 14: a reason, and a
letter within ten days. Exclusion, death and settling an account take an officer who asks and others who approve.
"""

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, or_, select, update
from sqlalchemy.orm import Session

from app import texts
from app.coop import approvals
from app.coop.act import Act
from app.coop.closing.models import Departure
from app.coop.ledger.models import JournalEntry
from app.coop.members.lock import lock_member
from app.coop.members.lookup import FoundMember
from app.coop.members.models import Member, Person
from app.coop.members.notices import tell_person
from app.coop.offices import audit
from app.coop.offices.models import Role
from app.coop.payments import batches
from app.coop.scope import Scope
from app.coop.till import payouts
from app.coop.till.models import Payout

YEAR, TWO_YEARS, LETTER = timedelta(days=365), timedelta(days=730), timedelta(days=10)
OBJECTION, MOURNING = timedelta(days=7), timedelta(days=30)
"""How long an account stays open after an officer noted a departure, so that the member can object; and after a death."""
REASONS = ("2 ans sans activité", "règles non suivies", "dettes", "autre, par écrit")
KINDS = {"exclusion": "Exclusion", "death": "Décès", "reinstatement": "Réouverture de compte"}


class NotPossible(Exception):
    """The member is not in the state that this needs: gone already, leaving already, or not leaving."""


class StillBusy(Exception):
    """Excluded for want of activity, but there is an operation of less than two years ago, or the member joined since."""


class OpenDeparture(msgspec.Struct, frozen=True):
    """A departure that is open, as officers see it; what is owed is to be paid by `due`, and not before `opens` (UTC)."""

    id: int
    member_id: int
    card: str
    kind: str
    due: date
    opens: datetime


def ask_to_leave(session: Session, act: Act) -> date:
    """Take the member's own notice, given by PIN; return by when everything is repaid. Raises NotPossible."""
    return _leave(session, act.member, None, None, act.now)


def note(session: Session, act: Act, member: FoundMember, paper: str) -> date:
    """Note a notice given on paper; return by when everything is repaid. Raises NotPossible."""
    due = _leave(session, member.member_id, act.person_id, paper, act.now)
    audit.note(session, act, "departure noted", f"member:{member.member_id}", member)
    return due


def stay(session: Session, act: Act) -> None:
    """Take a notice back, by the member's PIN: who hasn't left yet stays, unless the money was handed over. Raises NotPossible."""
    member_id, now = act.member, act.now
    _lock_without_settlement(session, member_id, now)
    mine = (Departure.member_id == member_id) & (Departure.state == "open") & (Departure.kind == "withdrawal")
    taken = update(Departure).where(mine).values(state="withdrawn", closed_at=now).returning(Departure.id)
    if session.execute(taken).first() is None:
        raise NotPossible
    session.execute(update(Member).where(Member.id == member_id).values(leaving_on=None))


def ask(
    session: Session,
    act: Act,
    kind: str,
    member: FoundMember,
    *,
    paper: str,
    reason: str = "",
) -> None:
    """Ask other officers for an exclusion (with a reason), a death or a reinstatement; `paper` is the number of what proves it.

    A reinstatement also undoes a departure that an officer noted, never a notice that the member gave by PIN.
    Raises NotPossible, StillBusy, approvals.AlreadyAsked.
    """
    if reason == REASONS[0] and _busy(session, member.member_id, act.now - TWO_YEARS):
        raise StillBusy
    ends = _open(session, member.member_id)
    closed = ends is not None and (ends.kind != "withdrawal" or (kind == "reinstatement" and ends.noted_by is not None))
    if member.state == "departed" or closed != (kind == "reinstatement"):
        raise NotPossible
    approvals.ask(
        session,
        act,
        kind,
        f"{KINDS[kind]}{f': {reason}' if reason else ''}",
        subject="member",
        subject_id=member.member_id,
        cooperative_id=member.cooperative_id,
        member_id=member.member_id,
        details={"paper": paper, "reason": reason or None},
    )
    audit.note(session, act, f"{kind} asked", f"member:{member.member_id}", member)


def excluded(session: Session, approval: approvals.Approval, act: Act) -> None:
    """Close the account to the member's acts; what is owed stays owed, and the letter follows."""
    person = _shut(session, approval, act)
    tell_person(session, act, person, act.operation, texts.say("excluded", day=act.now, due=(act.now + LETTER).date()))


def died(session: Session, approval: approvals.Approval, act: Act) -> None:
    """Close the account; what is owed waits for the heirs, by paper. Her numbers are told: a living member can have it mended."""
    person = _shut(session, approval, act)
    tell_person(session, act, person, act.operation, texts.say("closed_by_death", day=act.now))


def reinstated(session: Session, approval: approvals.Approval, act: Act) -> None:
    """Open an account again that was closed by mistake; offices that ended meanwhile stay ended."""
    member, now = approval.subject_id, act.now
    try:
        _lock_without_settlement(session, member, now)
    except NotPossible:
        raise approvals.Impossible("son argent est déjà remis") from None
    by_officers = (Departure.kind != "withdrawal") | Departure.noted_by.is_not(None)
    shut = (Departure.member_id == member) & (Departure.state == "open") & by_officers
    opened = update(Departure).where(shut).values(state="withdrawn", closed_by=act.person_id, closed_at=now)
    if session.execute(opened.returning(Departure.id)).first() is None:
        raise approvals.Impossible("ce compte n'est pas fermé")
    row = session.get_one(Member, member, populate_existing=True)
    row.state = "active" if session.get_one(Person, row.person_id).pin_hash else "pending"
    row.leaving_on = None
    tell_person(session, act, row.person_id, act.operation, texts.say("reinstated", day=now))


_LEAVING: Any = (
    select(
        Departure.id,
        Departure.member_id,
        Member.card,
        Departure.kind,
        Departure.due_on,
        Departure.noted_at,
        Departure.noted_by.is_not(None).label("by_officer"),
    )
    .join(Member, Member.id == Departure.member_id)
    .where(Departure.state == "open")
)


def departures(reader: Connection | Session, cooperative_id: int | None, limit: int = 40) -> list[OpenDeparture]:
    """Return the open departures of a co-operative, with None of all, those first whose money is due first."""
    rows = _LEAVING.where(Scope(cooperative_id).reach(Member.cooperative_id))
    return [_leaving(row) for row in reader.execute(rows.order_by(Departure.due_on, Departure.id).limit(limit))]


def departure_of(reader: Connection | Session, member_id: int) -> OpenDeparture | None:
    """Return a member's open departure."""
    row = reader.execute(_LEAVING.where(Member.id == member_id)).first()
    return _leaving(row) if row else None


def _leaving(row: Any) -> OpenDeparture:
    waits = MOURNING if row.kind == "death" else OBJECTION if row.by_officer else timedelta(0)
    return OpenDeparture(row.id, row.member_id, row.card, row.kind, row.due_on, row.noted_at + waits)


def end_offices(session: Session, person_id: int, now: datetime) -> None:
    """End a person's offices with yesterday: who leaves decides nothing any more."""
    running = or_(Role.until_on.is_(None), Role.until_on >= now.date())
    ended = update(Role).where(Role.person_id == person_id, running)
    session.execute(ended.values(until_on=now.date() - timedelta(days=1)))


def _leave(session: Session, member_id: int, noted_by: int | None, paper: str | None, now: datetime) -> date:
    left = (
        update(Member)
        .where(Member.id == member_id, Member.state.in_(("active", "pending")), Member.leaving_on.is_(None))
        .values(leaving_on=now.date())
    )
    if session.execute(left.returning(Member.id)).first() is None:
        raise NotPossible
    due = (now + YEAR).date()
    session.add(_departure(member_id, "withdrawal", None, paper, noted_by, now))
    return due


def _shut(session: Session, approval: approvals.Approval, act: Act) -> int:
    member, now = approval.subject_id, act.now
    # Both before the member's row: who decides a payout and who makes a batch lock them first, too.
    payouts.let_go(session, now, Payout.member_id == member)
    batches.leave_out(session, approval.cooperative_id or 0, member)
    lock_member(session, member)
    row = session.get_one(Member, member, populate_existing=True)
    before = _open(session, member)
    if before is not None and before.kind != "withdrawal":
        raise approvals.Impossible("ce compte est déjà fermé")
    if before is not None:
        # Flushed at once: one departure is open at a time, and the
        # session would write the new one before it closes this one.
        before.state, before.closed_at = "withdrawn", now
        session.flush()
    row.state, row.leaving_on, row.amounts_by_sms = "blocked", now.date(), False
    reason, paper = approval.details["reason"], approval.details["paper"]
    session.add(_departure(member, approval.kind, reason, paper, approval.asked_by, now))
    end_offices(session, row.person_id, now)
    session.flush()
    return row.person_id


def _lock_without_settlement(session: Session, member_id: int, now: datetime) -> None:
    """Let go of a member's settlement and lock their row. Raises NotPossible: it is handed over, or asked anew meanwhile."""
    # Before the member's row (members/lock.py).
    payouts.let_go(session, now, Payout.member_id == member_id, Payout.kind == "settlement")
    lock_member(session, member_id, NotPossible)
    if any(one.kind == "settlement" for one in payouts.open_of(session, member_id)):
        raise NotPossible


def _busy(session: Session, member_id: int, since: datetime) -> bool:
    # AUSCOOP 13: two years in a row without business. Who joined since can't have been idle for as long.
    booked = select(JournalEntry.id).where(JournalEntry.member_id == member_id, JournalEntry.at > since).limit(1)
    joined = select(Member.id).where(Member.id == member_id, Member.joined_on > since.date())
    return bool(session.scalar(booked) or session.scalar(joined))


def _departure(member: int, kind: str, reason: str | None, paper: str | None, by: int | None, now: datetime) -> Departure:
    return Departure(
        member_id=member,
        kind=kind,
        state="open",
        reason=reason,
        paper=paper or None,
        noted_by=by,
        noted_at=now,
        due_on=(now + YEAR).date(),
    )


def _open(session: Session, member_id: int) -> Departure | None:
    return session.scalar(select(Departure).where(Departure.member_id == member_id, Departure.state == "open"))
