"""Which results of a sheet's formulas can be trusted: a program that computes nothing leaves a nought, or no result."""

import ast
import re
from collections import Counter
from itertools import product

from app.sheets.readings import Formula, Raw

Formulas = dict[int, dict[int, Raw]]
"""What to put into a cell, by row and column from 0: a Formula."""
LONGEST = 300
"""Signs of a formula that are looked at."""
_PLAIN = re.compile(r"[0-9.+\-*/() ]+")
_REFERENCE = re.compile(r"[A-Za-z]\$?\d+(?![\w(])|[:!\[]")
"""Where a formula takes another cell's value: `B2`, `$B$2`, `B:B`, `Feuil1!B2`, `[.B2]`. `LOG10(` is none."""


class Results:
    """Gathers a sheet's formulas, then says which have no result that can be trusted."""

    def __init__(self) -> None:
        """Begin with none."""
        self._formulas: Formulas = {}
        self._alone: set[tuple[int, int]] = set()
        self._computed = Counter[int]()
        self._noughts, self._stale = 0, False

    def put(self, row: int, column: int, told: Formula) -> None:
        """Hold that a cell's result can't be trusted."""
        self._formulas.setdefault(row, {})[column] = told

    def add(self, rows: range, columns: range, formula: str, result: float | str | None) -> None:
        """See a formula of some cells, as its spreadsheet writes it, and its result: a number, text, or None for none."""
        told = Formula(None) if result is None else None
        if result == 0:
            worth = _worth(formula)
            if worth == 0:
                return
            # It says 8500+4000 and its result is 0: no program computed this sheet.
            told, self._stale = Formula(0 if worth is None else None), self._stale or worth is not None
        if told is None:
            self._computed.update(dict.fromkeys(columns, len(rows)))
            return
        alone = _REFERENCE.search(formula) is None
        for row, column in product(rows, columns):
            self.put(row, column, told)
            self._noughts += told == Formula(0)
            if alone:
                self._alone.add((row, column))

    def doubtful(self) -> Formulas:
        """Return the cells that can't be trusted.

        A nought can where the sheet was computed (more formulas have other results, one of them in its column) and it is taken
        from other cells.
        """
        if self._stale or self._computed.total() <= self._noughts:
            return self._formulas
        return {
            row: {
                column: told
                for column, told in cells.items()
                if told != Formula(0) or (row, column) in self._alone or not self._computed[column]
            }
            for row, cells in self._formulas.items()
        }


def _worth(formula: str) -> float | None:
    """Return what a formula of plain numbers is, None for any other."""
    text = formula.rpartition("=")[2].strip()
    if len(text) > LONGEST or not _PLAIN.fullmatch(text):
        return None
    try:
        return _value(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, ArithmeticError, RecursionError, MemoryError):
        return None


def _value(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.UnaryOp(op=ast.UAdd() | ast.USub() as sign):
            return _value(node.operand) * (1 if isinstance(sign, ast.UAdd) else -1)
        case ast.BinOp(op=ast.Add()):
            return _value(node.left) + _value(node.right)
        case ast.BinOp(op=ast.Sub()):
            return _value(node.left) - _value(node.right)
        case ast.BinOp(op=ast.Mult()):
            return _value(node.left) * _value(node.right)
        case ast.BinOp(op=ast.Div()):
            return _value(node.left) / _value(node.right)
    raise ValueError("no plain number")
