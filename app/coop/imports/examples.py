"""The example that a template has as its first row: it is nobody's, and never taken for a row that was filled in."""

from collections.abc import Mapping
from datetime import date

from app.sheets import Column, Row

NO_CARD, NO_NAME, NO_PRODUCT = "C0000000", "Exemple: Ndèye Guèye", "Exemple: Thiof"
"""What no real row can say."""
OF_BEFORE = {"card": "C0000012", "name": "Ndèye Coumba Guèye", "product": "Thiof"}
"""What templates said in these places once. A real row may say so, too."""
TELLING = {"name", "price"}
"""The fields of which an older example has one: a card or a product with a round quantity is anybody's."""
FEWEST_ALIKE = 3
"""Cells by which a row may be an older example."""


def unreal(row: Row, columns: Mapping[str, Column]) -> list[str]:
    """Return the fields in which a row names the example's nobody or nothing."""
    there = [field for field in OF_BEFORE if field in row.cells and columns[field].example]
    return [field for field in there if row.cells[field].reading == columns[field].reader(columns[field].example)]


def is_example(row: Row, columns: Mapping[str, Column], instead: Mapping[str, str] | None = None) -> bool:
    """Tell whether a row says in each of its columns what the example says, or `instead` of it, whatever the day."""
    for field, cell in row.cells.items():
        example = columns[field].example
        if not isinstance(example, date):
            example = (instead or {}).get(field, example) if example else example
            if cell.reading != columns[field].reader(example):
                return False
    return True


def may_be_older(row: Row, columns: Mapping[str, Column]) -> bool:
    """Tell whether a row may be the example of an older template."""
    filled = {field for field, cell in row.cells.items() if cell.text and not isinstance(columns[field].example, date)}
    return bool(filled & TELLING) and len(filled) >= FEWEST_ALIKE and is_example(row, columns, OF_BEFORE)
