"""What is asked of techniques at the console: that one be written down, as members read it."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.console_requests.kinds import RequestDone, RequestKind
from app.coop.cooperatives.models import Filiere
from app.coop.scope import Scope
from app.coop.techniques import services
from app.db.rows import require


class AskedTechnique(msgspec.Struct, frozen=True):
    """A technique of a trade, by its code: how it is done, and its usual yield in per cent where that is known."""

    name: str
    steps: str
    filiere: str
    yields: tuple[int, int] | None = None


def _filiere(reader: Connection | Session, code: str) -> int:
    return require(reader.scalar(select(Filiere.id).where(Filiere.code == code)), services.TechniqueRefused(code))


def _say(reader: Connection | Session, scope: Scope, now: datetime, wanted: AskedTechnique) -> str:
    del scope, now
    services.check_technique(reader, wanted.name, wanted.steps, wanted.yields)
    _filiere(reader, wanted.filiere)
    usual = f", rendement {wanted.yields[0]} à {wanted.yields[1]} %" if wanted.yields else ""
    return f"nouvelle technique {wanted.name} ({wanted.filiere}), {len(wanted.steps)} lettres{usual}."


def _write(session: Session, act: Act, wanted: AskedTechnique) -> RequestDone:
    row = services.add_technique(session, wanted.name, wanted.steps, _filiere(session, wanted.filiere), wanted.yields, act)
    return RequestDone(f"C'est la fiche {row.id}: tous peuvent la lire.")


TECHNIQUE = RequestKind(
    name="technique",
    title="Technique",
    right="boutiques",
    arguments=AskedTechnique,
    say=_say,
    do=_write,
    denies={services.TechniqueRefused: "ce nom est pris, ou un chiffre ne va pas"},
)
