"""One import at a time: whoever writes says again and again that it lives; one that is broken off loses its turn."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.coop.imports.models import Import, ImportRow
from app.coop.scope import Scope
from app.db.database import Database
from app.db.rows import store

LEASE = timedelta(seconds=15)
"""How long an import that says nothing keeps its turn."""
BEAT = timedelta(seconds=3)
"""After how long a forecast says that it lives."""


class ImportSource(msgspec.Struct, frozen=True):
    """What two runs have in common that are one import: the kind, the file's SHA-256, who brings it, and of whom it is.

    `officer` when an officer brings it at the console, not the operator at the command.
    """

    kind: str
    digest: str
    by: str
    scope: Scope
    officer: bool = False

    def same(self) -> ColumnElement[bool]:
        """Say in SQL that an import is of this source, and isn't taken back."""
        mine = (Import.kind == self.kind) & (Import.digest == self.digest) & (Import.begun_by == self.by[:40])
        return mine & self.scope.own(Import.cooperative_id) & (Import.state != "undone")


class CutOff(msgspec.Struct, frozen=True):
    """What an import left that was cut off: the numbers of its pieces, the oldest first, and how many rows they wrote."""

    numbers: tuple[int, ...]
    rows: int


class ImportUnderWay(Exception):
    """Another import is being written; its argument says so in French."""


class ImportOvertaken(Exception):
    """It said nothing for too long, and another has its turn: what it wrote so far is whole."""


def begin(session: Session, source: ImportSource, now: datetime) -> int:
    """Take the turn, also from one that was broken off; return the import's id. Raises ImportUnderWay."""
    release_silent(session, now)
    row = Import(
        kind=source.kind,
        digest=source.digest,
        cooperative_id=source.scope.cooperative_id,
        state="writing",
        begun_at=now,
        begun_by=source.by[:40],
        alive_at=now,
        counts={},
    )
    try:
        # The unique key says whose turn it is. The savepoint leaves a session that can still ask who has it.
        with session.begin_nested():
            store(session, row)
    except IntegrityError:
        other = session.execute(select(Import.id, Import.begun_at, Import.begun_by).where(Import.state == "writing")).first()
        since = f" (n° {other.id}, {other.begun_by}, depuis {other.begun_at:%H:%M} UTC)" if other else ""
        raise ImportUnderWay(f"Un autre import est en cours{since}") from None
    return row.id


def release_silent(session: Session, now: datetime) -> None:
    """Take the turn from an import that has said nothing for LEASE."""
    silent = update(Import).where(Import.state == "writing", Import.alive_at < now - LEASE)
    session.execute(silent.values(state="stopped"))


def cut_off(reader: Connection | Session, source: ImportSource, now: datetime) -> CutOff | None:
    """Return what an earlier run with this source left that was cut off, None where the last one came to its end."""
    ended = select(func.max(Import.id)).where(source.same(), Import.state == "done").scalar_subquery()
    silent = (Import.state == "stopped") | ((Import.state == "writing") & (Import.alive_at < now - LEASE))
    pieces = (
        select(Import.id, func.count())
        .join(ImportRow, ImportRow.import_id == Import.id)
        .where(source.same(), silent, Import.id > func.coalesce(ended, 0))
        .group_by(Import.id)
        .order_by(Import.id)
    )
    rows = reader.execute(pieces).all()
    return CutOff(tuple(row[0] for row in rows), sum(row[1] for row in rows)) if rows else None


def pieces_of(session: Session, import_id: int) -> list[Import]:
    """Lock and return an import with the runs that it goes on from, or that went on from it: up to the one that came to its end."""
    row = session.get(Import, import_id)
    if row is None:
        return []
    source = ImportSource(row.kind, row.digest, row.begun_by, Scope(row.cooperative_id))
    found: list[Import] = []
    wrote = select(ImportRow.import_id).where(ImportRow.import_id == Import.id).exists()
    told = source.same() & (wrote | (Import.id == import_id) | Import.state.in_(("done", "writing")))
    for one in session.scalars(select(Import).where(told).order_by(Import.id).with_for_update()):
        found.append(one)
        if one.state == "done":
            if one.id >= import_id:
                break
            found = []
    return found if row in found else []


def heartbeat(database: Database, import_id: int, now: Callable[[], datetime]) -> Callable[[Any], None]:
    """Return what a long forecast calls again and again, with anything: once a BEAT the import says that it lives."""
    said = now()

    def beat(_: Any) -> None:
        nonlocal said
        if (at := now()) > said + BEAT:
            with database.transaction() as session:
                live(session, import_id, at)
            said = at

    return beat


def live(session: Session, import_id: int, now: datetime) -> None:
    """Say that an import lives; its row stays locked until the transaction ends. Raises ImportOvertaken."""
    mine = update(Import).where(Import.id == import_id, Import.state == "writing").values(alive_at=now)
    if session.execute(mine.returning(Import.id)).first() is None:
        raise ImportOvertaken("L'import s'est tu trop longtemps et a perdu son tour: recommencez avec le même fichier.")


def end(session: Session, import_id: int, state: str, counts: dict[str, int]) -> None:
    """Give the turn back: *done*, *stopped* before its end, or *undone*."""
    session.execute(update(Import).where(Import.id == import_id).values(state=state, counts=counts))
