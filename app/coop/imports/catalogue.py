"""Products as files call them: found by any spelling, never made here."""

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.coop.imports.forecast import RowRefused, confirmed, key_of
from app.coop.prices.queries import find_product
from app.coop.products.models import Product
from app.coop.scope import Scope
from app.letters import packed
from app.sheets import Row, in_kg

MEASURED = ("quantity", "price")
"""The fields whose cells may say the unit, too."""


class FileProduct(msgspec.Struct, frozen=True):
    """A product that a row means."""

    id: int
    name: str
    unit: str
    divisible: bool


class _Likely(msgspec.Struct, frozen=True):
    """A product whose spelling is like what a row says, not the same."""

    product: FileProduct


class Catalogue:
    """Finds the products of a scope by what rows say."""

    def __init__(self, reader: Connection | Session, answers: Mapping[str, str]) -> None:
        self._reader, self._answers = reader, answers
        every = reader.execute(select(Product.id, Product.name, Product.unit, Product.divisible))
        self._products = {row.id: FileProduct(*row) for row in every}
        self._found: dict[tuple[Scope, str], FileProduct | _Likely | RowRefused] = {}

    def of(self, row: Row, scope: Scope, words: str | None, unit: str | None) -> FileProduct:
        """Return the product that a row names, in its own unit; one of a like spelling is asked. Raises RowRefused, Asked."""
        if not words:
            raise RowRefused("product", "Quel produit ?")
        key = scope, words
        if key not in self._found:
            self._found[key] = self._look(scope, words)
        found = self._found[key]
        if isinstance(found, RowRefused):
            raise RowRefused(found.column, str(found))
        if isinstance(found, _Likely):
            found = self._meant(row, scope, words, found.product)
        weighed = any(in_kg(row.cells[field].raw) for field in MEASURED if field in row.cells)
        for said in ([unit] if unit else []) + ["kg"] * weighed:
            if packed(said).rstrip("S") != packed(found.unit).rstrip("S"):
                raise RowRefused("unit", f"{found.name} se compte en {found.unit}, pas en {said}.")
        return found

    def _meant(self, row: Row, scope: Scope, words: str, likely: FileProduct) -> FileProduct:
        key = key_of("product", scope.cooperative_id, packed(words), likely.id)
        if not confirmed(self._answers, row, key, f"« {words[:40]} » (ligne {row.number}): est-ce {likely.name} ? oui ou non"):
            raise RowRefused("product", f"« {words[:40]} » n'est pas {likely.name}: écrivez le nom du produit.")
        return likely

    def _look(self, scope: Scope, words: str) -> FileProduct | _Likely | RowRefused:
        reader = self._reader if isinstance(self._reader, Connection) else self._reader.connection()
        meant = find_product(reader, words, scope)
        if meant.product_id is not None:
            product = self._products[meant.product_id]
            return _Likely(product) if meant.guessed else product
        near = f" Peut-être {' ou '.join(meant.near)} ?" if meant.near else ""
        return RowRefused("product", f"« {words[:40]} » n'est pas un produit d'ici: rien n'est créé.{near}")
