"""What is handed over: payments of deliveries, and payouts that officers approved."""

from collections.abc import Iterator
from datetime import date, datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, select
from sqlalchemy.orm import Session

from app.coop import law
from app.coop.act import Act
from app.coop.handover.services import HandoverKind, HandoverNotOpen, leave
from app.coop.ledger import schedule, settling
from app.coop.ledger.models import Payout
from app.coop.ledger.payouts import SIDES, NotHers, words_of
from app.coop.members.finding import BELONGS
from app.coop.members.lock import Standing
from app.coop.payments import batches
from app.coop.payments.models import Payment, PaymentBatch


class Handed(msgspec.Struct, frozen=True):
    """What waits for a word on it: the name of its kind, its row's id, XOF, what it is, and of a payment in cash the office."""

    kind: str
    id: int
    reference: str
    amount: int
    on: date
    what: str
    role: str | None


def _may_be_paid(session: Session, act: Act, row: Payment, member: Standing) -> None:
    """By an officer's hand nothing goes to who was excluded or died: that is part of the settlement."""
    del session
    # an operator's transfer has left, whoever the member is by now
    if member.state == "departed" or (act.by and member.state not in BELONGS):
        raise HandoverNotOpen(row.id)
    row.handed_role = act.by.role if act.by else None


def _may_be_given(session: Session, act: Act, row: Payout, member: Standing) -> None:
    """Raise NotHers, Unlawful."""
    if row.kind != "settlement" and member.state not in BELONGS:
        raise NotHers(row.member_id)
    law.check(session, row.kind, row.member_id, act.today)


def _book_payout(session: Session, act: Act, row: Payout) -> int:
    """Write the entry; an advance's schedule begins. A settlement takes all that is owed, and raises StillOpen, TooEarly, Owes."""
    if row.kind == "settlement":
        return settling.book(session, row, settling.clear(session, row, act.now), act.now)
    if row.instalments:
        schedule.write(session, row, act.today)
    return leave(session, row, row.kind, SIDES[row.kind][0], act.now)


def _close_settled(session: Session, row: Payout, now: datetime) -> None:
    if row.kind == "settlement":
        settling.close_paid(session, row, now)


PAYMENT = HandoverKind(
    Payment,
    _may_be_paid,
    lambda session, act, row: leave(session, row, "handing_over", "payable", act.now),
    taken_back=lambda session, row: batches.free(session, [row.id]),
    only=select(PaymentBatch.id).where(PaymentBatch.id == Payment.batch_id, PaymentBatch.state == "open").exists(),
)
PAYOUT = HandoverKind(Payout, _may_be_given, _book_payout, _close_settled, promised=True, signed="payout")
KINDS = {kind.table.NAME: kind for kind in (PAYMENT, PAYOUT)}


def to_confirm(reader: Connection | Session, member_id: int) -> list[Handed]:
    """Return what was handed over to a member and isn't confirmed: payments first, the oldest of each first."""
    return [one for kind in KINDS.values() for one in _handed(reader, kind.table, kind.table.member_id == member_id)]


def handed_by_reference(reader: Connection | Session, cooperative_id: int, reference: str) -> Handed | None:
    """Return what was handed over under a reference and isn't confirmed, if there is any."""
    tables = (kind.table for kind in KINDS.values())
    found = (_handed(reader, one, (one.cooperative_id == cooperative_id) & (one.reference == reference)) for one in tables)
    return next((one for rows in found for one in rows), None)


def _handed(reader: Connection | Session, table: type[Payment | Payout], which: ColumnElement[bool]) -> Iterator[Handed]:
    own = (Payout.kind, Payout.asset) if table is Payout else (Payment.handed_role,)
    rows = select(table.id, table.reference, table.amount, table.handed_at, *own).where(which, table.waits())
    for id_, reference, amount, at, *more in reader.execute(rows.order_by(table.id)):
        what, role = (words_of(*more), None) if table is Payout else ("Paiement", more[0])
        yield Handed(table.NAME, id_, reference, amount, at.date(), what, role)
