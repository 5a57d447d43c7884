"""Correct an entry by its opposite: asked by one officer, done by the word of another. Nothing is ever edited."""

from datetime import date

import msgspec
from sqlalchemy import Connection, func, select, true
from sqlalchemy.orm import Session

from app.coop import approvals
from app.coop.act import Act
from app.coop.cooperatives.lock import lock_cooperative
from app.coop.handover.box import box_of, lock_box
from app.coop.handover.kinds import handover_kinds
from app.coop.handover.services import take_back
from app.coop.ledger.models import Account, JournalEntry, Posting, Undoing
from app.coop.ledger.services import AlreadyReversed, Overdrawn, reverse
from app.coop.members.lock import MemberLeft
from app.coop.members.models import Member
from app.coop.offices import audit
from app.coop.payments.due import unheld
from app.coop.subject import declared
from app.coop.till.models import Payout
from app.coop.till.solidarity_fund import fund_of
from app.coop.till.withdrawals import free_savings
from app.db.rows import require

MOST_LISTED = 99
"""As far back as officers leaf through on a phone."""


class ReversibleEntry(msgspec.Struct, frozen=True):
    """An entry that could be reversed: `amount` in XOF, what it moved."""

    id: int
    on: date
    kind: str
    amount: int


class NotReversible(Exception):
    """The entry is of another co-operative or kind, was reversed, or is asked to be; or its argument says why not, in French."""


def reversible_kinds() -> dict[str, str]:
    """Return the kinds of entries that officers reverse, as they are said; a payment of deliveries is contested instead."""
    return {kind: words for subject in declared() for kind, words in subject.reversible.items()}


def reversible(reader: Connection | Session, cooperative_id: int, member_id: int, only: int | None = None) -> list[ReversibleEntry]:
    """Return a member's last entries that could be reversed, newest first; or one, however old."""
    # Postings sum to zero: half of their sizes is what was moved.
    moved = func.sum(func.abs(Posting.amount)) / 2
    rows = reader.execute(
        select(JournalEntry.id, JournalEntry.at, JournalEntry.kind, moved)
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .outerjoin(Undoing, Undoing.reverses_id == JournalEntry.id)
        .where(
            JournalEntry.cooperative_id == cooperative_id,
            JournalEntry.member_id == member_id,
            JournalEntry.kind.in_(reversible_kinds()),
            Undoing.id.is_(None),
            true() if only is None else JournalEntry.id == only,
        )
        .group_by(JournalEntry.id, JournalEntry.at, JournalEntry.kind)
        .order_by(JournalEntry.id.desc())
        .limit(MOST_LISTED)
    )
    return [ReversibleEntry(entry, at.date(), kind, int(amount)) for entry, at, kind, amount in rows]


def ask(session: Session, act: Act, entry_id: int) -> int:
    """Ask that an entry be reversed; return the approval's id. Raises NotReversible, also when it couldn't be done now."""
    entry = session.get(JournalEntry, entry_id)
    if entry is None or entry.member_id is None or entry.cooperative_id != act.office.cooperative_id:
        raise NotReversible
    known = require(next(iter(reversible(session, entry.cooperative_id, entry.member_id, entry_id)), None), NotReversible())
    # Officers aren't asked for what can't be done: their word would end in a refusal.
    _try(session, act, entry)
    try:
        asked = approvals.ask(
            session,
            act,
            "reversal",
            f"Annuler {reversible_kinds()[known.kind]} du {known.on:%d/%m/%Y}",
            subject="entry",
            subject_id=entry_id,
            cooperative_id=entry.cooperative_id,
            amount=known.amount,
            member_id=entry.member_id,
        )
    except approvals.AlreadyAsked:
        raise NotReversible from None
    audit.note(session, act, "reversal asked", f"entry:{entry_id}", entry)
    return asked


def reversed_(session: Session, approval: approvals.Approval, act: Act) -> None:
    """Write the opposite entry, or have the approval end with the reason why it can't be any more."""
    try:
        _reverse(session, act, session.get_one(JournalEntry, approval.subject_id))
    except NotReversible as no:
        # Waiting mends nothing: what was spent stays spent. So the approval ends with its reason.
        raise approvals.Impossible(str(no), final=True) from None


def _reverse(session: Session, act: Act, entry: JournalEntry) -> None:
    """Write the opposite of an entry; of a payout also that of its payment, and it is as if it had not left."""
    # an advance of before the service, or one that was brought over, has no payout: it is an entry like any other
    payout = session.scalar(select(Payout).where(Payout.handed_entry_id == entry.id).with_for_update())
    try:
        if payout is not None:
            take_back(session, act, handover_kinds()[payout.NAME], payout)
        else:
            # Batches are made under this lock: none may hold now what the reversal takes from *payable* (see the end).
            lock_cooperative(session, entry.cooperative_id)
            lock_box(session, entry.cooperative_id)
            reverse(session, entry.id, operation=act.operation, now=act.now)
        # Written first and summed then: the sums have the reversal in them.
        if _touched(session, entry.id, "cash") and box_of(session, entry.cooperative_id).free < 0:
            raise NotReversible("la caisse n'a plus cet argent")
        # Aid is promised and handed over under the box's lock, too.
        if _touched(session, entry.id, "solidarity") and fund_of(session, entry.cooperative_id).free < 0:
            raise NotReversible("la caisse de solidarité n'a plus cet argent")
    except Overdrawn:
        raise NotReversible("dépensé ou remboursé depuis") from None
    except AlreadyReversed:
        raise NotReversible("déjà annulé") from None
    except MemberLeft:
        raise NotReversible("le compte est clos") from None
    member = entry.member_id or 0
    if session.scalar(select(Member.state).where(Member.id == member)) == "departed":
        raise NotReversible("le compte est clos")
    if _touched(session, entry.id, "savings") and free_savings(session, member) < 0:
        raise NotReversible("un retrait attend cette épargne")
    if _touched(session, entry.id, "payable") and unheld(session, member) < 0:
        raise NotReversible("un lot de paiement tient cet argent")


def _try(session: Session, act: Act, entry: JournalEntry) -> None:
    """Raise NotReversible with the reason if the entry couldn't be reversed now: it is tried, and undone."""
    trial = session.begin_nested()
    try:
        _reverse(session, msgspec.structs.replace(act, operation=f"trial:{entry.id}"), entry)
    finally:
        # PostgreSQL gives the locks that were taken since the savepoint back with it.
        trial.rollback()


def _touched(session: Session, entry_id: int, kind: str) -> bool:
    of = select(Posting.id).join(Account, Account.id == Posting.account_id)
    return session.scalar(of.where(Posting.entry_id == entry_id, Account.kind == kind).limit(1)) is not None
