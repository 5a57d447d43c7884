"""Take an import back while nothing rests on it, in slices as it was written."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.coop.imports.forecast import RestsOn
from app.coop.imports.kinds import KINDS
from app.coop.imports.models import Import, ImportRow
from app.db.database import Database

SLICE = 250


def undo(database: Database, import_id: int, *, now: Callable[[], datetime]) -> int:
    """Take an import back in slices, and return how many rows; cut off, the same command goes on. Raises RestsOn."""
    with database.transaction() as session:
        kind = KINDS[_begin(session, import_id)]
        kind.check(session, import_id)
    done = 0
    while True:
        try:
            with database.transaction() as session:
                some = select(ImportRow).where(ImportRow.import_id == import_id).order_by(ImportRow.number.desc()).limit(SLICE)
                rows = session.scalars(some).all()
                if not rows:
                    session.execute(update(Import).where(Import.id == import_id).values(state="undone", alive_at=now()))
                    return done
                session.expunge_all()
                mine = (ImportRow.import_id == import_id) & ImportRow.number.in_([row.number for row in rows])
                session.execute(delete(ImportRow).where(mine), execution_options={"synchronize_session": False})
                kind.take_back(session, rows, now())
        except IntegrityError as fault:
            raise RestsOn("Autre chose repose depuis sur une de ses lignes: ce qui précède reste annulé.") from fault
        done += len(rows)


def _begin(session: Session, import_id: int) -> str:
    """Lock an import and return its kind."""
    row = session.scalar(select(Import).where(Import.id == import_id).with_for_update())
    if row is None or row.state == "undone":
        raise RestsOn(f"Il n'y a pas d'import n° {import_id}, ou il est déjà annulé.")
    if row.state == "writing":
        raise RestsOn("Cet import est en cours: attendez sa fin.")
    return row.kind
