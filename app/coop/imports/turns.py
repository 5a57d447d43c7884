"""One import at a time: whoever writes says again and again that it lives; one that is broken off loses its turn."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.coop.imports.models import Import

LEASE = timedelta(seconds=15)
"""How long an import that says nothing keeps its turn."""


class ImportUnderWay(Exception):
    """Another import is being written; its argument says so in French."""


class ImportOvertaken(Exception):
    """It said nothing for too long, and another has its turn: what it wrote so far is whole."""


def begin(session: Session, kind: str, digest: str, by: str, now: datetime) -> int:
    """Take the turn, also from one that was broken off; return the import's id. Raises ImportUnderWay."""
    silent = update(Import).where(Import.state == "writing", Import.alive_at < now - LEASE)
    session.execute(silent.values(state="stopped"))
    row = Import(kind=kind, digest=digest, state="writing", begun_at=now, begun_by=by[:40], alive_at=now, counts={})
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        other = session.execute(select(Import.id, Import.begun_at, Import.begun_by).where(Import.state == "writing")).first()
        since = f" (n° {other.id}, {other.begun_by}, depuis {other.begun_at:%H:%M} UTC)" if other else ""
        raise ImportUnderWay(f"Un autre import est en cours{since}: attendez sa fin, puis recommencez.") from None
    return row.id


def live(session: Session, import_id: int, now: datetime) -> None:
    """Say that an import lives; its row stays locked until the transaction ends. Raises ImportOvertaken."""
    mine = update(Import).where(Import.id == import_id, Import.state == "writing").values(alive_at=now)
    if session.execute(mine.returning(Import.id)).first() is None:
        raise ImportOvertaken("L'import s'est tu trop longtemps et a perdu son tour: recommencez avec le même fichier.")


def end(session: Session, import_id: int, state: str, counts: dict[str, int]) -> None:
    """Give the turn back: *done*, *stopped* before its end, or *undone*."""
    session.execute(update(Import).where(Import.id == import_id).values(state=state, counts=counts))
