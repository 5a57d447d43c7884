"""Write a forecast: slices in transactions of their own, each whole."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.coop.imports import turns
from app.coop.imports.forecast import Planned
from app.coop.imports.kinds import KINDS
from app.coop.imports.models import ImportAnswer
from app.coop.scope import Scope
from app.db.database import Database
from app.db.upsert import upsert

SLICE = 250
"""Rows that one transaction writes: far below 200 ms, whatever holds its locks."""


class Moved(Exception):
    """Something that the forecast counted on has changed meanwhile; its argument says so in French."""


def write(
    database: Database,
    kind: str,
    import_id: int,
    planned: Sequence[Planned],
    *,
    scope: Scope,
    stated: Mapping[str, int],
    now: Callable[[], datetime],
    progress: Callable[[int], None] | None = None,
) -> None:
    """Write what was planned. Cut off, it has left whole slices; the same file again writes the rest.

    `stated` are the sheet's own totals, in XOF. Raises Moved, ImportOvertaken.
    """
    for some in _slices(planned):
        try:
            with database.transaction() as session:
                at = now()
                turns.live(session, import_id, at)
                KINDS[kind].write(session, import_id, some, at)
        except IntegrityError as fault:
            raise Moved("Quelque chose a changé pendant l'import: recommencez avec le même fichier.") from fault
        if progress:
            progress(len(some))
    with database.transaction() as session:
        at = now()
        turns.live(session, import_id, at)
        KINDS[kind].finish(session, import_id, scope, stated, at)


def keep_answers(session: Session, answers: Mapping[str, str], now: datetime) -> None:
    """Keep what was answered, a newer answer in an older one's place: a file that comes again asks nothing twice."""
    rows = [{"question": key, "answer": answer[:80], "at": now} for key, answer in answers.items() if len(key) <= 32]
    for first in range(0, len(rows), SLICE):
        into = upsert(session, ImportAnswer).values(rows[first : first + SLICE])
        changed = {"answer": into.excluded.answer, "at": into.excluded.at}
        other = ImportAnswer.answer != into.excluded.answer
        session.execute(into.on_conflict_do_update(index_elements=["question"], set_=changed, where=other))


def kept_answers(reader: Connection | Session) -> dict[str, str]:
    """Return what was answered before."""
    return {key: answer for key, answer in reader.execute(select(ImportAnswer.question, ImportAnswer.answer))}  # noqa: C416


def _slices(planned: Sequence[Planned]) -> Iterator[Sequence[Planned]]:
    return (planned[first : first + SLICE] for first in range(0, len(planned), SLICE))
