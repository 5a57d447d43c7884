"""Weighings as the console lists them, read within the officer's reach."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select, tuple_

from app.coop.cooperatives.models import Cooperative
from app.coop.members.models import Member, Person
from app.coop.production.models import Declaration, Weighing
from app.coop.products.models import Product
from app.coop.rights import Office

PAGE = 50
Mark = tuple[datetime, int]


class OpenList(msgspec.Struct, frozen=True):
    """An officer's list that nobody confirmed: so many lines, the first noted `since` then."""

    cooperative_id: int
    cooperative: str
    officer: str
    lines: int
    since: datetime


class ShownWeighing(msgspec.Struct, frozen=True):
    """What the scales said, or why nothing was taken; `gross` in XOF once credited."""

    id: int
    weighed_at: datetime
    member_id: int
    member: str
    reference: str
    product: str
    unit: str
    weight: Decimal
    grade: str | None
    state: str
    reason: str | None
    gross: int | None


def open_lists(reader: Connection, office: Office, skip: int = 0) -> list[OpenList]:
    """Return the lists that wait for their confirmation, the oldest first, behind so many: a page and one more."""
    since = func.min(Weighing.noted_at)
    rows = select(Cooperative.id, Cooperative.code, Person.name, func.count(), since).select_from(Weighing)
    rows = rows.join(Cooperative, Cooperative.id == Weighing.cooperative_id).join(Person, Person.id == Weighing.officer_id)
    open_ = rows.where(Weighing.state == "noted", office.scope.reach(Weighing.cooperative_id))
    grouped = open_.group_by(Cooperative.id, Cooperative.code, Weighing.officer_id, Person.name)
    grouped = grouped.order_by(since, Cooperative.id, Weighing.officer_id).limit(PAGE + 1)
    return [OpenList(*row) for row in reader.execute(grouped.offset(skip))]


def weighings_of(reader: Connection, cooperative_id: int, before: Mark | None) -> list[ShownWeighing]:
    """Return a co-operative's weighings behind `before`, the newest first: a page and one more. Undone ones aren't among them."""
    told = (Weighing.id, Weighing.weighed_at, Weighing.member_id, Person.name, Declaration.reference, Product.name, Product.unit)
    more = (Weighing.weight, Weighing.grade, Weighing.state, Weighing.reason, Weighing.gross)
    rows: Any = select(*told, *more).join(Product, Product.id == Weighing.product_id).join(Member, Member.id == Weighing.member_id)
    rows = rows.join(Person, Person.id == Member.person_id).join(Declaration, Declaration.id == Weighing.declaration_id)
    rows = rows.where(Weighing.cooperative_id == cooperative_id, Weighing.state != "undone")
    if before:
        rows = rows.where(tuple_(Weighing.weighed_at, Weighing.id) < tuple_(*before))
    newest = rows.order_by(Weighing.weighed_at.desc(), Weighing.id.desc()).limit(PAGE + 1)
    return [ShownWeighing(*row) for row in reader.execute(newest)]
