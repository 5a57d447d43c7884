"""Read published figures: of all, of a co-operative, or of a commune or a trade, which are sums of what is told."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from app.coop.cooperatives.models import Commune, Filiere
from app.coop.kpi.cells import ALL, REST, Month
from app.coop.kpi.definitions import FIGURES, PARTS, Figure
from app.coop.kpi.models import FigureMonth, FigureRow
from app.coop.small import SMALL

_NAMES = [one for dimension, parts in PARTS.items() for one in (dimension, *(f"{dimension}:{key}" for key in parts))]
ORDER = {name: at for at, name in enumerate(_NAMES)}
"""Where a part stands among others: by dimension, as its parts are declared."""
State = Literal["exact", "rounded", "between", "partial", "hidden"]


class Place(msgspec.Struct, frozen=True):
    """Of what figures are wanted: a co-operative by its code, or a commune and a trade (its code), or everything."""

    code: str = ""
    commune: str = ""
    filiere: str = ""


class ToldFigure(msgspec.Struct, frozen=True):
    """What is told of a figure: *exact*; *rounded* to SMALL; *between* `value` and `at_most`; *partial*, without co-operatives
    that aren't told; or *hidden*."""

    figure: Figure
    part: str
    state: State
    value: Decimal | None = None
    at_most: Decimal | None = None
    numerator: int | None = None
    denominator: int | None = None


class PublishedMonth(msgspec.Struct, frozen=True):
    """A month as it was published last."""

    id: int
    month: Month
    revision: int


def months(reader: Connection | Session, most: int = 24) -> list[PublishedMonth]:
    """Return the months that are published, newest first, each in its last revision."""
    newest = select(FigureMonth.month, func.max(FigureMonth.revision)).where(FigureMonth.published_at.is_not(None))
    newest = newest.group_by(FigureMonth.month).order_by(FigureMonth.month.desc()).limit(most)
    by_month: dict[date, int] = dict(reader.execute(newest).all())
    rows = select(FigureMonth.id, FigureMonth.month, FigureMonth.revision).where(FigureMonth.month.in_(by_month))
    found = [PublishedMonth(id_, Month(day), number) for id_, day, number in reader.execute(rows) if by_month[day] == number]
    return sorted(found, key=lambda one: one.month.first, reverse=True)


def told(reader: Connection | Session, month: PublishedMonth, place: Place) -> list[ToldFigure]:
    """Return what a month says of a place; nothing where there is no such one."""
    rows = select(FigureRow.code, FigureRow.cells).where(FigureRow.month_id == month.id)
    if place.code or not (place.commune or place.filiere):
        cells = reader.execute(rows.where(FigureRow.code == (place.code or ALL))).first()
        return [] if cells is None else list(_exact(cells.cells))
    for column, wanted in ((FigureRow.commune, place.commune), (FigureRow.filiere, place.filiere)):
        rows = rows.where(column == wanted) if wanted else rows
    inside = [cells for _, cells in reader.execute(rows)]
    rest = reader.scalar(select(FigureRow.cells).where(FigureRow.month_id == month.id, FigureRow.code == REST)) or {}
    return [] if not inside else [one for figure in FIGURES for one in _summed(figure, inside, rest)]


def places(reader: Connection | Session, month: PublishedMonth, *, most: int | None = None) -> list[tuple[str, str, str, str]]:
    """Return the co-operatives of a month, by code, all or so many: code, name, commune, trade."""
    rows = select(FigureRow.code, FigureRow.name, FigureRow.commune, FigureRow.filiere)
    found = reader.execute(rows.where(FigureRow.month_id == month.id, FigureRow.commune != "").order_by(FigureRow.code).limit(most))
    return list(found.all())


def filieres(reader: Connection | Session) -> dict[str, str]:
    """Return the names of trades by code."""
    return dict(reader.execute(select(Filiere.code, Filiere.name).order_by(Filiere.name)).all())


def communes(reader: Connection | Session) -> list[str]:
    """Return the names of the communes."""
    return [name for (name,) in reader.execute(select(Commune.name).order_by(Commune.name))]


def parts_of(figure: Figure, cells: Sequence[dict[str, Any]]) -> list[str]:
    """Return the parts that any of these rows has of a figure, all first."""
    found = {"", *(part for one in cells for part in one.get(figure.name, {}))}
    return sorted(found, key=lambda part: (ORDER.get(part, ORDER.get(part.partition(":")[0], -1)), part))


def _exact(cells: dict[str, Any]) -> Iterator[ToldFigure]:
    for figure in FIGURES:
        of = cells.get(figure.name, {})
        for part in parts_of(figure, [cells]):
            numbers = of.get(part, (0, 0))
            if numbers is None or of.get("", ()) is None:
                yield ToldFigure(figure, part, "hidden")
            else:
                yield ToldFigure(figure, part, "exact", figure.value(*numbers), None, numbers[0], numbers[1])


def _summed(figure: Figure, inside: list[dict[str, Any]], rest: dict[str, Any]) -> Iterator[ToldFigure]:
    rows = [cells.get(figure.name, {}) for cells in inside]
    whole_rows = [row for row in rows if row.get("", ()) is not None]
    for part in parts_of(figure, inside):
        unsaid: list[int | None] = [_unsaid(row, part) for row in whole_rows if row.get(part, ()) is None]
        said = [row.get(part, (0, 0)) for row in whole_rows if row.get(part, ()) is not None]
        sums = tuple(sum(numbers[at] for numbers in said) for at in (0, 1))
        everything = len(said) == len(rows)
        if len(whole_rows) < len(rows):
            # Only the sum of all hidden co-operatives is known: those of this place have no more than that.
            unsaid.append(rest[figure.name][""][0] if figure.name in rest else None)
        if everything and figure.counts_persons:
            yield ToldFigure(figure, part, "rounded", _round(sums[0], SMALL // 2))
        elif everything:
            yield ToldFigure(figure, part, "exact", figure.value(*sums), None, *sums)
        elif figure.counts_persons and None not in unsaid:
            yield ToldFigure(figure, part, "between", _round(sums[0], 0), _round(sums[0] + sum(filter(None, unsaid)), SMALL - 1))
        else:
            yield ToldFigure(figure, part, "partial" if any(sums) else "hidden", figure.value(*sums) if any(sums) else None)


def _unsaid(of: dict[str, Any], part: str) -> int:
    """Return how many are in the parts of a row that aren't told: at the most so many are in this one."""
    dimension = part.partition(":")[0]
    shown: int = sum(numbers[0] for one, numbers in of.items() if one.startswith(f"{dimension}:") and numbers)
    return int(of[""][0]) - shown


def _round(count: int, more: int) -> Decimal:
    """Round to a multiple of SMALL: down, or with `more` of SMALL // 2 to the nearest, of SMALL - 1 up."""
    return Decimal((count + more) // SMALL * SMALL)
