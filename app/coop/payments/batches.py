"""Make a batch of payments: what it holds no other batch can take, and what it doesn't pay in the end is free again."""

import secrets
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, timedelta

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.orm import Session

from app import units
from app.coop import approvals
from app.coop.act import Act
from app.coop.cooperatives.lock import lock_cooperative
from app.coop.cooperatives.models import Cooperative
from app.coop.handover.references import draw_references
from app.coop.ledger.services import MOST_HELD
from app.coop.members.lock import lock_members
from app.coop.members.lookup import BELONGS
from app.coop.offices import audit
from app.coop.payments.due import MemberDue, Wanted, due
from app.coop.payments.models import Payment, PaymentBatch, PaymentExportLine, PaymentLine
from app.coop.production.models import Weighing
from app.coop.products.models import Product
from app.db.rows import require, store, total

ALONE = timedelta(hours=24)
"""Within this, small batches of one officer count together against the threshold."""


class ToldBatch(msgspec.Struct, frozen=True):
    """A batch as told: `left` payments of it are still open, worth `worth` XOF."""

    id: int
    way: str
    state: str
    product: str | None
    day: date | None
    left: int
    worth: int


class BatchChanged(Exception):
    """What is due is not what was shown any more."""


class BatchTooLarge(Exception):
    """A batch comes to more than MOST_HELD: make several."""


class BatchNotOpen(Exception):
    """The batch is closed, waits for other officers, or is another co-operative's."""


def make(
    session: Session,
    act: Act,
    wanted: Wanted,
    way: str,
    *,
    count: int,
    francs: int,
    draw: Callable[[int], int] = secrets.randbelow,
) -> tuple[int, bool]:
    """Make a batch of what is due, as it was shown: so many members, so many XOF; return its id and whether it waits for others:
    above the co-operative's threshold, with what its maker made alone since ALONE, or when its maker weighed any of it.

    The same operation again gives the first. Batches of one co-operative are made one after the other, so that each sees what
    those before it hold. Raises BatchChanged, BatchTooLarge.
    """
    scope = act.office.scope.cooperative
    lock_cooperative(session, scope)
    threshold = session.execute(select(Cooperative.payment_threshold).where(Cooperative.id == scope)).scalar_one()
    # Behind the lock: the same act may just have been done by its first request.
    known = session.execute(select(PaymentBatch.id, PaymentBatch.state).where(PaymentBatch.operation == act.operation)).first()
    if known is not None:
        return known.id, known.state == "waiting"
    if francs > MOST_HELD:
        raise BatchTooLarge(francs)
    found = due(session, scope, wanted, way, act.now)
    # The officer's PIN was for what the screen said.
    if not found or len(found) != count or sum(one.amount for one in found) != francs:
        raise BatchChanged
    # Members are read again behind their locks: one may have left since `due` was read.
    if any(member.state not in BELONGS for member in lock_members(session, [one.member_id for one in found]).values()):
        raise BatchChanged
    waits = francs + _made_alone(session, act) > threshold or _weighed_by(session, act.person_id, found)
    batch = PaymentBatch(
        cooperative_id=scope,
        day=wanted.day,
        product_id=wanted.product_id,
        way=way,
        state="waiting" if waits else "open",
        total=francs,
        made_by=act.person_id,
        made_at=act.now,
        channel=act.channel,
        operation=act.operation,
    )
    store(session, batch)
    _hold(session, scope, batch.id, found, act.today.year, draw)
    if waits:
        approvals.ask(
            session,
            act,
            "batch",
            f"Payer {units.count(count, 'membre')}, lot {batch.id}",
            subject="batch",
            subject_id=batch.id,
            cooperative_id=scope,
            amount=francs,
        )
    audit.note(session, act, "batch made", f"batch:{batch.id}")
    return batch.id, waits


def approved(session: Session, approval: approvals.Approval, act: Act) -> None:
    """Open a batch that other officers have approved."""
    del act
    waits = update(PaymentBatch).where(PaymentBatch.id == approval.subject_id, PaymentBatch.state == "waiting")
    require(session.scalar(waits.values(state="open").returning(PaymentBatch.id)), approvals.Impossible("le lot est clos"))


def refused(session: Session, approval: approvals.Approval, now: datetime) -> None:
    """Close a batch that officers refused, or let die: what it held is due again."""
    del now
    _drop(session, approval.subject_id)


def close(session: Session, act: Act, batch_id: int) -> int:
    """Close a batch by an officer's word: what wasn't handed over is due again. Returns how many payments; raises BatchNotOpen."""
    mine = select(PaymentBatch.id).where(
        PaymentBatch.id == batch_id, act.office.scope.own(PaymentBatch.cooperative_id), PaymentBatch.state != "closed"
    )
    require(session.scalar(mine), BatchNotOpen())
    approvals.drop(session, "batch", [batch_id], act.now)  # before the row, as those who decide lock
    require(session.scalar(mine.with_for_update()), BatchNotOpen())
    audit.note(session, act, "batch closed", f"batch:{batch_id}")
    return _drop(session, batch_id)


def free(session: Session, payments: Collection[int]) -> None:
    """Let go of the deliveries of cancelled payments."""
    session.execute(delete(PaymentLine).where(PaymentLine.payment_id.in_(payments)))


def leave_out(session: Session, cooperative_id: int, member_id: int) -> None:
    """Cancel a member's payments that nobody handed over: what they held is due again.

    One that went out in an operator's file stays: it may be paid, and its answer is taken. What stands on a cash list goes:
    no officer's hand may give it to a closed account, and open it would keep the settlement from being asked.
    Call it before the member's row is locked.
    """
    lock_cooperative(session, cooperative_id)
    went_out = select(PaymentExportLine.payment_id).join(PaymentBatch, PaymentBatch.id == Payment.batch_id)
    went_out = went_out.where(PaymentExportLine.payment_id == Payment.id, PaymentBatch.way == "mobile")
    mine = update(Payment).where(Payment.member_id == member_id, Payment.state == "open", ~went_out.exists())
    free(session, session.scalars(mine.values(state="cancelled").returning(Payment.id)).all())


def open_batches(reader: Connection | Session, cooperative_id: int) -> list[ToldBatch]:
    """Return the batches that have something left to hand over or wait for other officers, the newest first."""
    left, worth = func.count(Payment.id), func.coalesce(func.sum(Payment.amount), 0)
    rows = reader.execute(
        select(
            PaymentBatch.id,
            PaymentBatch.way,
            PaymentBatch.state,
            Product.name,
            PaymentBatch.day,
            left,
            worth,
        )
        .join(Payment, Payment.batch_id == PaymentBatch.id)
        .outerjoin(Product, Product.id == PaymentBatch.product_id)
        .where(PaymentBatch.cooperative_id == cooperative_id, PaymentBatch.state != "closed", Payment.state == "open")
        .group_by(PaymentBatch.id, Product.name)
        .order_by(PaymentBatch.id.desc())
    )
    return [ToldBatch(*row[:5], int(row[5]), int(row[6])) for row in rows]


def _drop(session: Session, batch_id: int) -> int:
    """Close a batch and free what it holds; return how many payments were cancelled."""
    session.execute(update(PaymentBatch).where(PaymentBatch.id == batch_id, PaymentBatch.state != "closed").values(state="closed"))
    still_open = update(Payment).where(Payment.batch_id == batch_id, Payment.state == "open")
    gone = session.scalars(still_open.values(state="cancelled").returning(Payment.id)).all()
    free(session, gone)
    return len(gone)


def _made_alone(session: Session, act: Act) -> int:
    """Return what this officer's batches since ALONE pay without another officer's word, in XOF."""
    asked = select(approvals.Approval.id).where(
        approvals.Approval.kind == "batch", approvals.Approval.subject_id == PaymentBatch.id
    )
    mine = act.office.scope.own(PaymentBatch.cooperative_id) & (PaymentBatch.made_by == act.person_id)
    paid = select(func.coalesce(func.sum(Payment.amount), 0)).join(PaymentBatch, PaymentBatch.id == Payment.batch_id)
    return int(
        total(session, paid.where(mine, PaymentBatch.made_at > act.now - ALONE, Payment.state != "cancelled", ~asked.exists()))
    )


def _weighed_by(session: Session, person_id: int, found: Sequence[MemberDue]) -> bool:
    """Tell whether an officer weighed any of what would be paid: who wrote it down doesn't pay it alone."""
    weighings = [weighing for one in found for weighing in one.weighings]
    theirs = select(Weighing.id).where(Weighing.id.in_(weighings), Weighing.officer_id == person_id)
    return session.scalar(theirs.limit(1)) is not None


def _hold(session: Session, scope: int, batch: int, found: Sequence[MemberDue], season: int, draw: Callable[[int], int]) -> None:
    rows = [
        {"batch_id": batch, "cooperative_id": scope, "season": season, "reference": reference, "member_id": one.member_id}
        | {"amount": one.amount, "state": "open"}
        for one, reference in zip(found, draw_references(session, scope, season, len(found), draw), strict=True)
    ]
    # The order of RETURNING isn't promised: each id is found by its member.
    made = session.execute(insert(Payment).returning(Payment.member_id, Payment.id), rows)
    payment_of = {member: payment for member, payment in made}  # noqa: C416 - a Row is not a pair to mypy
    lines = [{"weighing_id": w, "payment_id": payment_of[one.member_id]} for one in found for w in one.weighings]
    # Who is paid all that is due may be owed a balance from the paper book alone, without any delivery.
    if lines:
        session.execute(insert(PaymentLine), lines)
