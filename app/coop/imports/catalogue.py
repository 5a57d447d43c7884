"""Products as files call them: found by any spelling, never made here."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app import units
from app.coop.imports.forecast import RowRefused, confirmed, key_of, value
from app.coop.imports.measures import GRAMS, singular, times, units_in
from app.coop.prices.queries import find_product
from app.coop.products.models import Product
from app.coop.scope import Scope
from app.letters import packed
from app.sheets import Ask, Row, in_kg

MEASURED = ("quantity", "price")
"""The fields whose cells, and the names of whose columns, may say the unit, too."""
NOT_SO = "{} se compte en {}, pas en {}."


def named(field: str) -> str:
    """Return under which field a row's values have the name of a column."""
    return f"{field} column"


def exactly(product: "FileProduct", field: str, told: Decimal, places: int) -> Decimal:
    """Return a number in a product's unit. Raises RowRefused when it has more places than are kept."""
    if told != round(told, places):
        says = f"{product.name}, en {product.unit}: {units.quantity(told)} a trop de chiffres après la virgule."
        raise RowRefused(field, says)
    return told.normalize() + 0


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
        self._units = {singular(product.unit) for product in self._products.values()}
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
            if singular(said) != singular(found.unit):
                raise RowRefused("unit", NOT_SO.format(found.name, found.unit, said))
        return found

    def in_unit(self, row: Row, product: FileProduct, values: Mapping[str, Any], field: str) -> Decimal:
        """Return how many of the product's unit one of a column's is: `Poids (g)`. Raises RowRefused, Asked.

        A cell that says kg, or a unit of the row's own that isn't a mass, goes before the column's name.
        """
        cell = row.cells.get(field)
        # Who says yes to « 500 g » has said how many grams they are, and not kilos.
        if cell and isinstance(cell.reading, Ask) and cell.reading.proposals == (value(values, field),):
            other = next((one for one in units_in(cell.text, self._units)[0] if times(one, product.unit) != 1), None)
            if other is not None:
                raise RowRefused(field, NOT_SO.format(product.name, product.unit, other))
        name, own = value(values, named(field)), value(values, "unit")
        if name is None or in_kg(row.cells[field].raw):
            return Decimal(1)
        said, clear = units_in(name, self._units)
        many = {times(one, product.unit) for one in said}
        if len(many) > 1 or not clear:
            says = f"« {name[:40]} » (ligne {row.number}): est-ce compté en {product.unit} ? oui ou non"
            if not confirmed(self._answers, row, key_of("column unit", packed(name), product.unit), says):
                raise RowRefused("unit", f"{product.name}: donnez la colonne « {name[:40]} » en {product.unit}.")
            return Decimal(1)
        factor = many.pop() if many else Decimal(1)
        if factor == 1 or (own and singular(product.unit) not in GRAMS):
            return Decimal(1)
        if factor is None:
            raise RowRefused("unit", NOT_SO.format(product.name, product.unit, said[0]))
        if own:
            raise RowRefused("unit", f"La colonne dit {said[0]}, la ligne {own}: laquelle est juste ?")
        return factor

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
