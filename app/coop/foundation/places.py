"""The communes and trades that a co-operative may have, and its row by its code."""

from rapidfuzz import process
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.coop.cooperatives.communes import COMMUNES, FILIERES
from app.coop.cooperatives.models import Commune, Cooperative, Filiere
from app.db.rows import require


class NotFounded(Exception):
    """It can't be so, and nothing was changed: its words say why, in French without a full stop."""


def cooperative_of(session: Session, code: str) -> Cooperative:
    """Return a co-operative by its code, locked. Raises NotFounded."""
    return require(
        session.scalar(select(Cooperative).where(Cooperative.code == code.upper()).with_for_update()),
        NotFounded(f"aucune CPS n'a le code {code[:16]}"),
    )


def write_places(session: Session) -> None:
    """Write the communes of Mbour and the trades that are not there yet."""
    known = set(session.scalars(select(Commune.name)))
    session.add_all(Commune(name=name) for name in COMMUNES if name not in known)
    trades = set(session.scalars(select(Filiere.code)))
    session.add_all(Filiere(code=code, name=name) for code, name in FILIERES if code not in trades)
    session.flush()


def commune_id(session: Session, name: str) -> int:
    """Return a commune by its name. Raises NotFounded, with the nearest name."""
    return _one(name, {row.name: row.id for row in session.execute(select(Commune.name, Commune.id))}, "commune")


def trade_id(session: Session, code: str) -> int:
    """Return a trade by its code, in any case. Raises NotFounded, with the nearest code."""
    return _one(code.upper(), {row.code: row.id for row in session.execute(select(Filiere.code, Filiere.id))}, "filière")


def _one(given: str, known: dict[str, int], what: str) -> int:
    if given in known:
        return known[given]
    likely = process.extractOne(given, list(known), score_cutoff=60)
    raise NotFounded(f"{what} inconnue: {given[:20]}" + (f". {likely[0]} ?" if likely else ""))
