"""Find a co-operative, or a commune."""

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.coop.cooperatives.models import Commune, Cooperative
from app.coop.scope import Scope
from app.letters import packed


def cooperative_by_code(reader: Connection | Session, code: str) -> int | None:
    """Return the co-operative with a code, in capitals or not."""
    return reader.scalar(select(Cooperative.id).where(Cooperative.code == code.strip().upper()))


def communes_meant(reader: Connection | Session, typed: str) -> list[tuple[int, str]]:
    """Return the communes of a name, else those that begin so (three letters at least): id, name."""
    wanted = packed(typed)
    rows = reader.execute(select(Commune.id, Commune.name).order_by(Commune.id)).all()
    named = [(row.id, row.name) for row in rows if packed(row.name) == wanted]
    return named or [(row.id, row.name) for row in rows if len(wanted) >= 3 and packed(row.name).startswith(wanted)]


def code_of(reader: Connection | Session, scope: Scope, cooperative_id: int) -> str | None:
    """Return a co-operative's code; None when it isn't in the scope's reach."""
    return reader.scalar(select(Cooperative.code).where(Cooperative.id == cooperative_id, scope.reach(Cooperative.id)))
