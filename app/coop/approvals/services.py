"""Ask for the word of several officers, give it, and make happen what they want: in the transaction of the last word needed."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select, update
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.approvals import rules
from app.coop.approvals.kinds import KINDS
from app.coop.approvals.models import Approval, ApprovalVote
from app.coop.members.lock import MemberLeft
from app.coop.offices import audit
from app.coop.offices.queries import offices_of
from app.coop.rights import Office
from app.coop.scope import Scope
from app.db.rows import store, total

LIVES = timedelta(hours=72)
"""After this what nobody decided is dead: nothing happens, and who asked is told."""
MOST_LISTED = 40
MOST_COUNTED = 99


class ApprovalDecided(msgspec.Struct, frozen=True):
    """How an approval stands after an officer's word; `missing` is how many more it needs, `why` says why it came to nothing."""

    state: str
    missing: int = 0
    why: str | None = None


class WaitingApproval(msgspec.Struct, frozen=True):
    """Something that waits for an officer's word; `amount` in XOF."""

    id: int
    kind: str
    words: str
    amount: int | None
    cooperative_id: int | None
    member_id: int | None
    asked_by: int | None
    asked_at: datetime


class ApprovalClosed(Exception):
    """It was decided, is dead, or isn't for this officer to decide: asked by them, about them, or decided by them already."""


class AlreadyAsked(Exception):
    """The same is asked already and waits."""


class Impossible(Exception):
    """What was approved can't be done (savings spent, say); its argument says why in French, at most 48 septets.

    The word isn't taken; when it is `final` the approval ends with it, and all who gave their word are told why.
    """

    def __init__(self, why: str, *, final: bool = False) -> None:
        super().__init__(why)
        self.final = final


def ask(
    session: Session,
    act: Act,
    kind: str,
    words: str,
    *,
    subject: str,
    subject_id: int,
    cooperative_id: int | None,
    amount: int | None = None,
    member_id: int | None = None,
    details: Mapping[str, Any] | None = None,
    needed: int | None = None,
    barred_id: int | None = None,
) -> int:
    """Have something wait for other officers; return its id, the first one's for the same operation. Raises AlreadyAsked.

    `words` (no name, at most 48 septets) and `amount` are what they read. The co-operative's rule says how many are needed and
    of which offices; `needed` overrides the number, and the word of `barred_id` doesn't count. What a file brings is asked by
    nobody: the act's person is 0. Officers are told by the sweeper, in one SMS for what came together.
    """
    operation = f"{kind}:{act.operation}"
    known = session.scalar(select(Approval.id).where(Approval.operation == operation))
    if known is not None:
        return known
    same = select(Approval).where(Approval.kind == kind, Approval.subject_id == subject_id, Approval.state == "waiting")
    # Locked: its last word may be under way.
    before = session.scalar(same.with_for_update())
    if before is not None and before.expires_at > act.now:
        raise AlreadyAsked(f"{kind} {subject} {subject_id}")
    # The sweeper hasn't come by yet: what is too old makes room here.
    if before is not None:
        end(session, before, "dead", act.now)
    asker = act.person_id or None
    usual, roles = rules.rule_for(session, kind, cooperative_id, asker, member_id, act.today)
    row = Approval(
        kind=kind,
        cooperative_id=cooperative_id,
        subject=subject,
        subject_id=subject_id,
        details=dict(details or {}),
        words=words[:48],
        amount=amount,
        member_id=member_id,
        asked_by=asker,
        barred_id=barred_id,
        asked_at=act.now,
        expires_at=act.now + LIVES,
        needed=needed or usual,
        roles=",".join(roles),
        operation=operation,
    )
    row.roles = rules.without_federation(session, row, act.today)
    return store(session, row).id


def decide(session: Session, act: Act, approval_id: int, *, approved: bool) -> ApprovalDecided:
    """Give an officer's word, and do what was asked when it is the last one needed. One refusal refuses.

    The approval is locked, so of two last words one acts. Words of officers who lost their office meanwhile don't count. The
    same operation again changes nothing. Raises ApprovalClosed, and Impossible unless that is final.
    """
    row = session.scalar(select(Approval).where(Approval.id == approval_id).with_for_update())
    given = select(ApprovalVote.operation).where(ApprovalVote.approval_id == approval_id)
    mine = session.scalar(given.where(ApprovalVote.person_id == act.person_id))
    if row is not None and mine == act.operation:
        return ApprovalDecided(row.state, _missing(session, row, act.now), row.why)
    office = rules.office_to_decide(session, row, act.person_id, act.today) if row is not None else None
    if row is None or office is None or mine is not None or row.state != "waiting" or row.expires_at <= act.now:
        raise ApprovalClosed(approval_id)
    vote = ApprovalVote(approval_id=row.id, person_id=act.person_id, approved=approved, at=act.now, operation=act.operation)
    store(session, vote)
    act = msgspec.structs.replace(act, by=office)
    audit.note(session, act, f"approval {'given' if approved else 'refused'}", f"approval:{row.id}", row)
    if not approved:
        row.decided_by = act.person_id
        end(session, row, "refused", act.now)
        return ApprovalDecided(row.state)
    missing = _missing(session, row, act.now)
    if missing == 0:
        # Before the act itself, which reads the approval and may undo it.
        row.state, row.decided_by, row.decided_at = "approved", act.person_id, act.now
        session.flush()
        _execute(session, row, act)
    return ApprovalDecided(row.state, missing, row.why)


def waiting_for(reader: Connection | Session, office: Office, now: datetime) -> list[WaitingApproval]:
    """Return what waits for this officer's word, by whichever of their offices, oldest first."""
    columns = (Approval.id, Approval.kind, Approval.words, Approval.amount)
    waits = _waits_for(offices_of(reader, office.person_id, now.date()), office.person_id, now)
    rows = select(*columns, Approval.cooperative_id, Approval.member_id, Approval.asked_by, Approval.asked_at).where(waits)
    return [WaitingApproval(*row) for row in reader.execute(rows.order_by(Approval.id).limit(MOST_LISTED))]


def waiting_count(reader: Connection | Session, offices: tuple[Office, ...], now: datetime) -> int:
    """Return how many wait for the word of a person who holds these offices, at most MOST_COUNTED; without any nothing is asked."""
    if not offices:
        return 0
    few = select(Approval.id).where(_waits_for(offices, offices[0].person_id, now)).limit(MOST_COUNTED).subquery()
    return total(reader, select(func.count()).select_from(few))


def open_count(reader: Connection, scope: Scope, now: datetime, *, without: Collection[str] = ()) -> tuple[int, datetime | None]:
    """Return how many wait for anybody's word in reach of a scope, but of some kinds, and since when the first."""
    open_ = (Approval.state == "waiting") & (Approval.expires_at > now) & scope.reach(Approval.cooperative_id)
    open_ &= Approval.kind.not_in(without)
    number, since = reader.execute(select(func.count(), func.min(Approval.asked_at)).where(open_)).one()
    return number, since


def drop(session: Session, kind: str, subject_ids: Collection[int], now: datetime, why: str | None = None) -> None:
    """End what waits about rows that something else has overtaken; what its kind does at the end is left out.

    The asker, and who approved, are told `why`; without it nobody is.
    """
    waits = (Approval.kind == kind) & Approval.subject_id.in_(subject_ids) & (Approval.state == "waiting")
    told = Approval.told if why else "ended"
    session.execute(update(Approval).where(waits).values(state="dead", why=why, told=told, decided_at=now))


def _execute(session: Session, row: Approval, act: Act) -> None:
    undone = session.begin_nested()
    try:
        try:
            KINDS[row.kind].approved(session, row, msgspec.structs.replace(act, operation=f"approval:{row.id}"))
        except MemberLeft:
            raise Impossible("le compte est clos") from None
        undone.commit()
    except Impossible as why:
        if not why.final:
            raise
        undone.rollback()
        row.why = str(why)
        end(session, row, "dead", act.now)


def end(session: Session, row: Approval, state: str, now: datetime) -> None:
    """End a locked approval without its act, and do what its kind does then."""
    row.state, row.decided_at = state, now
    session.flush()
    ended = KINDS[row.kind].ended
    if ended is not None:
        ended(session, row, now)


def _waits_for(offices: tuple[Office, ...], person_id: int, now: datetime) -> ColumnElement[bool]:
    voted = select(ApprovalVote.id).where(ApprovalVote.approval_id == Approval.id, ApprovalVote.person_id == person_id)
    open_ = (Approval.state == "waiting") & (Approval.expires_at > now)
    return open_ & rules.decidable(offices, person_id) & ~voted.exists()


def _missing(session: Session, row: Approval, now: datetime) -> int:
    """Return how many words a waiting approval still needs, counting those of officers who are so now."""
    if row.state != "waiting":
        return 0
    given = session.scalars(select(ApprovalVote.person_id).where(ApprovalVote.approval_id == row.id, ApprovalVote.approved))
    return max(0, row.needed - sum(rules.office_to_decide(session, row, person, now.date()) is not None for person in given.all()))
