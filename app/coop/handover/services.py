"""Hand over what is held for a member, and have it done by the member's word, or two officers' and a signed receipt's number.

In the books handing over moves it from the member's account to *handed over*, and the word on it from there to the box that it
came from: what left without anybody's word stays a figure of its own.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, true, update
from sqlalchemy.orm import Session

from app.coop.access.freezes import check_money
from app.coop.act import Act
from app.coop.handover.box import check_box
from app.coop.handover.kinds import HandoverKind
from app.coop.ledger.services import account_of, post, reverse
from app.coop.members.lock import lock_members
from app.coop.members.models import Member
from app.coop.offices import audit
from app.db.rows import require


class HandoverNotOpen(Exception):
    """It isn't in the state that this needs: handed over, paid, contested, cancelled, or another co-operative's."""


class NotForYourself(Exception):
    """An officer asks, hands over and signs for others, as any member's own money goes through others' hands."""


class SameOfficer(Exception):
    """A signature wants two officers."""


class OtherSignature(Exception):
    """The first officer typed another number."""


def hand_over(session: Session, act: Act, kind: HandoverKind, row_id: int) -> Any:
    """Note that an officer, or a provider by its file, gave a member what is held; return the row.

    Raises HandoverNotOpen, NotForYourself, MoneyFrozen, BoxShort (of cash), Overdrawn (the books owe less by now), and what its
    kind's own check does: nothing is handed over then.
    """
    here = act.by.scope.own(kind.table.cooperative_id) if act.by else true()
    # Row, what its kind adds, box, member: the order of all locks (members/lock.py).
    row = move(session, kind.table, row_id, (kind.table.HELD,), kind.table.HANDED, here, kind.only)
    row.handed_at, row.handed_by = act.now, act.person_id if act.by else None
    session.flush()
    if kind.lock:
        kind.lock(session, row)
    if row.box == "cash":
        check_box(session, row.cooperative_id, row.amount, promised=kind.promised)
    member = lock_members(session, (row.member_id,))[row.member_id]
    if act.by and member.person_id == act.person_id:
        raise NotForYourself
    kind.check(session, act, row, member)
    # It was approved hours or days ago: a number or a PIN that has changed since freezes what would leave now.
    check_money(session, row.member_id, act.now)
    row.handed_entry_id = kind.book(session, act, row)
    if act.by:
        audit.note(session, act, f"{row.NAME} handed over", f"{row.NAME}:{row.id}", row)
    session.flush()
    return row


def confirm(session: Session, act: Act, kind: HandoverKind, row_id: int) -> Any:
    """Note the member's word that it has come; return the row. Raises HandoverNotOpen."""
    row = _pay(session, kind, row_id, act.now, kind.table.member_id == act.member)
    if kind.confirmed:
        kind.confirmed(session, row, act.now)
    return row


def sign(session: Session, act: Act, kind: HandoverKind, row_id: int, signature: str) -> Any | None:
    """Note an officer's word that a receipt was signed under a number; with a second one's it is paid. None after the first.

    The first may type another number while alone. Raises HandoverNotOpen, NotForYourself, SameOfficer, OtherSignature.
    """
    table = kind.table
    here = (table.id == row_id) & act.office.scope.own(table.cooperative_id) & table.waits()
    row = require(session.scalar(select(table).where(here).with_for_update()), HandoverNotOpen(row_id))
    if session.scalar(select(Member.person_id).where(Member.id == row.member_id)) == act.person_id:
        raise NotForYourself
    first = row.signed_by is None or (row.signed_by == act.person_id and row.signature != signature)
    if first:
        row.signature, row.signed_by = signature, act.person_id
    elif row.signed_by == act.person_id:
        raise SameOfficer
    elif row.signature != signature:
        raise OtherSignature
    else:
        row.countersigned_by = act.person_id
    audit.note(session, act, f"{kind.signed} {'signed' if first else 'countersigned'}", f"{row.NAME}:{row.id}", row)
    session.flush()
    return None if first else _pay(session, kind, row_id, act.now)


def take_back(session: Session, act: Act, kind: HandoverKind, row: Any) -> None:
    """Reverse a handing over that was none, the word on it too: it is as if it had not left. Raises Overdrawn, AlreadyReversed."""
    if row.paid_entry_id is not None:
        reverse(session, row.paid_entry_id, operation=f"{act.operation}:paid", now=act.now)
    if row.handed_entry_id is not None:
        reverse(session, row.handed_entry_id, operation=act.operation, now=act.now)
    # Before the state below: a payment's `resume` sets one of its own.
    row.resume(None)
    row.state = "cancelled"
    if kind.taken_back:
        kind.taken_back(session, row)


def leave(session: Session, row: Any, entry: str, account: str, now: datetime, *, shared: bool = False) -> int:
    """Write the entry of what is handed over, from an account of the member's or (`shared`) of all; return its id."""
    return _post(session, row, entry, (account, None if shared else row.member_id), ("handed_over", None), now)


def move(session: Session, table: type[Any], row_id: int, before: Sequence[str], state: str, *only: ColumnElement[bool]) -> Any:
    """Move a row on from one of these states, and return it; of two at once one does. Raises HandoverNotOpen."""
    # The UPDATE decides: of two who have both read the old state, one finds the row as it wants it.
    moved = update(table).where(table.id == row_id, table.state.in_(before), *only).values(state=state)
    require(session.scalar(moved.returning(table.id)), HandoverNotOpen(row_id))
    return session.get_one(table, row_id, populate_existing=True)


def _pay(session: Session, kind: HandoverKind, row_id: int, now: datetime, *only: ColumnElement[bool]) -> Any:
    row = move(session, kind.table, row_id, (kind.table.HANDED,), "paid", kind.table.waits(), *only)
    row.paid_at = now
    row.paid_entry_id = _post(session, row, "payment", ("handed_over", None), (row.box, None), now)
    session.flush()
    return row


def _post(
    session: Session, row: Any, kind: str, debit: tuple[str, int | None], credit: tuple[str, int | None], now: datetime
) -> int:
    of = [account_of(session, row.cooperative_id, member, account) for account, member in (debit, credit)]
    return post(
        session,
        # The key is the row's and its step's, not the act's: no second way to the same step writes it again.
        operation=f"{row.NAME}:{row.id}:{kind}",
        kind=kind,
        cooperative_id=row.cooperative_id,
        member_id=row.member_id,
        lines=[(of[0], row.amount), (of[1], -row.amount)],
        now=now,
    )
