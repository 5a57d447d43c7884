"""Gather a month's figures, co-operative by co-operative, and publish them once: what is hidden isn't kept.

A month is gathered in several transactions, so that nothing else of the scheduler waits for it; cut off anywhere it goes on there.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import DAKAR
from app.coop.cooperatives.models import Commune, Cooperative, Filiere
from app.coop.kpi import messages
from app.coop.kpi.cells import ALL, FEDERATION, NOWHERE, REST, FigureCell, FigureReader, Month
from app.coop.kpi.concealment import hide_family, hide_parts
from app.coop.kpi.definitions import FIGURES, Figure
from app.coop.kpi.models import FigureMonth, FigureRow
from app.db.rows import require, total
from app.db.upsert import upsert

LATE_DAYS = 5
"""So long after its end a month is published: what was weighed on paper has come in."""
MOST_BACK = 12
"""Months before the last that are published too, when there were none."""
AT_ONCE = 50
"""Co-operatives that are read in one transaction."""
READERS: tuple[FigureReader, ...] = tuple({figure.read: None for figure in FIGURES if figure.read is not messages.of_month})
"""What is read step by step; SMS are read once for all."""
Raw = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""By figure, part and row: numerator, denominator, persons behind it, and those whom it leaves."""
PERSONS, LEFT = 2, 3


class MonthNotOver(Exception):
    """The month's figures can't be published before a day, which is the argument."""


class MonthNotPublished(Exception):
    """There is nothing to correct yet, or a correction is under way."""


class MonthEmpty(Exception):
    """No co-operative was there yet."""


def last_month(now: datetime) -> Month:
    """Return the last month that may be published."""
    day = now.astimezone(DAKAR).date() - timedelta(days=LATE_DAYS)
    return Month((day.replace(day=1) - timedelta(days=1)).replace(day=1))


def gather(session: Session, now: datetime) -> bool:
    """Do the next step of the month under way, or of the newest that isn't published; tell whether there was one."""
    under_way = select(FigureMonth).where(FigureMonth.published_at.is_(None)).limit(1)
    # Locked is not gone: without the second look a month under way elsewhere would be begun once more.
    row = session.scalar(under_way.with_for_update(skip_locked=True))
    if row is None:
        if session.scalar(under_way):
            return False  # another is at it
        month = _next(session, now)
        if month is None:
            return False
        row = begin(session, month, now)
    _fill(session, row, now)
    return True


def begin(session: Session, month: Month, now: datetime, reason: str | None = None) -> FigureMonth:
    """Begin a month, or with a `reason` a revision of one. Raises MonthNotOver, MonthEmpty,
    MonthNotPublished."""
    if month.first > last_month(now).first:
        raise MonthNotOver(month.next + timedelta(days=LATE_DAYS))
    require(session.scalar(select(Cooperative.id).where(Cooperative.created_at < month.end).limit(1)), MonthEmpty(month))
    before = total(session, select(func.max(FigureMonth.revision)).where(FigureMonth.month == month.first))
    if reason and not before:
        raise MonthNotPublished(month)
    wanted = FigureMonth.month == month.first, FigureMonth.revision == (before + 1 if reason else 1)
    values = {"month": month.first, "revision": before + 1 if reason else 1, "begun_at": now, "reason": reason}
    # Two who begin it at once have one row: whoever waits for the other's commit then finds that one.
    session.execute(upsert(session, FigureMonth).values(values).on_conflict_do_nothing())
    row = session.scalar(select(FigureMonth).where(*wanted).with_for_update())
    if row is None:  # another correction of it is under way
        raise MonthNotPublished(month)
    if session.scalar(select(FigureRow.code).where(FigureRow.month_id == row.id).limit(1)) is None:
        _add_rows(session, row, month)
    return row


def publish_next(session: Session, month: Month, now: datetime) -> bool:
    """Do a step of a month under way, or that was never published; tell whether more are wanted. Raises MonthNotOver."""
    here = select(FigureMonth).where(FigureMonth.month == month.first)
    row = session.scalar(here.where(FigureMonth.published_at.is_(None)).with_for_update())
    if row is None and session.scalar(here.limit(1)):
        return False
    row = row or begin(session, month, now)
    _fill(session, row, now)
    return row.published_at is None


def _next(session: Session, now: datetime) -> Month | None:
    """Return the newest month that isn't published, of those in which there was a co-operative."""
    first = session.scalar(select(func.min(Cooperative.created_at)))
    done = set(session.scalars(select(FigureMonth.month)).all())
    month, oldest = last_month(now), first.date().replace(day=1) if first else date.max
    for _ in range(MOST_BACK):
        if month.first >= oldest and month.first not in done:
            return month
        month = Month((month.first - timedelta(days=1)).replace(day=1))
    return None


def _add_rows(session: Session, row: FigureMonth, month: Month) -> None:
    """Add a row for each co-operative there is, with where it is now, and its SMS: these are read once for all."""
    places = select(Cooperative.id, Cooperative.code, Cooperative.name, Commune.name, Filiere.code).join(Commune).join(Filiere)
    found = session.execute(places.where(Cooperative.created_at < month.end)).all()
    where = {NOWHERE: (FEDERATION, "Fédération", "", ""), **{id_: tuple(rest) for id_, *rest in found}}
    sent: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    for cell in messages.of_month(session, list(where), month):
        _put(sent[cell.place], cell)
    session.add_all(
        FigureRow(month_id=row.id, code=code, name=name, commune=commune, filiere=trade, cells=sent[id_])
        for id_, (code, name, commune, trade) in where.items()
    )
    session.flush()


def _fill(session: Session, row: FigureMonth, now: datetime) -> None:
    """Read the next co-operatives; after the last of them publish."""
    waiting = select(FigureRow, Cooperative.id).outerjoin(Cooperative, Cooperative.code == FigureRow.code)
    waiting = waiting.where(FigureRow.month_id == row.id, FigureRow.gathered.is_(False)).order_by(FigureRow.code).limit(AT_ONCE)
    found = {(NOWHERE if one.code == FEDERATION else id_): one for one, id_ in session.execute(waiting) if id_ or one.code}
    cells: dict[int, dict[str, dict[str, Any]]] = {id_: dict(one.cells) for id_, one in found.items()}
    for read in READERS:
        for cell in read(session, list(found), Month(row.month)):
            _put(cells[cell.place], cell)
    for id_, one in found.items():
        one.cells, one.gathered = cells[id_], True
    session.flush()
    # A round that isn't full is the last one. After fifty to the dot the next one finds none and publishes.
    if len(found) < AT_ONCE:
        _publish(session, row)
        row.published_at = now


def _put(cells: dict[str, dict[str, Any]], cell: FigureCell) -> None:
    cells.setdefault(cell.figure, {})[cell.part] = [cell.numerator, cell.denominator, cell.persons, cell.rest]


def _publish(session: Session, row: FigureMonth) -> None:
    """Rewrite the rows: numbers that may be told, None for the others; add what all are together, and all that are hidden."""
    rows = {one.code: one for one in session.scalars(select(FigureRow).where(FigureRow.month_id == row.id)).all()}
    told: dict[str, dict[str, Any]] = {code: {} for code in (*rows, ALL, REST)}
    raw: dict[str, dict[str, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))
    for code, one in rows.items():
        for name, parts in one.cells.items():
            for part, numbers in parts.items():
                raw[name][part][code] = numbers
    hidden: dict[str, set[str]] = {}
    for family in {figure.family or figure.name for figure in FIGURES if figure.persons}:
        names = [figure.name for figure in FIGURES if (figure.family or figure.name) == family]
        hidden |= hide_family({name: [_persons(raw[name].get("", {}), at) for at in (PERSONS, LEFT)] for name in names})
    for figure in FIGURES:
        for (code, part), numbers in publishable(figure, raw[figure.name], hidden.get(figure.name, set())).items():
            told[code].setdefault(figure.name, {})[part] = numbers
    for code, one in rows.items():
        one.cells = told[code]
    of = {"month_id": row.id, "commune": "", "filiere": "", "gathered": True}
    session.add_all(FigureRow(code=code, name=code, cells=told[code], **of) for code in (ALL, REST))
    session.flush()


def publishable(
    figure: Figure, raw: Mapping[str, Mapping[str, Any]], hidden_family: set[str]
) -> dict[tuple[str, str], list[int] | None]:
    """Return by row and part what may be told of a figure, whose family hides some rows: numerator and denominator, or None."""
    codes = list(raw.get("", {}))
    hidden_rows = {row for row in hidden_family if row == ALL or row in codes}
    told: dict[tuple[str, str], list[int] | None] = {}
    for part, cells in raw.items():
        for code, numbers in cells.items():
            told[code, part] = None if code in hidden_rows else numbers[:2]
        told[ALL, part] = None if ALL in hidden_rows else _sum(cells.values())
    if figure.persons and ALL not in hidden_rows:
        for dimension in figure.by:
            columns = [part for part in raw if part.startswith(f"{dimension}:")]
            for of in (PERSONS, LEFT):
                persons = {code: {part: raw[part][code][of] or 0 for part in columns if code in raw[part]} for code in codes}
                hidden = hide_parts(persons, columns, hidden_rows)
                for code in (*codes, ALL):
                    told |= {(code, part): None for part in columns if hidden is None or (code, part) in hidden}
        told[REST, ""] = _sum(raw[""][code] for code in hidden_rows) if hidden_rows else [0, 0]
    return told


def _persons(cells: Mapping[str, Any], of: int) -> dict[str, int]:
    return {code: numbers[of] or 0 for code, numbers in cells.items()}


def _sum(cells: Any) -> list[int]:
    return [sum(numbers[at] for numbers in cells) for at in (0, 1)] if (cells := list(cells)) else [0, 0]
