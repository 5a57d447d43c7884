"""Take an import back while nothing rests on it, in slices as it was written."""

from collections.abc import Callable
from datetime import datetime

import msgspec
from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.coop.imports import turns
from app.coop.imports.forecast import RestsOn
from app.coop.imports.kinds import KINDS
from app.coop.imports.models import Import, ImportRow
from app.db.database import Database
from app.units import agree

SLICE = 250


class ImportUndone(msgspec.Struct, frozen=True):
    """What was taken back: the imports' numbers, of one that was cut off several; and how many rows."""

    numbers: tuple[int, ...]
    rows: int

    @property
    def says(self) -> str:
        """Say it in French."""
        imports = f"Import n° {self.numbers[0]} annulé"
        if len(self.numbers) > 1:
            imports = f"Imports n° {', '.join(map(str, self.numbers[:-1]))} et {self.numbers[-1]} annulés"
        return f"{imports} : {self.rows} {agree(self.rows, 'ligne')} {agree(self.rows, 'reprise')}."


def undo(database: Database, import_id: int, *, now: Callable[[], datetime]) -> ImportUndone:
    """Take an import back, with all its pieces where it was cut off: the last row first, or nothing. Raises RestsOn.

    Cut off itself, the same number goes on.
    """
    with database.transaction() as session:
        pieces = _pieces(session, import_id, now())
        numbers = tuple(one.id for one in pieces)
        kind = KINDS[pieces[0].kind]
        kind.check(session, numbers)
    done = 0
    of_these = ImportRow.import_id.in_(numbers)
    while True:
        try:
            with database.transaction() as session:
                some = select(ImportRow).where(of_these).order_by(ImportRow.import_id.desc(), ImportRow.number.desc()).limit(SLICE)
                rows = session.scalars(some).all()
                if not rows:
                    session.execute(update(Import).where(Import.id.in_(numbers)).values(state="undone", alive_at=now()))
                    return ImportUndone(numbers, done)
                session.expunge_all()
                mine = tuple_(ImportRow.import_id, ImportRow.number).in_([(row.import_id, row.number) for row in rows])
                # The rows first: they refer to the members whom `take_back` deletes.
                session.execute(delete(ImportRow).where(mine), execution_options={"synchronize_session": False})
                kind.take_back(session, rows, now())
        except (IntegrityError, RestsOn) as fault:  # it came between the check and this slice
            says = str(fault) if isinstance(fault, RestsOn) else "Autre chose repose depuis sur une de ses lignes."
            raise RestsOn(f"{says} {done} {agree(done, 'ligne')} sont déjà reprises.") from fault
        done += len(rows)


def _pieces(session: Session, import_id: int, now: datetime) -> list[Import]:
    """Lock an import and what belongs to it."""
    turns.release_silent(session, now)
    pieces = turns.pieces_of(session, import_id)
    if not pieces:
        raise RestsOn(f"Il n'y a pas d'import n° {import_id}, ou il est déjà annulé.")
    if any(one.state == "writing" for one in pieces):
        raise RestsOn("Cet import est en cours: attendez sa fin.")
    return pieces
