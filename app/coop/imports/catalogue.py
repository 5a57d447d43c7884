"""Products as files call them: found by any spelling, never made here."""

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.coop.imports.forecast import RowRefused
from app.coop.prices.queries import find_product
from app.coop.products.models import Product
from app.coop.scope import Scope
from app.letters import packed


class FileProduct(msgspec.Struct, frozen=True):
    """A product that a row means."""

    id: int
    name: str
    unit: str
    divisible: bool


class Catalogue:
    """Finds the products of a scope by what rows say."""

    def __init__(self, reader: Connection | Session) -> None:
        self._reader = reader
        every = reader.execute(select(Product.id, Product.name, Product.unit, Product.divisible))
        self._products = {row.id: FileProduct(*row) for row in every}
        self._found: dict[tuple[Scope, str], FileProduct | RowRefused] = {}

    def of(self, scope: Scope, words: str | None, unit: str | None) -> FileProduct:
        """Return the product that a row names, in its own unit. Raises RowRefused."""
        if not words:
            raise RowRefused("product", "Quel produit ?")
        key = scope, words
        if key not in self._found:
            self._found[key] = self._look(scope, words)
        found = self._found[key]
        if isinstance(found, RowRefused):
            raise RowRefused(found.column, str(found))
        if unit and packed(unit).rstrip("S") != packed(found.unit).rstrip("S"):
            raise RowRefused("unit", f"{found.name} se compte en {found.unit}, pas en {unit}.")
        return found

    def _look(self, scope: Scope, words: str) -> FileProduct | RowRefused:
        reader = self._reader if isinstance(self._reader, Connection) else self._reader.connection()
        meant = find_product(reader, words, scope)
        if meant.product_id is not None:
            return self._products[meant.product_id]
        near = f" Peut-être {' ou '.join(meant.near)} ?" if meant.near else ""
        return RowRefused("product", f"« {words[:40]} » n'est pas un produit d'ici: rien n'est créé.{near}")
