"""A PIN is lost: a window in which its owner chooses a new one, opened by the officer who sees the card, or by two peers.

Whoever opens it never sees or sets a PIN: the window only serves on a proved number of the member's own. So a reset takes two
people: one officer, or two peers, who share no number with the member; and whoever holds the member's telephone.
"""

from datetime import datetime, timedelta
from typing import Literal

import msgspec
from sqlalchemy import Connection, func, or_, select, update
from sqlalchemy.orm import Session

from app.coop.access import numbers, pins
from app.coop.access.freezes import MoneyFrozen, check_money, freeze_money
from app.coop.access.identity import resets_here
from app.coop.access.models import Reset
from app.coop.act import Act
from app.coop.members.lookup import FoundMember
from app.coop.members.models import Member, Number, Person
from app.coop.members.telephones import numbers_of
from app.coop.offices import audit
from app.db.rows import store, total

WINDOW = timedelta(minutes=30)
PEER_WAITS = timedelta(hours=2)
"""How long the first peer's word waits for a second one."""
MOST_A_DAY, MOST_A_MONTH, MOST_HELPS = 2, 5, 2
"""Windows of a member in a day and in thirty days; members whom a peer helps in a day."""

Why = Literal["own", "state", "often", "fresh", "place", "no_phone", "again", "lost"]


class NotNow(Exception):
    """No window is opened; `why` says for what reason."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


class Window(msgspec.Struct, frozen=True):
    """A window that is open until then, or with None a first peer's word that waits for a second."""

    person_id: int
    until: datetime | None


def open_by_officer(session: Session, act: Act, member: FoundMember) -> Window:
    """Open a member's window: the officer sees the card, and calls from the act's number. Raises NotNow."""
    now, officer = act.now, act.person_id
    numbers.lock_person(session, member.person_id)
    if not numbers.settled(session, officer, act.phone, now):
        raise NotNow("fresh")
    _check(session, member, officer, now)
    row = Reset(person_id=member.person_id, kind="officer", first_by=officer, first_phone=act.phone, at=now, opened_at=now)
    store(session, row)
    audit.note(session, act, "reset opened", f"reset:{row.id}", member)
    return _open(session, member, now)


def help_as_peer(session: Session, act: Act, member: FoundMember) -> Window:
    """Take a peer's word, given under the peer's own PIN from the act's number; the second one's opens the window. Raises NotNow.

    A peer is an active member of the same co-operative, on a number of their own for three days, shared with neither the member nor
    the other peer, whose own account is in no freeze.
    """
    peer_member_id, phone, now = act.member, act.phone, act.now
    numbers.lock_person(session, member.person_id)
    peer = session.execute(
        select(Member.person_id, Member.cooperative_id, Member.state, Member.leaving_on).where(Member.id == peer_member_id)
    ).one()
    if peer.cooperative_id != member.cooperative_id or peer.state != "active" or peer.leaving_on:
        raise NotNow("place")
    if not numbers.settled(session, peer.person_id, phone, now) or _frozen(session, peer_member_id, now):
        raise NotNow("fresh")
    _check(session, member, peer.person_id, now)
    if _helps(session, peer.person_id, now) >= MOST_HELPS:
        raise NotNow("often")
    waiting = session.scalar(
        select(Reset)
        .where(Reset.person_id == member.person_id, Reset.kind == "peers", Reset.opened_at.is_(None), Reset.at > now - PEER_WAITS)
        .order_by(Reset.id.desc())
        .limit(1)
    )
    if waiting is None:
        session.add(Reset(person_id=member.person_id, kind="peers", first_by=peer.person_id, first_phone=phone, at=now))
        return Window(member.person_id, None)
    # Two who share a telephone may be one person.
    if waiting.first_phone == phone or numbers.share_a_number(session, waiting.first_by, peer.person_id):
        raise NotNow("again")
    waiting.second_by, waiting.opened_at = peer.person_id, now
    return _open(session, member, now)


def use(session: Session, person_id: int, phone: str, hashed: str, pepper: int, *, now: datetime) -> bool:
    """Set the PIN that was chosen on a number that serves for it; False when no window is open there any more."""
    here = select(Number.id).where(Number.person_id == person_id, Number.phone == phone, resets_here())
    active = select(Member.id).where(Member.person_id == person_id, Member.state == "active")
    taken = (
        update(Person)
        # In one statement: a number that is barred or an account that is closed meanwhile sets no PIN.
        .where(Person.id == person_id, Person.reset_until > now, here.exists(), active.exists())
        .values(reset_until=None)
        .returning(Person.id)
    )
    if session.execute(taken).first() is None:
        return False
    pins.set_pin(session, person_id, hashed, pepper, now=now)
    _close(session, person_id, now)
    freeze_money(session, person_id, now)
    return True


def decline(session: Session, person_id: int) -> bool:
    """Shut a window that its owner, or whoever has the telephone, didn't ask for; the PIN stays as it was."""
    shut = update(Person).where(Person.id == person_id, Person.reset_until.is_not(None)).values(reset_until=None)
    return session.execute(shut.returning(Person.id)).first() is not None


def _check(session: Session, member: FoundMember, helper: int, now: datetime) -> None:
    if member.state != "active" or not member.has_pin:
        raise NotNow("state")
    if numbers.share_a_number(session, helper, member.person_id):
        raise NotNow("own")
    proved = [number for number in numbers_of(session, member.person_id) if not number.proof_wanted]
    if not proved:
        raise NotNow("no_phone")
    if all(number.trusted for number in proved) and numbers.lost_lately(session, member.person_id, now):
        raise NotNow("lost")  # else whoever bars her own telephone makes her neighbour's good for a new PIN
    opened = select(func.count()).select_from(Reset).where(Reset.person_id == member.person_id)
    for days, most in ((1, MOST_A_DAY), (30, MOST_A_MONTH)):
        if total(session, opened.where(Reset.opened_at > now - timedelta(days=days))) >= most:
            raise NotNow("often")


def _helps(session: Session, peer: int, now: datetime) -> int:
    mine = or_(Reset.first_by == peer, Reset.second_by == peer) & (Reset.kind == "peers") & (Reset.at > now - timedelta(days=1))
    return total(session, select(func.count()).select_from(Reset).where(mine))


def _frozen(reader: Connection | Session, member_id: int, now: datetime) -> bool:
    try:
        check_money(reader, member_id, now)
    except MoneyFrozen:
        return True
    return False


def _open(session: Session, member: FoundMember, now: datetime) -> Window:
    until = now + WINDOW
    session.execute(update(Person).where(Person.id == member.person_id).values(reset_until=until))
    freeze_money(session, member.person_id, now)
    return Window(member.person_id, until)


def _close(session: Session, person_id: int, now: datetime) -> None:
    newest = select(func.max(Reset.id)).where(Reset.person_id == person_id, Reset.opened_at.is_not(None)).scalar_subquery()
    session.execute(update(Reset).where(Reset.id == newest).values(used_at=now))
