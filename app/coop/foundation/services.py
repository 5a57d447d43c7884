"""Begin a co-operative, and change what it is and what its statutes set."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import texts
from app.coop import law
from app.coop.act import Act
from app.coop.audience.words import means
from app.coop.cooperatives.models import Cooperative
from app.coop.foundation.places import NotFounded, commune_id, cooperative_of, trade_id, write_places
from app.coop.ledger.services import open_accounts
from app.coop.offices.notices import tell_officers
from app.coop.scope import Scope
from app.coop.till import void_loans
from app.db.rows import store
from app.letters import is_name

SETTINGS = {
    "solidarity_percent": 50,
    "instalment_percent": 100,
    "price_threshold_percent": 1000,
    "payment_threshold": 999_999_999,
}
"""What a co-operative sets for itself, each with the most that it can be; percents, but `payment_threshold` in XOF."""


def found(session: Session, code: str, name: str, *, commune: str, filiere: str, form: str, now: datetime) -> None:
    """Write a new co-operative with its control accounts. Raises NotFounded on a code that is taken, an unknown place or trade."""
    code = code.upper()
    # Behind a letter, for a spreadsheet makes a number of 12 and of 24E06.
    if not (code.isascii() and code.isalnum() and code[0].isalpha() and 2 <= len(code) <= 16):
        raise NotFounded("un code a de 2 à 16 lettres et chiffres, une lettre d'abord")
    if session.scalar(select(Cooperative.id).where(Cooperative.code == code)) is not None:
        raise NotFounded(f"{code} est déjà une CPS")
    write_places(session)
    if means(session.connection(), code):
        raise NotFounded(f"{code} veut déjà dire une commune, une filière, une charge ou tous")
    row = Cooperative(code=code, name=_name(name), legal_form=form, created_at=now)
    row.commune_id, row.filiere_id = commune_id(session, commune), trade_id(session, filiere)
    store(session, row)
    open_accounts(session, row.id, None)


def change(session: Session, code: str, setting: str, value: int, *, now: datetime) -> None:
    """Change what a co-operative sets for itself, from now on: nothing that was credited moves; its officers are told.

    Raises NotFounded.
    """
    if not 0 <= value <= SETTINGS[setting]:
        raise NotFounded(f"{texts.words('setting')[setting]} est un nombre entier de 0 à {SETTINGS[setting]}")
    _set(session, cooperative_of(session, code), setting, value, now)


def describe(
    session: Session, code: str, *, name: str | None = None, commune: str | None = None, filiere: str | None = None, now: datetime
) -> None:
    """Change what a co-operative is known by: what is given. Its officers are told, once, when anything moved.

    Raises NotFounded.
    """
    cooperative = cooperative_of(session, code)
    told: dict[str, str | int] = {}
    write_places(session)
    if name is not None:
        told["name"] = _name(name)
    if commune is not None:
        told["commune_id"] = commune_id(session, commune)
    if filiere is not None:
        told["filiere_id"] = trade_id(session, filiere)
    if all(getattr(cooperative, field) == value for field, value in told.items()):
        return
    session.execute(update(Cooperative).where(Cooperative.id == cooperative.id).values(**told))
    _tell(session, cooperative, f"details:{cooperative.id}:{now.isoformat()}", texts.say("details_changed", day=now), now)


def reform(session: Session, code: str, form: law.Form, *, now: datetime) -> int:
    """Change a co-operative's legal form; return how many loans, not handed over yet, the new one voids: they are let go, and told.

    What is owed stays owed (`void_loans.owed`). The officers are told. Raises NotFounded.
    """
    cooperative = cooperative_of(session, code)
    _set(session, cooperative, "legal_form", form, now)
    return void_loans.let_go(session, now, Scope(cooperative.id))


def _name(typed: str) -> str:
    name = " ".join(typed.split())[:60]
    if not is_name(name):
        raise NotFounded("un nom a des lettres")
    return name


def _set(session: Session, cooperative: Cooperative, setting: str, value: int | str, now: datetime) -> None:
    before = getattr(cooperative, setting)
    if before == value:
        return
    setattr(cooperative, setting, value)
    session.flush()
    words = texts.say("setting_changed", day=now, setting=setting, before=before, after=value)
    _tell(session, cooperative, f"setting:{cooperative.id}:{setting}:{now.isoformat()}", words, now)


def _tell(session: Session, cooperative: Cooperative, cause: str, words: str, now: datetime) -> None:
    tell_officers(session, Act(0, "cli", cause, now), Scope(cooperative.id), cause, words)
