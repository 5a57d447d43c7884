"""Rows of files as tests give them: looked at, and taken in."""

from datetime import UTC, datetime

from app.coop.imports import turns
from app.coop.imports.forecast import forecast
from app.coop.imports.kinds import KINDS
from app.coop.imports.slices import keep_answers, kept_answers, write
from app.coop.scope import Scope
from app.sheets import Ask, Cell, NoValue, Refuse, Row, Value

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
TODAY = NOW.date()
OURS = Scope(1)


def rows(*given):
    """Make rows 2, 3 … of a file, whose cells were read as given."""
    made = []
    for at, one in enumerate(given, 2):
        read = {field: said if isinstance(said, (Ask, NoValue, Refuse)) else Value(said) for field, said in one.items()}
        cells = {field: Cell(str(said), read[field]) for field, said in one.items()}
        made.append(Row(at, "data", cells, [str(said) for said in one.values()]))
    return made


def look(database, kind, given, answers=None, scope=OURS, now=NOW):
    """Forecast rows; return what was found, and all answers known."""
    with database.read() as reader:
        known = kept_answers(reader) | (answers or {})
        return forecast(given, KINDS[kind].columns(now.date()), KINDS[kind].planner(reader, scope, known, now), known), known


def take(database, kind, given, answers=None, scope=OURS, now=NOW, stated=None, digest="0" * 64):
    """Take rows in; return the import's number and the forecast."""
    found, _ = look(database, kind, given, answers, scope, now)
    with database.transaction() as session:
        made = turns.begin(session, turns.ImportSource(kind, digest, "test", scope), now)
        keep_answers(session, answers or {}, now)
    write(database, kind, made, found.planned, scope=scope, stated=stated or {}, now=lambda: now)
    with database.transaction() as session:
        turns.end(session, made, "done", dict(found.counts))
    return made, found
