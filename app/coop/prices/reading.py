"""Prices of the day: a co-operative's own, or else the federation's."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime

import msgspec
from rapidfuzz import fuzz, process
from sqlalchemy import ColumnElement, Connection, or_, select
from sqlalchemy.orm import Session

from app.coop.prices.models import PriceRow
from app.coop.production.models import CooperativeProduct, Product, ProductAlias

SURE, NEAR = 88, 62
"""Likeness (0–100) from which a spelling is taken for a product, and from which it is suggested."""


class PriceOf(msgspec.Struct, frozen=True):
    """A price in XOF a unit, since an instant; `id` is the product's; `own` when it is not the federation's."""

    id: int
    name: str
    unit: str
    amount: int
    since: datetime
    own: bool = False


class Meant(msgspec.Struct, frozen=True):
    """What a spelling means: a product's id, or the names that come near."""

    product_id: int | None
    near: tuple[str, ...] = ()


def prices_for(reader: Connection, cooperative_id: int | None, now: datetime) -> tuple[PriceOf, ...]:
    """Return the price in force of each product, by name: of the co-operative's products, or with None of all."""
    scope: ColumnElement[bool] = PriceRow.cooperative_id.is_(None)
    rows = (
        select(PriceRow.product_id, Product.name, PriceRow.unit, PriceRow.amount, PriceRow.from_at, PriceRow.cooperative_id)
        .join(Product, Product.id == PriceRow.product_id)
        .where(PriceRow.from_at <= now, PriceRow.grade.is_(None))
        .order_by(PriceRow.from_at, PriceRow.id)
    )
    if cooperative_id is not None:
        scope = or_(scope, PriceRow.cooperative_id == cooperative_id)
        mine = select(CooperativeProduct.product_id).where(
            CooperativeProduct.cooperative_id == cooperative_id, CooperativeProduct.active
        )
        rows = rows.where(PriceRow.product_id.in_(mine))
    newest: dict[int, tuple[bool, PriceOf]] = {}
    for product, name, unit, amount, since, cooperative in reader.execute(rows.where(scope)):
        own = cooperative is not None
        if product not in newest or own or not newest[product][0]:
            newest[product] = (own, PriceOf(product, name, unit, amount, since, own))
    return tuple(sorted((price for _, price in newest.values()), key=lambda price: price.name))


def price_at(reader: Connection | Session, wanted: Sequence[tuple[int, int, str | None, datetime]]) -> list[int | None]:
    """Return the price in XOF for each (co-operative, product, grade, instant); None where there was none. One SELECT.

    The co-operative's own goes before the federation's, the grade's before the one for all grades, then the newest.
    """
    products = {product for _, product, _, _ in wanted}
    rows = reader.execute(
        select(PriceRow.product_id, PriceRow.cooperative_id, PriceRow.grade, PriceRow.from_at, PriceRow.amount)
        .where(PriceRow.product_id.in_(products))
        .order_by(PriceRow.from_at, PriceRow.id)
    ).all()
    found: list[int | None] = []
    for cooperative, product, grade, at in wanted:
        fitting = [
            row
            for row in rows
            if row.product_id == product
            and row.from_at <= at
            and row.cooperative_id in (None, cooperative)
            and row.grade in (None, grade)
        ]
        best = max(fitting, key=lambda row: (row.cooperative_id is not None, row.grade is not None, row.from_at), default=None)
        found.append(best.amount if best else None)
    return found


def spelling(words: str) -> str:
    """Return words as aliases are kept: small plain letters, single spaces."""
    plain = unicodedata.normalize("NFKD", words.casefold().replace("œ", "oe").replace("ŋ", "ng"))
    kept = "".join(letter if letter.isalnum() else " " for letter in plain if not unicodedata.combining(letter))
    return " ".join(kept.split())


def find_product(reader: Connection, words: str, cooperative_id: int | None = None) -> Meant:
    """Say which product a spelling means, within a co-operative's with its id: the spelling itself, or one surely like it."""
    wanted = spelling(words)
    names = select(Product.id, Product.name)
    aliases = select(ProductAlias.product_id, ProductAlias.spelling)
    if cooperative_id is not None:
        mine = select(CooperativeProduct.product_id).where(
            CooperativeProduct.cooperative_id == cooperative_id, CooperativeProduct.active
        )
        names, aliases = names.where(Product.id.in_(mine)), aliases.where(ProductAlias.product_id.in_(mine))
    named: dict[int, str] = {row.id: row.name for row in reader.execute(names)}
    known = {spelling(name): product for product, name in named.items()} | {
        spelled: product for product, spelled in reader.execute(aliases)
    }
    if not wanted or not known:
        return Meant(None)
    if wanted in known:
        return Meant(known[wanted])
    likely = process.extract(wanted, known.keys(), scorer=fuzz.ratio, limit=4, score_cutoff=NEAR)
    sure = {known[spelled] for spelled, likeness, _ in likely if likeness >= SURE}
    if len(sure) == 1:
        return Meant(sure.pop())
    near = tuple(dict.fromkeys(named[known[spelled]] for spelled, _, _ in likely))[:3]
    return Meant(None, near)
