"""What becomes of a file, before it is written and while it is."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from app import sheets
from app.coop.imports.catalogue import MEASURED, named
from app.coop.imports.forecast import Forecast, Problem, forecast
from app.coop.imports.kinds import KINDS
from app.coop.imports.measures import is_not_in_francs
from app.coop.imports.turns import CutOff, ImportSource, cut_off
from app.db.database import Database
from app.sheets import Column, Reading, SheetRefused, Table, Value
from app.units import agree


def look(
    database: Database,
    table: Table,
    source: ImportSource,
    answers: Mapping[str, str],
    now: datetime,
    *,
    alive: Callable[[Any], None] | None = None,
) -> Forecast:
    """Say what becomes of each row, and of the whole sheet; nothing is written. Raises SheetRefused.

    `alive` is called again and again meanwhile.
    """
    kind = KINDS[source.kind]
    _hold_money(table, kind.columns(now.date()))
    with database.read() as reader:
        left = cut_off(reader, source, now)
        plan = (kind.officers if source.officer else None) or kind.planner
        planner = plan(reader, source.scope, answers, now)
        found = forecast(table.rows, kind.reads(now.date()), planner, answers, every=_of_names(table), alive=alive)
    _remark(found, table, kind.columns(now.date()))
    if left:
        found.problems.insert(0, _goes_on(left))
    return found


def _of_names(table: Table) -> Mapping[str, Reading]:
    """Return the names of columns that may say a unit of every row: `Poids (kg)`."""
    return {named(field): Value(table.header[field]) for field in MEASURED if field in table.header}


def _hold_money(table: Table, columns: Iterable[Column]) -> None:
    """Raise SheetRefused for a column of amounts that aren't in francs."""
    for column in columns:
        name = table.header.get(column.field, "")
        if column.reader in (sheets.amount, sheets.value) and is_not_in_francs(name):
            raise SheetRefused(f"Colonne « {name[:40]} »: écrivez les montants en francs CFA entiers. Rien n'est pris.")


def _goes_on(left: CutOff) -> Problem:
    cut = f"de l'import n° {left.numbers[0]}, coupé"
    if len(left.numbers) > 1:
        cut = f"des imports n° {' et '.join(map(str, left.numbers))}, coupés"
    are = "sont déjà écrites" if left.rows > 1 else "est déjà écrite"
    return Problem(None, "", "continues", f"Suite {cut}: {left.rows} {agree(left.rows, 'ligne')} y {are}.")


def _remark(found: Forecast, table: Table, columns: Iterable[Column]) -> None:
    """Add what was seen of the whole sheet: what its own remarks say, and each column of it that nobody reads."""
    found.problems += [Problem(one.row, one.column, one.kind, one.says) for one in table.remarks]
    names = {column.field: column.names[0] for column in columns}
    meant = {name: field for field, name in table.guesses.items() if field in names}
    for name in table.unknown:
        says = f"La colonne « {name[:40]} » n'est pas lue."
        if field := meant.get(name):
            says += f" Est-ce « {names[field]} » ?"
        found.problems.append(Problem(None, name, "column", says))
        found.unread[name] = meant.get(name, "")
    for field, name in table.confirmed.items():
        says = f"La colonne « {name[:40]} » est lue comme « {names[field]} »: cela a été confirmé pour vos fichiers."
        found.problems.append(Problem(None, name, "confirmed", says))
    found.confirmed = {name: field for field, name in table.confirmed.items()}
