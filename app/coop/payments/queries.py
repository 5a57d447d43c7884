"""Payments as officers look for them: the list to hand over, and whose each is."""

from collections.abc import Collection

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.coop.members.lookup import BELONGS
from app.coop.members.models import Member, Person
from app.coop.payments.models import Payment, PaymentBatch
from app.coop.production.weighing_lookup import NotThere, member_of_card
from app.coop.references import valid


class PaymentToHand(msgspec.Struct, frozen=True):
    """A payment as it is handed over: to whom, how many XOF."""

    id: int
    member_id: int
    card: str
    reference: str
    amount: int


_TO_HAND = (
    select(Payment.id, Payment.member_id, Member.card, Payment.reference, Payment.amount)
    .join(Member, Member.id == Payment.member_id)
    .join(PaymentBatch, PaymentBatch.id == Payment.batch_id)
    .where(Payment.state == "open", PaymentBatch.state == "open", Member.state.in_(BELONGS))
    .order_by(Payment.id)
)


def to_hand(reader: Connection | Session, cooperative_id: int, way: str | None = None) -> list[PaymentToHand]:
    """Return what is open in batches that may be paid, oldest first; nothing of a closed account."""
    rows = _TO_HAND.where(Payment.cooperative_id == cooperative_id)
    return [PaymentToHand(*row) for row in reader.execute(rows.where(PaymentBatch.way == way) if way else rows)]


def to_hand_by(reader: Connection | Session, cooperative_id: int, typed: str) -> PaymentToHand:
    """Find an open payment in cash by its reference, or the oldest one by its member's card. Raises NotThere."""
    wanted = _TO_HAND.where(Payment.cooperative_id == cooperative_id, PaymentBatch.way == "cash")
    # The digits of a card may pass for a reference: they are one first where a payment has it.
    found = reader.execute(wanted.where(Payment.reference == typed)).first() if valid(typed) else None
    if found is None:
        found = reader.execute(wanted.where(Payment.member_id == member_of_card(reader, cooperative_id, typed))).first()
    if found is None:
        raise NotThere(typed)
    return PaymentToHand(*found)


def cards_of(reader: Connection | Session, members: Collection[int]) -> dict[int, str]:
    """Return members' cards by their ids. One SELECT."""
    rows = reader.execute(select(Member.id, Member.card).where(Member.id.in_(members)))
    return {member: card for member, card in rows}  # noqa: C416 - a Row is not a pair to mypy


def name_of(reader: Connection | Session, payment_id: int) -> str:
    """Return whose money a payment is."""
    hers = select(Person.name).join(Member, Member.person_id == Person.id).join(Payment, Payment.member_id == Member.id)
    return reader.scalar(hers.where(Payment.id == payment_id)) or ""
