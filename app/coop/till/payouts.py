"""Money or equipment that a member asks for, or an officer for her: several officers decide before it is handed over.

Until it is handed over the savings asked for are held: nobody can ask for them again.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, select, update
from sqlalchemy.orm import Session

from app import texts
from app.coop import approvals, law
from app.coop.access.freezes import check_money
from app.coop.act import Act
from app.coop.approvals import Approval, ApprovalVote
from app.coop.approvals.rules import whom_to_ask
from app.coop.handover.box import BoxShort, check_box
from app.coop.handover.references import draw_references
from app.coop.handover.services import HandoverNotOpen, NotForYourself, move
from app.coop.ledger.services import MOST_MOVED
from app.coop.members.lock import LockedMember, lock_member
from app.coop.members.lookup import BELONGS
from app.coop.members.notices import tell_first
from app.coop.offices import audit
from app.coop.till import schedule
from app.coop.till.models import HELD, OPEN, Payout
from app.coop.till.withdrawals import check_free
from app.db.rows import store


class PayoutKind(msgspec.Struct, frozen=True):
    """What leaves so, as people read it.

    `account` is the member's that it is taken from; None where another subject asks for it and writes its entry. `check` raises
    what speaks against so many XOF for a member. `after` is the kind of approval that may still be asked for once it is approved.
    """

    words: str
    account: str | None = None
    check: Callable[[Session, int, int], None] | None = None
    after: str | None = None


KINDS = {
    "withdrawal": PayoutKind("Retrait d'épargne", "savings", check_free),
    "advance": PayoutKind("Avance", "advance"),
    "leasing": PayoutKind("Crédit-bail", "leasing"),
    "settlement": PayoutKind("Solde de tout compte"),
    "aid": PayoutKind("Entraide", after="aid_after"),
}
ASKED_HERE = tuple(name for name, kind in KINDS.items() if kind.account)


class AlreadyOpen(Exception):
    """One of this kind is on its way to this member already, or all that is theirs is."""


class NotHers(Exception):
    """The member isn't active, or of another co-operative."""


class BadAmount(ValueError):
    """The amount is none, or less than a franc an instalment."""


class OpenPayout(msgspec.Struct, frozen=True):
    """A payout on its way, `amount` in XOF."""

    id: int
    kind: str
    amount: int
    asset: str | None
    reference: str
    state: str
    asked_at: datetime
    handed_at: datetime | None
    contested: bool = False
    paper: str | None = None


def open_of(reader: Connection | Session, member_id: int, states: Sequence[str] = OPEN) -> list[OpenPayout]:
    """Return what is on its way to a member, oldest first."""
    columns = (Payout.id, Payout.kind, Payout.amount, Payout.asset, Payout.reference, Payout.state, Payout.asked_at)
    rows: Any = select(*columns, Payout.handed_at, Payout.contested, Payout.paper)
    mine = rows.where(Payout.member_id == member_id, Payout.state.in_(states))
    return [OpenPayout(*row) for row in reader.execute(mine.order_by(Payout.id))]


def ask(
    session: Session,
    act: Act,
    kind: str,
    member_id: int,
    amount: int,
    *,
    asset: str | None = None,
    instalments: int = 0,
    draw: Callable[[int], int] = secrets.randbelow,
) -> Payout:
    """Ask for a payout, by the member herself or by an officer for her; several officers decide.

    The same operation gives the first. Raises NotHers, NotForYourself, Unlawful, MoneyFrozen, NotEnough, AlreadyOpen, BadAmount.
    """
    known = session.scalar(select(Payout).where(Payout.operation == act.operation))
    if known is not None:
        return known
    if not 0 < amount <= MOST_MOVED or not 0 <= instalments <= schedule.MOST_INSTALMENTS or amount < instalments:
        raise BadAmount(amount)
    member = lock_asked_for(session, act, kind, member_id)
    if check := KINDS[kind].check:
        check(session, member_id, amount)
    row = Payout(
        kind=kind,
        cooperative_id=member.cooperative_id,
        member_id=member_id,
        amount=amount,
        asset=asset,
        instalments=instalments,
    )
    return enter(session, act, row, draw)


def lock_asked_for(session: Session, act: Act, kind: str, member_id: int, states: Sequence[str] = BELONGS) -> LockedMember:
    """Lock the member for whom a payout is asked, who is in one of these states.

    Raises NotHers, NotForYourself, Unlawful, MoneyFrozen, AlreadyOpen.
    """
    member = lock_member(session, member_id, NotHers, states)  # those who ask at once wait for each other here
    if act.by is not None and act.office.cooperative_id != member.cooperative_id:
        raise NotHers(member_id)
    if act.by is not None and member.person_id == act.person_id:
        raise NotForYourself
    law.check(session, kind, member_id, act.today)
    check_money(session, member_id, act.now)
    # A settlement takes all that is theirs, so that nothing leaves beside it.
    if any(one.kind in (kind, "settlement") for one in open_of(session, member_id)):
        raise AlreadyOpen(kind)
    return member


def enter(
    session: Session,
    act: Act,
    row: Payout,
    draw: Callable[[int], int] = secrets.randbelow,
    *,
    needed: int | None = None,
    barred_id: int | None = None,
) -> Payout:
    """Write a payout that is asked for, with its reference, and have it wait for other officers, as `approvals.ask` says."""
    [row.reference] = draw_references(session, row.cooperative_id, act.today.year, 1, draw)
    row.state, row.asked_by, row.asked_at, row.channel, row.operation = "asked", act.person_id, act.now, act.channel, act.operation
    store(session, row)
    if act.by is not None:
        audit.note(session, act, "payout asked", f"payout:{row.id}", row)
    approvals.ask(
        session,
        act,
        row.kind,
        _words(row),
        subject="payout",
        subject_id=row.id,
        cooperative_id=row.cooperative_id,
        amount=row.amount,
        member_id=row.member_id,
        needed=needed,
        barred_id=barred_id,
        details={"reference": row.reference},
    )
    return row


def cancel(session: Session, act: Act, payout_id: int) -> None:
    """Take back by the member's word what wasn't handed over; officers who are asked about it afterwards are told, and those who
    approved it. Raises HandoverNotOpen.
    """
    mine = (Approval.subject == "payout") & (Approval.subject_id == payout_id)
    after = Approval.kind.in_([kind.after for kind in KINDS.values() if kind.after])
    asked = session.scalar(select(Approval).where(mine, after, Approval.state == "waiting").with_for_update())
    told: set[int] = set()
    if asked is not None:
        votes = select(ApprovalVote.person_id).join(Approval, Approval.id == ApprovalVote.approval_id).where(mine)
        told = {*session.scalars(votes), *(whom_to_ask(session, asked, act.today) if asked.told == "asked" else ())}
    gone = let_go(session, act.now, Payout.id == payout_id, Payout.member_id == act.member)
    if not gone:
        raise HandoverNotOpen(payout_id)
    words = texts.say("aid_taken_back", reference=gone[0].reference)
    tell_first(session, act, told, "task", f"payout:{payout_id}:taken back", words)


def let_go(session: Session, now: datetime, *which: ColumnElement[bool]) -> Sequence[Any]:
    """Let go of what fits and wasn't handed over: return each one's id, reference, member and asker. Nobody is told."""
    found = session.execute(select(Payout.id, Payout.kind).where(Payout.state.in_(HELD), *which).order_by(Payout.id)).all()
    for payout, kind in found:
        for waits in filter(None, (kind, KINDS[kind].after)):
            approvals.drop(session, waits, [payout], now)  # before the rows, as those who decide lock
    # The state is asked again: an officer may have handed it over since it was found.
    still = update(Payout).where(Payout.id.in_([row.id for row in found]), Payout.state.in_(HELD)).values(state="cancelled")
    return session.execute(still.returning(Payout.id, Payout.reference, Payout.member_id, Payout.asked_by)).all()


def approved(session: Session, approval: approvals.Approval, act: Act) -> None:
    """Let it be handed over: the officers want it."""
    try:
        row = move(session, Payout, approval.subject_id, ("asked",), "approved")
        # Since it was asked the legal form may have changed, or the member taken an office (AUSCOOP 313).
        law.check(session, row.kind, row.member_id, act.today)
        if row.box == "cash":
            # The row counts as promised by now: what is free must not be below zero with it.
            check_box(session, row.cooperative_id, row.amount)
    except HandoverNotOpen:
        raise approvals.Impossible("demande retirée") from None
    except law.Unlawful as unlawful:
        raise approvals.Impossible(str(unlawful).rstrip(".")) from None
    except BoxShort:
        # Not final: the box may fill, and the officer gives the word again.
        raise approvals.Impossible("la caisse n'a pas assez") from None


def refused(session: Session, approval: approvals.Approval, now: datetime) -> None:
    """Let go of what it held: refused, or dead."""
    del now
    session.execute(update(Payout).where(Payout.id == approval.subject_id, Payout.state == "asked").values(state="refused"))


def _words(row: Payout) -> str:
    times = f" en {row.instalments} fois" if row.instalments else ""
    heirs = f", héritiers {row.paper}" if row.paper else ""
    return f"{words_of(row.kind, row.asset)}{times}{heirs}"


def words_of(kind: str, asset: str | None) -> str:
    """Say what a payout is."""
    return f"{KINDS[kind].words} {asset or ''}".strip()
