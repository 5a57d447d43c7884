"""Which cells of a month's table aren't told: those of few persons, and those that would tell them by subtraction.

A table has a row for each co-operative, and columns that add up to its total: women, men, not said. Whoever knows all but one cell
of a line knows that one too, and cells of two lines tell a third. So a hidden cell stands on a rectangle of four hidden ones: a
person more here and one less there leaves every sum as it was. What is promised, and what isn't: docs/adr/0057.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import islice, permutations

from app.coop.small import SMALL

Persons = Mapping[str, Mapping[str, int]]
"""By row and column, how many persons are behind a cell; what is left out is none."""
WHOLE = "all"
_REST = ""
"""A row that nobody shows and anybody can compute: what all hidden rows are together."""
MOST_TRIED = 20
"""Rows that have both corners hidden already, before the cheapest of all is looked for."""


def hide_family(tables: Mapping[str, Sequence[Mapping[str, int]]]) -> dict[str, set[str]]:
    """Return by figure the rows whose total isn't told, where one figure would tell another; with WHOLE nothing of it is.

    Each has one or more tables of persons. What one hides all hide, unless it is hidden whole: then it tells nothing of others.
    """
    hidden: set[str] = set()
    whole: set[str] = set()
    while True:
        found = {name: set().union(*(hide_totals(each, hidden) for each in of)) for name, of in tables.items()}
        whole |= {name for name, rows in found.items() if WHOLE in rows}
        more = hidden.union(*(rows for name, rows in found.items() if name not in whole))
        # One table may hide a row for all others, which then hide more: until nothing is added.
        if more == hidden:
            return {name: {*rows, WHOLE} if name in whole else hidden for name, rows in found.items()}
        hidden = more


def hide_totals(totals: Mapping[str, int], also: Set[str] = frozenset()) -> set[str]:
    """Return the rows whose total isn't told, with those of `also`; with WHOLE among them nothing of the table is.

    The smallest are hidden until those hidden are SMALL together, and could be shared out among them in another way.
    """
    hidden = {row for row, count in totals.items() if 0 < count < SMALL or (count and row in also)}
    for row in sorted((row for row in totals if totals[row] and row not in hidden), key=lambda row: (totals[row], row)):
        if _covers([totals[row] for row in hidden]):
            break
        hidden.add(row)
    return hidden if _covers([totals[row] for row in hidden]) else {*totals, WHOLE}


def hide_parts(persons: Persons, columns: Sequence[str], hidden_rows: set[str]) -> set[tuple[str, str]] | None:
    """Return the cells, of rows whose total is told and of WHOLE, that aren't told; None when none of these columns can be."""
    shown = {row: [cells.get(column, 0) for column in columns] for row, cells in persons.items() if row not in hidden_rows}
    table = dict(shown)
    if hidden_rows:
        table[_REST] = [sum(persons[row].get(column, 0) for row in hidden_rows) for column in columns]
    table[WHOLE] = [sum(cells) for cells in zip(*table.values(), strict=True)] if table else [0 for _ in columns]
    found = _Table(table).concealed()
    return None if found is None else {(row, columns[at]) for row, at in found if row != _REST}


def _covers(hidden: list[int]) -> bool:
    """Tell whether cells whose sum is known hide each other: SMALL together, and not each of them one person."""
    return not hidden or (len(hidden) > 1 and sum(hidden) >= SMALL and sum(hidden) > len(hidden))


class _Table:
    """Rows of numbers with the sum of all below; `hidden` grows until each hidden cell is on a rectangle and each line covers."""

    def __init__(self, rows: dict[str, list[int]]) -> None:
        self.rows, self.hidden = rows, set[tuple[str, int]]()
        self.corners: dict[tuple[int, int], dict[str, None]] = {}
        """Rows in which both of two columns are hidden."""

    def concealed(self) -> set[tuple[str, int]] | None:
        """Return the hidden cells; None when that can't be done."""
        wanted = [(row, at) for row, cells in self.rows.items() for at, count in enumerate(cells) if 0 < count < SMALL]
        safe: set[tuple[str, int]] = set()
        while wanted:
            for cell in wanted:
                if cell not in safe:
                    rectangle = self._rectangle(*cell)
                    if rectangle is None:
                        return None
                    safe |= rectangle
                    self._hide(rectangle)
            wanted = list(self._uncovered())
            if any(cell in self.hidden for cell in wanted):
                return None
        return self.hidden

    def _hide(self, cells: set[tuple[str, int]]) -> None:
        self.hidden |= cells
        for row in sorted({row for row, _ in cells}):
            hidden = [at for at in range(len(self.rows[row])) if (row, at) in self.hidden]
            for pair in permutations(hidden, 2):
                self.corners.setdefault(pair, {})[row] = None

    def _rectangle(self, row: str, at: int) -> set[tuple[str, int]] | None:
        """Return the cheapest rectangle: with the next smallest of the row, and a row that has both hidden already, if any has."""
        others = [other for other, count in enumerate(self.rows[row]) if count and other != at]
        for other in sorted(others, key=lambda other: ((row, other) not in self.hidden, self.rows[row][other])):
            known = [one for one in islice(self.corners.get((at, other), {}), MOST_TRIED) if self._holds(row, one, at, other)]
            across = known[0] if known else self._cheapest(row, at, other)
            if across is not None:
                return {(one, column) for one in (row, across) for column in (at, other)}
        return None

    def _cheapest(self, row: str, at: int, other: int) -> str | None:
        """Return the row, the sum of all if there is no other, whose two cells are the smallest to hide."""
        found = [one for one in self.rows if self._holds(row, one, at, other)]
        return min(
            found, key=lambda one: (one == WHOLE, sum(self.rows[one][c] for c in (at, other) if (one, c) not in self.hidden), one),
            default=None,
        )  # fmt: skip

    def _holds(self, row: str, across: str, at: int, other: int) -> bool:
        """Tell whether a person more or less at one corner can be made good at the others, none of which becomes empty."""
        if across == row or not (self.rows[across][at] and self.rows[across][other]):
            return False
        mine, right, below, last = (self.rows[one][column] for one in (row, across) for column in (at, other))
        if WHOLE in (row, across):  # a sum moves with its cells, not against them
            return min(right, last) > 1 or min(mine, below) > 1
        # The two corners that give a person away must keep one: none is told, so an empty cell would say so.
        return min(right, below) > 1 or min(mine, last) > 1

    def _uncovered(self) -> Iterator[tuple[str, int]]:
        """Give for each line that doesn't cover what it hides the next smallest cell, one that is hidden where none is left."""
        for row, cells in self.rows.items():
            line = [(count, (row, at)) for at, count in enumerate(cells) if count]
            yield from self._next(line)
        for at in range(len(self.rows[WHOLE])):
            column = [(cells[at], (row, at)) for row, cells in self.rows.items() if row != WHOLE and cells[at]]
            if (WHOLE, at) not in self.hidden:
                yield from self._next(column, (WHOLE, at))

    def _next(self, line: list[tuple[int, tuple[str, int]]], last: tuple[str, int] | None = None) -> Iterator[tuple[str, int]]:
        if not _covers([count for count, cell in line if cell in self.hidden]):
            yield min(((count, cell) for count, cell in line if cell not in self.hidden), default=(0, last or line[0][1]))[1]
