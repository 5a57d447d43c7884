"""Batches of payments and the payments of each, read within the officer's reach."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from app.coop.cooperatives.models import Cooperative
from app.coop.members.models import Member, Person
from app.coop.payments.models import Payment, PaymentBatch, PaymentExport
from app.coop.products.models import Product
from app.coop.rights import Office

PAGE = 50


class ShownBatch(msgspec.Struct, frozen=True):
    """A batch: `payments` are how many of it stand in each state."""

    id: int
    cooperative: str
    way: str
    state: str
    total: int
    made_at: datetime
    maker: str
    product: str | None
    day: date | None
    payments: dict[str, int]

    @property
    def goes_out(self) -> bool:
        """Tell whether the operator pays it, and something of it is still to be paid."""
        return self.way == "mobile" and self.state == "open" and "open" in self.payments


class ShownPayment(msgspec.Struct, frozen=True):
    """A payment of a batch."""

    id: int
    reference: str
    member_id: int
    member: str
    card: str
    amount: int
    state: str
    provider_reference: str | None


def batches_of(reader: Connection, office: Office, before: int = 0) -> list[ShownBatch]:
    """Return batches in reach, the newest first, behind one: a page and one more."""
    rows = _rows(office)
    rows = rows.where(PaymentBatch.id < before) if before else rows
    return _shown(reader, reader.execute(rows.order_by(PaymentBatch.id.desc()).limit(PAGE + 1)).all())


def find_batch(reader: Connection | Session, office: Office, batch_id: int) -> ShownBatch | None:
    """Return a batch in reach, or None."""
    found = _shown(reader, reader.execute(_rows(office).where(PaymentBatch.id == batch_id)).all())
    return found[0] if found else None


def payments_of(reader: Connection, batch_id: int, after: int = 0) -> list[ShownPayment]:
    """Return the payments of a batch: a page and one more."""
    told = (Payment.id, Payment.reference, Payment.member_id, Person.name, Member.card, Payment.amount, Payment.state)
    rows = select(*told, Payment.provider_reference).join(Member, Member.id == Payment.member_id)
    rows = rows.join(Person, Person.id == Member.person_id).where(Payment.batch_id == batch_id, Payment.id > after)
    return [ShownPayment(*row) for row in reader.execute(rows.order_by(Payment.id).limit(PAGE + 1))]


def went_out(reader: Connection, batch_id: int) -> list[datetime]:
    """Return when a batch's file went out."""
    return list(reader.scalars(select(PaymentExport.at).where(PaymentExport.batch_id == batch_id).order_by(PaymentExport.id)))


def _rows(office: Office) -> Any:
    told = (PaymentBatch.id, Cooperative.code, PaymentBatch.way, PaymentBatch.state, PaymentBatch.total, PaymentBatch.made_at)
    rows = select(*told, Person.name.label("maker"), Product.name.label("product"), PaymentBatch.day)
    rows = rows.join(Cooperative, Cooperative.id == PaymentBatch.cooperative_id).join(Person, Person.id == PaymentBatch.made_by)
    rows = rows.outerjoin(Product, Product.id == PaymentBatch.product_id)
    return rows.where(office.scope.reach(PaymentBatch.cooperative_id))


def _shown(reader: Connection | Session, rows: Sequence[Any]) -> list[ShownBatch]:
    states = select(Payment.batch_id, Payment.state, func.count()).where(Payment.batch_id.in_([row.id for row in rows]))
    counted: dict[int, dict[str, int]] = defaultdict(dict)
    for batch, state, number in reader.execute(states.group_by(Payment.batch_id, Payment.state)):
        counted[batch][state] = number
    return [_batch(row, counted[row.id]) for row in rows]


def _batch(row: Any, payments: dict[str, int]) -> ShownBatch:
    told = (row.id, row.code, row.way, row.state, row.total, row.made_at, row.maker, row.product, row.day)
    return ShownBatch(*told, payments)
