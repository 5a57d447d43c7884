"""Read a quantity as people type it."""

import re
from decimal import ROUND_HALF_UP, Decimal

from app import units
from app.db.rows import require

MOST = Decimal(99_999)
_TYPED = re.compile(r"([0-9]{1,6})(?:[.,]([0-9]{1,3}))?\s*([^\W\d_]{0,12})", re.ASCII)


class BadQuantity(ValueError):
    """Not a quantity of this product."""


class UnclearQuantity(BadQuantity):
    """Three decimals: `1.200` is 1,2 to one and 1 200 to another; `low` (to two decimals) and `high` may be meant."""

    def __init__(self, low: Decimal, high: Decimal) -> None:
        super().__init__(low, high)
        self.low, self.high = low, high


def parse_quantity(text: str, divisible: bool, unit: str = "") -> Decimal:
    """Return the quantity in `12`, `12,5`, `12.5`, `12.5kg`, `25 caisses`; units of a divisible product may have hundredths,
    and thousandths below one (`0,250`). Letters behind it must mean the `unit` that is asked for: `500 g` is no 500 kg.

    Raises BadQuantity on anything else, on nothing, on zero, and on more than 99 999; UnclearQuantity on `1.200` and `1,200`.
    """
    typed = require(_TYPED.fullmatch(text.strip()) if len(text) <= 40 else None, BadQuantity())
    if typed[3] and unit and not units.is_meant(typed[3], unit):
        raise BadQuantity
    if len(typed[2] or "") == 3 and int(typed[1]):
        low = Decimal(f"{typed[1]}.{typed[2]}").quantize(Decimal("0.01"), ROUND_HALF_UP)
        raise UnclearQuantity(low.normalize() + 0, Decimal(typed[1] + typed[2]))
    quantity = Decimal(f"{typed[1]}.{typed[2] or 0}")
    if not 0 < quantity <= MOST or (not divisible and quantity != quantity.to_integral_value()):
        raise BadQuantity
    # Normalised, ten is 1E+1. Adding 0 writes it out again.
    return quantity.normalize() + 0
