"""Declare what was produced, and take it back while nothing was weighed."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec
from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.cooperatives.models import Cooperative
from app.coop.members.lock import lock_members
from app.coop.members.lookup import BELONGS
from app.coop.members.models import Member
from app.coop.production.models import Declaration
from app.coop.production.papers import reserve_of
from app.coop.products.models import CooperativeProduct, Product
from app.coop.references import MOST_DRAWS, draw_reference
from app.db.rows import require, store

AGAIN_WITHIN = timedelta(minutes=30)
"""The same person, product and quantity within this time is asked about: hands tremble, lines drop."""


class ProductOf(msgspec.Struct, frozen=True):
    """A product in a co-operative; `id` is the product's, `slot` its number for life."""

    id: int
    slot: int
    name: str
    unit: str
    divisible: bool


class ToldDeclaration(msgspec.Struct, frozen=True):
    """A declaration as told: `repeated` when it is the first one and nothing new was written."""

    id: int
    reference: str
    product: str
    quantity: Decimal
    unit: str
    at: datetime
    channel: str = ""
    repeated: bool = False


class NotActive(Exception):
    """Only an active member declares, and not one who is leaving."""


class ProductGone(Exception):
    """The co-operative doesn't take this product any more."""


class DeclarationClosed(Exception):
    """The declaration is not the member's, or was weighed: `state` says which."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


_PRODUCTS = (
    select(Product.id, CooperativeProduct.slot, Product.name, Product.unit, Product.divisible)
    .join(Product, Product.id == CooperativeProduct.product_id)
    .where(CooperativeProduct.cooperative_id == bindparam("cooperative"), CooperativeProduct.active)
    .order_by(CooperativeProduct.slot)
)
_TAKEN = (
    _PRODUCTS.add_columns(Cooperative.papers_printed)
    .join(Cooperative, Cooperative.id == CooperativeProduct.cooperative_id)
    .where(Product.id == bindparam("product"))
)
_TOLD = select(
    Declaration.id,
    Declaration.reference,
    Product.name,
    Declaration.quantity,
    Declaration.unit,
    Declaration.declared_at,
    Declaration.channel,
).join(Product, Product.id == Declaration.product_id)
_SIMILAR = (
    _TOLD.where(
        Declaration.member_id == bindparam("member"),
        Declaration.product_id == bindparam("product"),
        Declaration.quantity == bindparam("quantity"),
        Declaration.declared_at > bindparam("since"),
        Declaration.state != "cancelled",
    )
    .order_by(Declaration.id.desc())
    .limit(1)
)


def products_of(reader: Connection, cooperative_id: int) -> tuple[ProductOf, ...]:
    """Return what a co-operative takes, by slot."""
    return tuple(ProductOf(*row) for row in reader.execute(_PRODUCTS, {"cooperative": cooperative_id}))


def similar(
    reader: Connection | Session, member_id: int, product_id: int, quantity: Decimal, now: datetime
) -> ToldDeclaration | None:
    """Return the newest declaration of the same within AGAIN_WITHIN that was not cancelled."""
    what = {"member": member_id, "product": product_id, "quantity": quantity, "since": now - AGAIN_WITHIN}
    row = reader.execute(_SIMILAR, what).first()
    return ToldDeclaration(*row, repeated=True) if row else None


def check_active(reader: Connection | Session, member_id: int) -> None:
    """Raise NotActive where a member's own declaration would be refused: ask before the first question."""
    active = (Member.id == member_id) & (Member.state == "active") & Member.leaving_on.is_(None)
    require(reader.scalar(select(Member.id).where(active)), NotActive())


def declare(
    session: Session,
    act: Act,
    member_id: int,
    product_id: int,
    quantity: Decimal,
    *,
    again: bool = False,
    reference: str | None = None,
    draw: Callable[[int], int] = secrets.randbelow,
) -> ToldDeclaration:
    """Write a member's declaration, dated now; without `again` the same within 30 minutes is given back, nothing written.

    An officer also declares for a member who never opened an account by telephone; the declaration's channel is `bureau` then.
    Its `reference` is the one given, where that is free, else drawn. The same operation again gives the first one.
    Raises NotActive, ProductGone.
    """
    states, channel = (BELONGS, "bureau") if act.by else (("active",), act.channel)
    member = lock_members(session, (member_id,)).get(member_id)
    known = session.execute(
        _TOLD.where(Declaration.operation == act.operation)
    ).first()  # behind the lock: the first may just be done
    if known:
        return ToldDeclaration(*known, repeated=True)
    if member is None or member.state not in states or member.leaving_on:
        raise NotActive
    taken = {"cooperative": member.cooperative_id, "product": product_id}
    product = require(session.execute(_TAKEN, taken).first(), ProductGone())
    if not again:
        earlier = similar(session, member_id, product_id, quantity, act.now)
        if earlier:
            return earlier
    declaration = Declaration(
        cooperative_id=member.cooperative_id,
        season=act.now.year,
        member_id=member_id,
        product_id=product_id,
        quantity=quantity,
        unit=product.unit,
        declared_at=act.now,
        state="declared",
        channel=channel,
        operation=act.operation,
    )
    _number(session, declaration, reference, lambda: draw_reference(draw, reserve_of(product.papers_printed)))
    return ToldDeclaration(declaration.id, declaration.reference, product.name, quantity, product.unit, act.now, channel)


def cancel(session: Session, act: Act, member_id: int, declaration_id: int) -> ToldDeclaration:
    """Take a member's declaration back; one that is cancelled stays so. Raises DeclarationClosed."""
    moved = (
        update(Declaration)
        .where(Declaration.id == declaration_id, Declaration.member_id == member_id, Declaration.state == "declared")
        .values(state="cancelled", cancelled_at=act.now)
    )
    session.execute(moved)
    row = session.execute(
        _TOLD.add_columns(Declaration.state).where(Declaration.id == declaration_id, Declaration.member_id == member_id)
    ).first()
    if row is None or row.state != "cancelled":
        raise DeclarationClosed(row.state if row else "unknown")
    return ToldDeclaration(*row[:-1])


def open_declarations(reader: Connection, member_id: int, limit: int = 5) -> tuple[ToldDeclaration, ...]:
    """Return what can still be taken back, newest first."""
    mine = _TOLD.where(Declaration.member_id == member_id, Declaration.state == "declared")
    return tuple(ToldDeclaration(*row) for row in reader.execute(mine.order_by(Declaration.id.desc()).limit(limit)))


def _number(session: Session, declaration: Declaration, wanted: str | None, draw: Callable[[], str]) -> None:
    """Give a declaration a reference that its co-operative hasn't used this year: the one that is wanted, if it is free."""
    for at in range(MOST_DRAWS):
        declaration.reference = wanted if wanted and not at else draw()
        try:
            # Only the unique key says whether a reference is free: another call may be drawing the same just now.
            # One that is taken costs the savepoint, not the act.
            with session.begin_nested():
                store(session, declaration)
        except IntegrityError as error:
            # Both databases name the key's columns. No other draw mends another key, such as the operation's.
            if "reference" not in str(error.orig):
                raise
        else:
            return
    raise LookupError("no reference is free")
