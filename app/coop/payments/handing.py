"""From hand to hand: an officer hands a payment over, and it is paid when the member says so, or two officers and a signature.

In the books handing over moves what is owed to the member to *handed over*, and her word moves that to the box it came from
(*cash*, *mobile*): what left a box without anybody's word stays a figure of its own.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.ledger import services, signing
from app.coop.ledger.box import check_box
from app.coop.ledger.payouts import NotForYourself
from app.coop.members import audit
from app.coop.members.finding import BELONGS
from app.coop.members.freezes import check_money
from app.coop.members.lock import MemberLeft, lock_member
from app.coop.members.models import Member, Person
from app.coop.payments.models import Payment, PaymentBatch
from app.coop.production.brought import NotThere, member_of_card
from app.coop.production.references import valid


class ToHand(msgspec.Struct, frozen=True):
    """A payment as it is handed over: to whom, how many XOF."""

    id: int
    member_id: int
    name: str
    card: str
    reference: str
    amount: int


class Received(msgspec.Struct, frozen=True):
    """A payment that its member hasn't confirmed: `role` is the office that handed it over, None for mobile money."""

    id: int
    reference: str
    amount: int
    role: str | None
    on: date


class PaymentNotOpen(Exception):
    """The payment is not in the state that this needs: handed over, paid, contested or cancelled meanwhile."""


_TO_HAND = (
    select(Payment.id, Payment.member_id, Person.name, Member.card, Payment.reference, Payment.amount)
    .join(Member, Member.id == Payment.member_id)
    .join(Person, Person.id == Member.person_id)
    .join(PaymentBatch, PaymentBatch.id == Payment.batch_id)
    .where(Payment.state == "open", PaymentBatch.state == "open", Member.state.in_(BELONGS))
    .order_by(Payment.id)
)


def to_hand(reader: Connection | Session, cooperative_id: int, way: str | None = None) -> list[ToHand]:
    """Return what is open in batches that may be paid, oldest first; nothing of a closed account."""
    rows = _TO_HAND.where(Payment.cooperative_id == cooperative_id)
    return [ToHand(*row) for row in reader.execute(rows.where(PaymentBatch.way == way) if way else rows)]


def to_hand_by(reader: Connection | Session, cooperative_id: int, typed: str) -> ToHand:
    """Find an open payment in cash by its reference, or the oldest one by its member's card. Raises NotThere."""
    wanted = _TO_HAND.where(Payment.cooperative_id == cooperative_id, PaymentBatch.way == "cash")
    found = reader.execute(wanted.where(Payment.reference == typed)).first() if valid(typed) else None
    if found is None:
        found = reader.execute(wanted.where(Payment.member_id == member_of_card(reader, cooperative_id, typed))).first()
    if found is None:
        raise NotThere(typed)
    return ToHand(*found)


def cards_of(reader: Connection | Session, members: Collection[int]) -> dict[int, str]:
    """Return members' cards: a cash list names nobody."""
    rows = reader.execute(select(Member.id, Member.card).where(Member.id.in_(members)))
    return {member: card for member, card in rows}  # noqa: C416 - a Row is not a pair to mypy


def name_of(reader: Connection | Session, payment_id: int) -> str:
    """Return whose money a payment is."""
    hers = select(Person.name).join(Member, Member.person_id == Person.id).join(Payment, Payment.member_id == Member.id)
    return reader.scalar(hers.where(Payment.id == payment_id)) or ""


def hand_over(session: Session, act: Act, payment_id: int, *, provider_reference: str | None = None) -> Payment:
    """Note that a member was given her money, in cash by an officer or by the operator with its reference.

    By an officer's hand nothing goes to who was excluded or died: that is part of the settlement.
    Raises PaymentNotOpen, NotForYourself, MoneyFrozen, BoxShort (in cash only), and Overdrawn when the books don't owe it any
    more (a delivery was reversed, say): nothing is handed over then.
    """
    open_here = select(PaymentBatch.id).where(PaymentBatch.id == Payment.batch_id, PaymentBatch.state == "open")
    taken = update(Payment).where(Payment.id == payment_id, Payment.state == "open", open_here.exists())
    by: dict[str, Any] = {"provider_reference": provider_reference}
    if act.by:
        taken = taken.where(act.by.scope.own(Payment.cooperative_id))
        by = {"handed_by": act.person_id, "handed_role": act.by.role}
    done = session.scalar(taken.values(state="handed_over", handed_at=act.now, **by).returning(Payment.id))
    if done is None:
        raise PaymentNotOpen
    row = session.get_one(Payment, payment_id, populate_existing=True)
    _for_another(session, act, row)
    if act.by:
        check_box(session, row.cooperative_id, row.amount)
    try:
        member = lock_member(session, row.member_id)
    except MemberLeft:
        raise PaymentNotOpen from None
    if act.by and member.state not in BELONGS:  # an operator's transfer has left, whoever the member is by now
        raise PaymentNotOpen
    check_money(session, row.member_id, act.now)
    lines = [(_account(session, row, "payable"), row.amount), (_account(session, row, "handed_over"), -row.amount)]
    row.handed_entry_id = _post(session, row, "handing_over", lines, act.now)
    if act.by:
        audit.note(session, act, "payment handed over", f"payment:{row.id}", row)
    session.flush()
    return row


def to_confirm(reader: Connection | Session, member_id: int) -> list[Received]:
    """Return what was handed over to a member and she hasn't confirmed, oldest first."""
    rows: Any = reader.execute(
        select(Payment.id, Payment.reference, Payment.amount, Payment.handed_role, Payment.handed_at)
        .where(Payment.member_id == member_id, Payment.state == "handed_over")
        .order_by(Payment.id)
    )
    return [Received(id_, reference, amount, role, at.date()) for id_, reference, amount, role, at in rows]


def confirm(session: Session, act: Act, payment_id: int) -> Payment:
    """Note the member's word that she has the money. Raises PaymentNotOpen."""
    return _pay(session, payment_id, act.now, Payment.member_id == act.member)


def handed_by_reference(reader: Connection | Session, cooperative_id: int, reference: str) -> int:
    """Return the payment with a reference that was handed over and not confirmed. Raises NotThere."""
    found = reader.scalar(
        select(Payment.id).where(
            Payment.cooperative_id == cooperative_id, Payment.reference == reference, Payment.state == "handed_over"
        )
    )
    if found is None:
        raise NotThere(reference)
    return int(found)


def sign(session: Session, act: Act, payment_id: int, signature: str) -> Payment | None:
    """Note one officer's word that a receipt was signed under this number; with a second one's the payment is paid.

    Returns None after the first. Raises PaymentNotOpen, NotForYourself, SameOfficer, OtherSignature.
    """
    here = (Payment.id == payment_id) & act.office.scope.own(Payment.cooperative_id) & (Payment.state == "handed_over")
    row = session.scalar(select(Payment).where(here).with_for_update())
    if row is None:
        raise PaymentNotOpen
    _for_another(session, act, row)
    word = signing.sign(row, act.person_id, signature)
    audit.note(session, act, f"receipt {word}", f"payment:{row.id}", row)
    session.flush()
    return _pay(session, payment_id, act.now) if word == "countersigned" else None


def take_back(session: Session, act: Act, row: Payment) -> None:
    """Reverse a handing over that was none, its confirmation too: the money is owed again and may be paid in another batch."""
    for entry in (row.paid_entry_id, row.handed_entry_id):
        if entry is not None:
            services.reverse(session, entry, operation=f"{act.operation}:{entry}", now=act.now)
    row.state = "cancelled"


def _pay(session: Session, payment_id: int, now: datetime, *only: object) -> Payment:
    taken = update(Payment).where(Payment.id == payment_id, Payment.state == "handed_over", *only)  # type: ignore[arg-type]
    if session.scalar(taken.values(state="paid", paid_at=now).returning(Payment.id)) is None:
        raise PaymentNotOpen
    row = session.get_one(Payment, payment_id, populate_existing=True)
    lines = [(_account(session, row, "handed_over"), row.amount), (_account(session, row, _box(row)), -row.amount)]
    row.paid_entry_id = _post(session, row, "payment", lines, now)
    session.flush()
    return row


def _post(session: Session, row: Payment, kind: str, lines: Sequence[tuple[int, int]], now: datetime) -> int:
    return services.post(
        session,
        operation=f"payment:{row.id}:{kind}",
        kind=kind,
        cooperative_id=row.cooperative_id,
        member_id=row.member_id,
        lines=lines,
        now=now,
    )


def _box(row: Payment) -> str:
    """Return where a payment came from: mobile money has the operator's reference."""
    return "cash" if row.provider_reference is None else "mobile"


def _account(session: Session, row: Payment, kind: str) -> int:
    return services.account_of(session, row.cooperative_id, row.member_id if kind == "payable" else None, kind)


def _for_another(session: Session, act: Act, row: Payment) -> None:
    if act.by and session.scalar(select(Member.person_id).where(Member.id == row.member_id)) == act.person_id:
        raise NotForYourself
