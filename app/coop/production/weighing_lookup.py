"""What lies on the scales: found by its declaration's reference, or by a member's card and the product."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Connection, select, true
from sqlalchemy.orm import Session

from app.coop.members import lookup
from app.coop.members.models import Member
from app.coop.production.models import Declaration
from app.coop.products.models import CooperativeProduct, Product
from app.coop.references import valid
from app.db.rows import require


class Delivered(msgspec.Struct, frozen=True):
    """What lies on the scales: whose and which product; `declared` when it was, with the declaration's id."""

    member_id: int
    product_id: int
    product: str
    unit: str
    divisible: bool
    declaration_id: int | None = None
    reference: str | None = None
    declared: Decimal | None = None
    declared_at: datetime | None = None


class NotThere(Exception):
    """No open declaration has this reference here, no member this card."""


class AlreadyWeighed(Exception):
    """The declaration was weighed or taken back already."""


def by_reference(reader: Connection | Session, cooperative_id: int, reference: str, season: int) -> Delivered:
    """Find what a reference declared, this season's or the last's. Raises NotThere, AlreadyWeighed."""
    rows: Any = reader.execute(
        select(
            Declaration.member_id,
            Product.id,
            Product.name,
            Product.unit,
            Product.divisible,
            Declaration.id,
            Declaration.reference,
            Declaration.quantity,
            Declaration.declared_at,
            Declaration.state,
        )
        .join(Product, Product.id == Declaration.product_id)
        .where(
            Declaration.cooperative_id == cooperative_id,
            Declaration.reference == reference,
            # A reference is unique in its year: what was declared in December may come to the scales in January.
            Declaration.season.in_((season, season - 1)),
        )
        .order_by(Declaration.season.desc())
    ).all()
    if not rows or not valid(reference):
        raise NotThere(reference)
    for row in rows:
        if row.state == "declared":
            return Delivered(*row[:-1])
    raise AlreadyWeighed(reference)


def member_of_card(reader: Connection | Session, cooperative_id: int, card: str) -> int:
    """Return the member with a card, also one without a telephone, or alone on a number. Raises NotThere."""
    try:
        found = lookup.find(reader, cooperative_id, card)
    except lookup.NoCard:
        raise NotThere(card) from None
    if found.state not in lookup.BELONGS:
        raise NotThere(card)
    return found.member_id


def by_product(reader: Connection | Session, member_id: int, product_id: int, until: datetime | None = None) -> Delivered:
    """Find what a member brings of a product: their oldest open declaration of it, made `until` then if given, or none.

    Raises NotThere.
    """
    product = require(
        reader.execute(
            select(Product.id, Product.name, Product.unit, Product.divisible)
            .join(CooperativeProduct, CooperativeProduct.product_id == Product.id)
            .join(Member, Member.cooperative_id == CooperativeProduct.cooperative_id)
            .where(Product.id == product_id, Member.id == member_id, CooperativeProduct.active)
        ).first(),
        NotThere(product_id),
    )
    waiting = reader.execute(
        select(Declaration.id, Declaration.reference, Declaration.quantity)
        .where(Declaration.member_id == member_id, Declaration.product_id == product_id, Declaration.state == "declared")
        .where(Declaration.declared_at <= until if until else true())
        .order_by(Declaration.id)
        .limit(1)
    ).first()
    return Delivered(member_id, *product, *(waiting or ()))
