"""What a whole table says: whether its totals agree, whether a column can be read at all, whether a cell was dragged down."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from app.amounts import number as spaced
from app.sheets.amounts import MEASURES, unit
from app.sheets.columns import Column
from app.sheets.lines import CARRIED, SUBTOTAL, Kind
from app.sheets.readings import NO_RESULT, Ask, Book, NoValue, Raw, Reading, Refuse, Value, fold, shown
from app.sheets.telephones import Telephone
from app.sheets.texts import name
from app.units import agree

_COUNTED = (
    r"(?:membres?|personnes?|lignes?|adherente?s?|cooperat\w+|femmes?|producteurs?|beneficiaires?|"
    r"paiements?|transactions?|virements?)"
)
_STATED_COUNT = re.compile(rf"\b(\d{{1,6}}) {_COUNTED}\b")
_NUMBER_OF = re.compile(rf"\b(?:nombre|nbr?e?|effectif)\.? (?:total )?(?:de |des |d')?{_COUNTED} ?:? ?(\d{{1,6}})\b")
"""`Nombre de lignes : 3`, also in two cells."""
_LONG_NUMBER = re.compile(r"[0-9]{7,20}")
_FEWEST, _LONGEST = 3, 5
"""Cells of a column that can't be read at all; rows of a series."""


class Remark(msgspec.Struct, frozen=True):
    """Something about the whole table, a French sentence: a total that doesn't agree, a column none of whose cells can be read,
    a dragged series, hidden rows, sheets that weren't read. `row` is the row in question, or None; `column` is a field, or empty.
    """

    kind: Literal["total", "column", "series", "hidden", "sheet"]
    says: str
    column: str = ""
    row: int | None = None


class _Seen(msgspec.Struct):
    """What has been seen of a column."""

    filled: int = 0
    refused: int = 0
    first: str = ""
    last: int | None = None
    since: int = 0
    run: int = 0
    longest: tuple[int, int] = (0, 0)
    part: Decimal | int = 0
    whole: Decimal | int = 0


class Sums:
    """Adds rows up. `stated` are the sheet's own totals by field."""

    def __init__(self, columns: Sequence[tuple[Column, int]]) -> None:
        """Begin with nothing seen."""
        self._columns = columns
        self._seen = {column.field: _Seen() for column, _ in columns}
        self._totals: list[Remark] = []
        self._rows = 0
        self.stated: dict[str, int] = {}

    def add(self, number: int, kind: Kind, raw: Sequence[Raw], readings: Mapping[str, Reading], book: Book) -> None:
        """See one row."""
        if kind == "data":
            self._rows += 1
            for column, _ in self._columns:
                self._see(column, number, readings[column.field])
        elif kind in ("total", "note"):
            words = [fold(cell) for cell in raw if isinstance(cell, str)]
            if kind == "total":
                part, carried = (any(form.fullmatch(word) for word in words) for form in (SUBTOTAL, CARRIED))
                self._hold_sums(number, raw, book, part=part, carried=carried)
            self._hold_count(number, words, fold(" ".join(map(shown, raw))))

    def sum_of(self, readings: Mapping[str, Reading]) -> tuple[Kind, str] | None:
        """Return what a row is, and why, that holds nothing but the sums of those above it, or sums without a result: a total, or
        with their number or a title a line to be mended, for these may be a card and a member.
        """
        # The sum of one row is the same again, and that may be a line whose name was forgotten.
        if self._rows < 2:
            return None
        amounts = counted = False
        for column, _ in self._columns:
            told, seen = readings[column.field], self._seen[column.field]
            if isinstance(told, NoValue) or column.reader is unit:
                continue
            if _adds_up(column):
                if told != NO_RESULT and not (isinstance(told, Value) and told.value in (seen.part, seen.whole)):
                    return None
                amounts = True
            elif isinstance(told, Value) and (str(told.value).lstrip("C0") == str(self._rows) or _may_be_title(column, told.value)):
                counted = True
            else:
                return None
        if counted:
            says = f"Est-ce la somme des {self._rows} lignes ? Ôtez-la si c'est le total; sinon, mettez cette ligne plus haut."
            return ("broken", says) if amounts else None
        return ("total", "C'est la somme des lignes.") if amounts else None

    def _see(self, column: Column, number: int, reading: Reading) -> None:
        seen = self._seen[column.field]
        if isinstance(reading, NoValue):
            return
        seen.filled += 1
        if isinstance(reading, Refuse):
            seen.refused += 1
            seen.first = seen.first or reading.reason
        value = reading.value if isinstance(reading, Value) else None
        # What is still asked about counts in the sum as it most likely is, or the total would never agree.
        likely = reading.proposals[0] if isinstance(reading, Ask) and len(reading.proposals) == 1 else value
        if _adds_up(column) and isinstance(likely, int | Decimal):
            seen.part += likely
            seen.whole += likely
        if column.apart and (place := _place(value)) is not None:
            if seen.last is not None and place == seen.last + 1:
                seen.run += 1
            else:
                seen.since, seen.run = number, 1
            seen.last, seen.longest = place, max(seen.longest, (seen.run, seen.since))

    def _hold_sums(self, number: int, raw: Sequence[Raw], book: Book, *, part: bool, carried: bool) -> None:
        for column, at in self._columns:
            if not column.summed or at >= len(raw):
                self._seen[column.field].part = 0
                continue
            seen, told = self._seen[column.field], column.reader(raw[at], book)
            # A sub-total is of the rows since the last one. Any other may be
            # of a page or of all rows, and no sheet says which.
            sums = (seen.whole, seen.part) if carried or not part else (seen.part,)
            if (
                isinstance(told, Value | Ask)
                and (stated := told.value if isinstance(told, Value) else next(iter(told.proposals), None)) is not None
            ):
                if not part:
                    self.stated[column.field] = stated
                if stated not in sums:
                    says = f"Le total dit {_written(stated)}, les lignes font {_written(sums[0])}."
                    self._totals.append(Remark("total", says, column.field, number))
            elif isinstance(told, Refuse):
                says = f"Le total ne peut pas être lu; les lignes font {_written(sums[0])}."
                self._totals.append(Remark("total", says, column.field, number))
            seen.part = 0

    def _hold_count(self, number: int, words: Sequence[str], whole: str) -> None:
        for found in [one for word in words for one in _STATED_COUNT.findall(word)] + _NUMBER_OF.findall(whole):
            if int(found) != self._rows:
                says = f"La feuille dit {found}, il y a {self._rows} {agree(self._rows, 'ligne')} au-dessus."
                self._totals.append(Remark("total", says, "", number))

    def remarks(self) -> list[Remark]:
        """Return what was seen so far."""
        found = list(self._totals)
        for column, _ in self._columns:
            seen = self._seen[column.field]
            if seen.refused >= _FEWEST and seen.refused == seen.filled:
                says = f"Colonne « {column.names[0]} »: aucune des {seen.filled} cellules ne peut être lue. {seen.first}"
                found.append(Remark("column", says, column.field))
            run, since = seen.longest
            if run >= _LONGEST:
                says = f"Colonne « {column.names[0]} »: {run} lignes se suivent de un en un dès la ligne {since}: cellule tirée ?"
                found.append(Remark("series", says, column.field, since))
        return found


def _adds_up(column: Column) -> bool:
    """Tell whether a total may have this column's sum: amounts, and kilos, though these aren't held against it."""
    return column.summed or column.reader in MEASURES


def _may_be_title(column: Column, value: object) -> bool:
    """Tell whether a name may be a part's title, with its sub-total beside it: `SANTHIE 1`."""
    return column.reader is name and any(sign.isdigit() for sign in str(value))


def _place(value: object) -> int | None:
    """Return where a day, a telephone or a long number stands among all of them."""
    if isinstance(value, date):
        return value.toordinal()
    digits = value.number[1:] if isinstance(value, Telephone) else value if isinstance(value, str) else ""
    return int(digits) if _LONG_NUMBER.fullmatch(digits) else None


def _written(number: Decimal | int) -> str:
    return spaced(number) if isinstance(number, int) else shown(str(number.normalize() + 0)).replace(".", ",")
