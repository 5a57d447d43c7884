"""The writing of a file that was brought to the console: agreed to by the officer's PIN, with its counts."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app import units
from app.coop.act import Act
from app.coop.console_requests.kinds import RequestDone, RequestKind
from app.coop.cooperatives.models import Cooperative
from app.coop.imports.files import WORDS
from app.coop.imports.models import ImportFile
from app.coop.scope import Scope
from app.db.rows import require


class AskedImport(msgspec.Struct, frozen=True):
    """A file, and how many rows of it are new and changed; `only_good` leaves out what must be answered or mended."""

    file_id: int
    create: int
    update: int
    only_good: bool = False


class FileGone(Exception):
    """The file isn't this officer's, was written, or is too old."""


def _say(reader: Connection | Session, scope: Scope, now: datetime, wanted: AskedImport) -> str:
    del now
    here = (ImportFile.id == wanted.file_id) & scope.reach(ImportFile.cooperative_id)
    row = require(reader.execute(select(ImportFile.kind, ImportFile.cooperative_id).where(here)).first(), FileGone())
    place = reader.scalar(select(Cooperative.code).where(Cooperative.id == row.cooperative_id)) or "fédération"
    rows = f"{units.count(wanted.create, 'ligne')} en plus, {wanted.update} {units.agree(wanted.update, 'changée')}"
    return f"importer des {WORDS[row.kind]}, {place}: {rows}."


def _do(session: Session, act: Act, wanted: AskedImport) -> RequestDone:
    mine = (ImportFile.id == wanted.file_id) & (ImportFile.person_id == act.person_id) & ImportFile.import_id.is_(None)
    row = session.scalar(select(ImportFile).where(mine).with_for_update())
    if row is None or not act.office.scope.includes(row.cooperative_id):
        raise FileGone
    row.confirmed = {"create": wanted.create, "update": wanted.update, "only_good": wanted.only_good}
    return RequestDone("Noté. Revenez à la console pour l'écrire.")


KIND = RequestKind(
    name="import",
    title="Import",
    right="people",
    arguments=AskedImport,
    say=_say,
    do=_do,
    denies={FileGone: "le fichier n'est plus là, ou est déjà écrit"},
)
