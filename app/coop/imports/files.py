"""A file at the console: kept, forecast, agreed to by the officer's PIN, then written as it was forecast."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO

import msgspec
from sqlalchemy import Connection, delete, select
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.imports import turns
from app.coop.imports.forecast import Forecast, forecast, remarked
from app.coop.imports.kinds import KINDS
from app.coop.imports.models import ImportFile
from app.coop.imports.slices import keep_answers, kept_answers, write
from app.coop.offices import audit
from app.coop.scope import Scope
from app.db.database import Database
from app.sheets import SheetRefused, Table, read_table

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
    table = read_table(BytesIO(body), KINDS[kind].reads(act.today))
    if sum(row.kind == "data" for row in table.rows) > MOST_ROWS:
        raise SheetRefused(f"Plus de {MOST_ROWS} lignes: demandez à la fédération de l'importer avec jappoo import.")
    row = ImportFile(
        person_id=act.person_id, cooperative_id=scope.cooperative_id, kind=kind, name=name[-40:], body=body, at=act.now
    )
    session.add(row)
    session.flush()
    return row.id


def find(reader: Connection | Session, act: Act, file_id: int) -> ImportFile | None:
    """Return a file that this officer brought, in the reach of the office that asks now, or None."""
    mine = (ImportFile.person_id == act.person_id) & act.office.scope.reach(ImportFile.cooperative_id)
    row = reader.execute(select(ImportFile.__table__).where(ImportFile.id == file_id, mine)).mappings().first()
    return ImportFile(**row) if row else None


def look(database: Database, file: ImportFile, now: datetime) -> Looked:
    """Say what becomes of each row; nothing is written. Raises SheetRefused."""
    kind = KINDS[file.kind]
    table = read_table(BytesIO(file.body), kind.reads(now.date()))
    with database.read() as reader:
        answers = kept_answers(reader) | file.answers
        planner = kind.planner(reader, Scope(file.cooperative_id), answers, now)
        found = forecast(table.rows, kind.reads(now.date()), planner, answers)
    remarked(found, table, kind.columns(now.date()))
    return Looked(found, answers, table)


def take(database: Database, act: Act, file: ImportFile, now: Callable[[], datetime]) -> int:
    """Write what the PIN agreed to; return the import's id. Cut off, the same again goes on.

    Raises ForecastChanged, SheetRefused, turns.ImportUnderWay, turns.ImportOvertaken, slices.Moved.
    """
    agreed, state, counts = file.confirmed, "stopped", {}
    if not agreed:
        raise ForecastChanged
    with database.transaction() as session:
        by = f"console {act.office.role} {act.person_id}"
        import_id = turns.begin(session, file.kind, sha256(file.body).hexdigest(), by, now())
        keep_answers(session, file.answers, now())
    try:
        seen = look(database, file, now())
        new = any(seen.found.counts[one] > agreed.get(one, -1) for one in ("create", "update"))
        if new or (seen.found.blocked and not agreed.get("only_good")):
            raise ForecastChanged
        scope, planned = Scope(file.cooperative_id), seen.found.planned
        write(database, file.kind, import_id, planned, scope=scope, stated=seen.table.totals, now=now)
        state, counts = "done", {str(name): count for name, count in seen.found.counts.items()}
    finally:
        with database.transaction() as session:
            turns.end(session, import_id, state, counts)
            if state == "done":
                session.get_one(ImportFile, file.id).import_id = import_id
                audit.note(session, act, "file imported", f"import:{import_id}", audit.Of(None, file.cooperative_id))
    return import_id


def forget(session: Session, now: datetime) -> None:
    """Delete files that have lain here for LIVES."""
    session.execute(delete(ImportFile).where(ImportFile.at < now - LIVES))
