"""Prices of the day: a co-operative's own, or else the federation's."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA
from sqlalchemy import Connection, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.coop.cooperatives.models import Cooperative
from app.coop.prices.models import PriceRow
from app.coop.products.models import CooperativeProduct, Product, ProductAlias
from app.coop.scope import FEDERATION, Scope
from app.letters import plain

_Other = aliased(Product)
SURE, NEAR = 88, 62
"""Likeness (0–100) from which a spelling is taken for a product, and from which it is suggested."""
MOST_SLIPS = 2
"""Letters amiss in a name that begins with another one, for it to be suggested: an onion is no `poisson`."""
SMALL_WORDS = frozenset(("de", "des", "du", "la", "le", "les", "l", "d", "un", "une", "kg", "kilo", "svp"))
"""What people say around a product's name."""


class PriceOf(msgspec.Struct, frozen=True):
    """A price in XOF a unit, since an instant; `product_id` with `grade` (None for all) tells it from others, `name` names both.

    `own` when it is not the federation's; `id` is its row's. `slot` is the product's number for life in that scope, `main` when it
    is of the co-operative's own filière.
    """

    product_id: int
    name: str
    unit: str
    amount: int
    since: datetime
    own: bool = False
    grade: str | None = None
    id: int = 0
    slot: int = 0
    main: bool = False


class MeantProduct(msgspec.Struct, frozen=True):
    """What a spelling means: a product's id, or the names that come near."""

    product_id: int | None
    near: tuple[str, ...] = ()
    guessed: bool = False
    """The spelling is only surely like the product's."""


def prices_for(reader: Connection, scope: Scope, now: datetime) -> tuple[PriceOf, ...]:
    """Return the prices in force, by slot: of a co-operative's products, or the federation's of all. A grade is there where it has
    another price than the product. One SELECT, of the newest rows alone.
    """
    newest: dict[int, dict[tuple[bool, str | None], PriceOf]] = {}
    for row in reader.execute(_newest(scope, now)):
        own = row.cooperative_id is not None
        slot = federations_slot(row.place) if scope.is_federation else row.place
        of = PriceOf(row.product_id, row.name, row.unit, row.amount, row.from_at, own, row.grade, row.id, slot, bool(row.main))
        newest.setdefault(row.product_id, {})[own, row.grade] = of
    in_force = (price for rows in newest.values() for price in _in_force(rows))
    return tuple(sorted(in_force, key=lambda price: (price.slot, price.name)))


def federations_slot(at: int) -> int:
    """Return the number of the federation's product at a place (0-based): its products stand in the order in which they came."""
    return at // 8 * 10 + at % 8 + 1


def price_at(reader: Connection | Session, wanted: Sequence[tuple[Scope, int, str | None, datetime]]) -> list[int | None]:
    """Return the price in XOF for each (scope, product, grade, instant); None where there was none. One SELECT.

    The co-operative's own goes before the federation's, the grade's before the one for all grades, then the newest:
    of two from one instant on the row that came last.
    """
    products, places = {product for _, product, _, _ in wanted}, {scope.cooperative_id for scope, _, _, _ in wanted}
    rows = reader.execute(
        select(PriceRow.product_id, PriceRow.cooperative_id, PriceRow.grade, PriceRow.from_at, PriceRow.amount)
        .where(PriceRow.product_id.in_(products), or_(PriceRow.cooperative_id.is_(None), PriceRow.cooperative_id.in_(places)))
        .order_by(PriceRow.from_at.desc(), PriceRow.id.desc())
    ).all()
    found: list[int | None] = []
    for scope, product, grade, at in wanted:
        fitting = [
            row
            for row in rows
            if row.product_id == product
            and row.from_at <= at
            and row.cooperative_id in (None, scope.cooperative_id)
            and row.grade in (None, grade)
        ]
        # max() keeps the first of equals: the newest, as _newest chooses it. Else screens and scales had two prices.
        best = max(fitting, key=lambda row: (row.cooperative_id is not None, row.grade is not None), default=None)
        found.append(best.amount if best else None)
    return found


def _newest(scope: Scope, now: datetime) -> Select[Any]:
    """Say in SQL: of each product, scope and grade the row that came last; prices are added for ever and never edited."""
    place, last_first = PriceRow.cooperative_id, (PriceRow.from_at.desc(), PriceRow.id.desc())
    rank = func.row_number().over(partition_by=(PriceRow.product_id, place, PriceRow.grade), order_by=last_first).label("rank")
    rows = select(PriceRow.id, rank).where(PriceRow.from_at <= now)
    if scope.is_federation:
        rows = rows.where(place.is_(None))
    else:
        rows = rows.where(or_(place.is_(None), scope.own(place)), PriceRow.product_id.in_(_taken_by(scope)))
    ranked = rows.subquery()
    if scope.is_federation:
        at: Any = select(func.count()).where(_Other.id < Product.id).scalar_subquery()
    else:
        taken = scope.own(CooperativeProduct.cooperative_id) & (CooperativeProduct.product_id == Product.id)
        at = select(CooperativeProduct.slot).where(taken).scalar_subquery()
    filiere = select(Cooperative.filiere_id).where(Cooperative.id == scope.cooperative_id).scalar_subquery()
    told = (PriceRow.product_id, Product.name, PriceRow.unit, PriceRow.amount, PriceRow.from_at, place, PriceRow.grade, PriceRow.id)
    return (
        select(*told, at.label("place"), (Product.filiere_id == filiere).label("main"))
        .join(ranked, ranked.c.id == PriceRow.id)
        .join(Product, Product.id == PriceRow.product_id)
        .where(ranked.c.rank == 1)
    )


def _taken_by(scope: Scope) -> Select[int]:
    return select(CooperativeProduct.product_id).where(scope.own(CooperativeProduct.cooperative_id), CooperativeProduct.active)


def _in_force(rows: dict[tuple[bool, str | None], PriceOf]) -> Iterator[PriceOf]:
    """Give a product's price, and those of grades that differ: the co-operative's own goes first, as in price_at."""
    base = rows.get((True, None)) or rows.get((False, None))
    if base:
        yield base
    for grade in sorted({grade for _, grade in rows if grade}):
        found = rows.get((True, grade)) or rows.get((True, None)) or rows.get((False, grade))
        if found and found is not base:
            yield msgspec.structs.replace(found, name=f"{found.name} {grade}")


def spelling(words: str) -> str:
    """Return words as aliases are kept: small plain letters, single spaces."""
    return " ".join("".join(letter if letter.isalnum() else " " for letter in plain(words).lower()).split())


class ProductSpellings(msgspec.Struct, frozen=True):
    """How products may be spelled: names by id, and ids by their names and aliases, plain."""

    named: dict[int, str]
    known: dict[str, int]

    def meant(self, words: str) -> MeantProduct:
        """Say which product a spelling means: the spelling itself, or one surely like it."""
        wanted, known = spelling(words), self.known
        if not wanted or not known:
            return MeantProduct(None)
        if wanted not in known:
            # Only where the whole isn't known: a product's own name may have such a word in it.
            wanted = " ".join(word for word in wanted.split() if word not in SMALL_WORDS) or wanted
        if wanted in known:
            return MeantProduct(known[wanted])
        likely = process.extract(wanted, known.keys(), scorer=fuzz.ratio, limit=4, score_cutoff=NEAR)
        sure = {known[spelled] for spelled, likeness, _ in likely if likeness >= SURE}
        if len(sure) == 1:
            return MeantProduct(sure.pop(), guessed=True)
        begun = [spelled for spelled, _, _ in likely if spelled[0] == wanted[0] or OSA.distance(spelled, wanted) <= MOST_SLIPS]
        return MeantProduct(None, tuple(dict.fromkeys(self.named[known[spelled]] for spelled in begun))[:3])


def spellings_of(reader: Connection, scope: Scope = FEDERATION) -> ProductSpellings:
    """Return how a scope's products are spelled; the federation's are all. Two SELECTs."""
    names = select(Product.id, Product.name)
    aliases = select(ProductAlias.product_id, ProductAlias.spelling)
    if not scope.is_federation:
        mine = _taken_by(scope)
        names, aliases = names.where(Product.id.in_(mine)), aliases.where(ProductAlias.product_id.in_(mine))
    named: dict[int, str] = {row.id: row.name for row in reader.execute(names)}
    known = {spelling(name): product for product, name in named.items()}
    return ProductSpellings(named, known | {spelled: product for product, spelled in reader.execute(aliases)})


def find_product(reader: Connection, words: str, scope: Scope = FEDERATION) -> MeantProduct:
    """Say which of a scope's products a spelling means: the spelling itself, or one surely like it; the federation's are all."""
    return spellings_of(reader, scope).meant(words)
