"""Lines of a list of weighings: what one is worth, and what of a list can be credited at once."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from app import units
from app.coop.ledger.services import MOST_HELD, MOST_MOVED


def worth(weight: Decimal, price: int | None) -> int:
    """Return a weight's worth in whole XOF, a half rounded up; 0 without a price."""
    return int(((price or 0) * weight).quantize(Decimal(1), ROUND_HALF_UP))


class Line(msgspec.Struct, frozen=True):
    """A noted line; `price` and `gross` in XOF, None without a price of that day. `reason` is a refusal's."""

    id: int
    reference: str
    member_id: int
    product_id: int
    product: str
    unit: str
    weight: Decimal
    grade: str | None
    weighed_at: datetime
    reason: str | None
    price: int | None = None

    @property
    def gross(self) -> int:
        """Return what the line is worth in whole XOF, a half rounded up; 0 without a price or when refused."""
        return 0 if self.reason else worth(self.weight, self.price)

    @property
    def ready(self) -> bool:
        """Tell whether the line can be confirmed: what is priced later may have become too dear."""
        return self.reason is not None or (self.price is not None and self.gross <= MOST_MOVED)


def creditable(lines: Sequence[Line]) -> list[Line]:
    """Return what can be credited at once of a list, the oldest first: what is ready, together worth MOST_HELD at most."""
    found, francs = [], 0
    for line in lines:
        if line.ready and francs + line.gross <= MOST_HELD:
            found.append(line)
            francs += line.gross
    return found


def counted(lines: Sequence[Line]) -> tuple[int, int]:
    """Return how many of these lines are weighed, and how many are refused."""
    refused = sum(line.reason is not None for line in lines)
    return len(lines) - refused, refused


def totals(lines: Sequence[Line]) -> str:
    """Say what a list weighs, by unit: `512,5 kg, 3 caisses`."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        if line.reason is None:
            sums[line.unit] += line.weight
    return ", ".join(units.count(total, unit) for unit, total in sums.items())
