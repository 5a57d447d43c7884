"""A file at the console: kept, forecast, agreed to by the officer's PIN, then written as it was forecast."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, select, update
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.imports import headings, outlook, turns
from app.coop.imports.forecast import Forecast, RestsOn
from app.coop.imports.kinds import KINDS
from app.coop.imports.models import ImportFile
from app.coop.imports.slices import keep_answers, kept_answers, write
from app.coop.imports.turns import ImportSource, cut_off
from app.coop.imports.undo import ImportUndone, undo
from app.coop.offices import audit
from app.coop.scope import Scope
from app.db.database import Database
from app.db.rows import require, store
from app.sheets import ColumnsUnknown, SheetRefused, Table, read_table

LIVES = timedelta(days=3)
MOST_ROWS = 10_000
"""Rows of a file at the console: a request forecasts and writes them. Longer files go by `jappoo import`."""
WORDS = {"members": "membres", "balances": "soldes", "prices": "prix", "deliveries": "livraisons d'avant"}


class ForecastChanged(Exception):
    """The file would do more than what the PIN agreed to, or other rows must be answered or mended first."""


class Looked(msgspec.Struct, frozen=True):
    """A file's forecast, with the answers that it counts on and the table that it read."""

    found: Forecast
    answers: Mapping[str, str]
    table: Table


def keep(session: Session, act: Act, kind: str, name: str, body: bytes, scope: Scope) -> int:
    """Keep a file for who brought it; return its id. Raises SheetRefused when it is no such table, or too long."""
    _hold_length(session, kind, body, scope, act.today)
    row = ImportFile(
        person_id=act.person_id, cooperative_id=scope.cooperative_id, kind=kind, name=name[-40:], body=body, at=act.now
    )
    return store(session, row).id


def read(reader: Connection | Session, kind: str, body: bytes, scope: Scope, today: date) -> Table:
    """Return a file's table, with the columns that were confirmed for its kind. Raises SheetRefused."""
    return read_table(BytesIO(body), KINDS[kind].reads(today), confirmed=headings.confirmed(reader, scope, kind))


def _hold_length(reader: Connection | Session, kind: str, body: bytes, scope: Scope, today: date) -> None:
    """Raise SheetRefused of a file that is too long, or no table; of one whose columns aren't known its page asks."""
    with suppress(ColumnsUnknown):
        if sum(row.kind == "data" for row in read(reader, kind, body, scope, today).rows) > MOST_ROWS:
            raise SheetRefused(f"Plus de {MOST_ROWS} lignes: demandez à la fédération de l'importer avec jappoo import.")


def confirm(session: Session, act: Act, file: ImportFile, fields: Mapping[str, str]) -> None:
    """Keep what an officer said that columns are, by their names: for this file, and those of its kind that come after.

    Raises SheetRefused when the file can't be read so.
    """
    known = {column.field for column in KINDS[file.kind].columns(act.today)} | {""}
    said = {name: field for name, field in fields.items() if field in known}
    source = source_of(act, file)
    headings.keep(session, source.scope, source.kind, said, source.by, act.now)
    _hold_length(session, file.kind, file.body, source.scope, act.today)


def find(reader: Connection | Session, act: Act, file_id: int) -> ImportFile | None:
    """Return a file that this officer brought, in the reach of the office that asks now, or None."""
    mine = (ImportFile.person_id == act.person_id) & act.office.scope.reach(ImportFile.cooperative_id)
    row = reader.execute(select(ImportFile.__table__).where(ImportFile.id == file_id, mine)).mappings().first()
    return ImportFile(**row) if row else None


def source_of(act: Act, file: ImportFile) -> ImportSource:
    """Return what all runs of a file have in common."""
    by = f"console {act.office.role} {act.person_id}"
    return ImportSource(file.kind, sha256(file.body).hexdigest(), by, Scope(file.cooperative_id), officer=True)


def look(database: Database, act: Act, file: ImportFile, *, alive: Callable[[Any], None] | None = None) -> Looked:
    """Say what becomes of each row; nothing is written. Raises SheetRefused."""
    with database.read() as reader:
        table = read(reader, file.kind, file.body, Scope(file.cooperative_id), act.today)
        answers = kept_answers(reader) | file.answers
    found = outlook.look(database, table, source_of(act, file), answers, act.now, alive=alive)
    return Looked(found, answers, table)


def take(database: Database, act: Act, file: ImportFile, now: Callable[[], datetime]) -> int:
    """Write what the PIN agreed to; return the import's id. Cut off, the same again goes on.

    Raises ForecastChanged, SheetRefused, turns.ImportUnderWay, turns.ImportOvertaken, slices.Moved.
    """
    agreed, state, counts, source = file.confirmed, "stopped", {}, source_of(act, file)
    if not agreed:
        raise ForecastChanged
    with database.transaction() as session:
        # The turn before the forecast: no other import moves what it counts on.
        import_id = turns.begin(session, source, now())
        keep_answers(session, file.answers, now())
    try:
        seen = look(database, act, file, alive=turns.heartbeat(database, import_id, now))
        new = any(seen.found.counts[one] > agreed.get(one, -1) for one in ("create", "update"))
        if new or (seen.found.blocked and not agreed.get("only_good")):
            raise ForecastChanged
        write(database, file.kind, import_id, seen.found.planned, scope=source.scope, stated=seen.table.totals, now=now)
        state, counts = "done", {str(name): count for name, count in seen.found.counts.items()}
    # Also of one that fails: its slices are whole and stay, and the next import needn't wait for the lease.
    finally:
        with database.transaction() as session:
            turns.end(session, import_id, state, counts)
            if state == "done":
                session.get_one(ImportFile, file.id).import_id = import_id
                audit.note(session, act, "file imported", f"import:{import_id}", audit.Of(None, file.cooperative_id))
    return import_id


def take_back(database: Database, act: Act, file: ImportFile, now: Callable[[], datetime]) -> ImportUndone:
    """Take back what was written of a file, also of one that was cut off. Raises RestsOn."""
    with database.transaction() as session:
        left = cut_off(session, source_of(act, file), now())
        number = require(file.import_id or (left.numbers[-1] if left else None), RestsOn("Rien n'est écrit de ce fichier."))
        audit.note(session, act, "import taken back", f"import:{number}", audit.Of(None, file.cooperative_id))
    undone = undo(database, number, now=now)
    with database.transaction() as session:
        mine = (ImportFile.id == file.id) | ImportFile.import_id.in_(undone.numbers)
        session.execute(update(ImportFile).where(mine).values(import_id=None, confirmed={}))
    return undone


def forget(session: Session, now: datetime) -> None:
    """Delete files that have lain here for LIVES."""
    session.execute(delete(ImportFile).where(ImportFile.at < now - LIVES))
