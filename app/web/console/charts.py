"""Bars drawn as SVG on the server: named beside them, told apart without colour, the same numbers in a table behind."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

WIDTH, ROW, LABELS, NUMBERS = 600, 30, 200, 110
"""In the units of the drawing: its width, a bar's row, the room for names on the left and for numbers on the right."""


class Bar(msgspec.Struct, frozen=True):
    """A bar: its name, its number as it is written, and its `value` (None: it isn't told); `hatched` is another series."""

    name: str
    written: str
    value: Decimal | None
    hatched: bool = False


class DrawnBar(msgspec.Struct, frozen=True):
    """A bar where it stands."""

    bar: Bar
    y: int
    width: int


class Chart(msgspec.Struct, frozen=True):
    """A drawing: `message` is what it says, `about` what is drawn, `series` what solid and hatched bars are, where both are."""

    id: str
    message: str
    about: str
    bars: tuple[DrawnBar, ...]
    series: tuple[str, ...] = ()

    @property
    def height(self) -> int:
        """Return the drawing's height."""
        return ROW * len(self.bars) + 8

    @property
    def description(self) -> str:
        """Return the drawing in words."""
        return "; ".join(f"{one.bar.name}: {one.bar.written}" for one in self.bars)


def draw(id_: str, message: str, about: str, bars: Sequence[Bar], series: tuple[str, ...] = ()) -> Chart:
    """Return bars from one line on the left, the longest as wide as there is room."""
    longest = max((bar.value for bar in bars if bar.value), default=Decimal(1))
    room = WIDTH - LABELS - NUMBERS
    drawn = (DrawnBar(bar, ROW * at + 4, round(room * (bar.value or 0) / longest)) for at, bar in enumerate(bars))
    return Chart(id_, message, about, tuple(drawn), series)
