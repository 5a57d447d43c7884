"""The company's choice as a file: the list of who applied goes out, and comes back with `oui` beside those who are chosen."""

from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import sheets
from app.coop.cooperatives.models import Commune, Cooperative
from app.coop.members.models import Member
from app.coop.training.models import TrainingApplication
from app.coop.training.queries import APPLICANTS, applicants
from app.sheets import Column, SheetRefused

HEADER = ("Dossier", "Prénom et nom", "Né en", "Commune", "État", "Rang", "Jours présent", "Choisi")
COLUMNS = (
    Column(field="number", names=("Dossier", "Numéro de dossier"), reader=sheets.code, required=True),
    Column(field="chosen", names=("Choisi", "Choisie", "Retenu"), reader=sheets.yes_no, required=True),
)
Line = tuple[int, str, int | None, str, str, int | None, int, str]


def list_for_company(session: Session, training_id: int) -> list[Line]:
    """Return who applied, a row each under HEADER: no telephone number; `Choisi` says oui for those who have a seat."""
    found = applicants(session, training_id, most=None)
    place = select(TrainingApplication.id, Commune.name).outerjoin(Member, Member.id == TrainingApplication.member_id)
    place = place.outerjoin(Cooperative, Cooperative.id == Member.cooperative_id)
    on = (Commune.id == TrainingApplication.commune_id) | (Commune.id == Cooperative.commune_id)
    communes = dict(session.execute(place.join(Commune, on).where(TrainingApplication.training_id == training_id)).all())
    return [
        (
            *(one.id, one.name, one.born_in, communes.get(one.id, ""), APPLICANTS[one.state]),
            *(one.rank if one.state == "waiting" else None, one.days),
            "oui" if one.state in ("seated", "certified") else "",
        )
        for one in found
    ]


def without_seats(session: Session, training_id: int, chosen: list[int]) -> list[int]:
    """Leave out who has a seat already: a list that comes back names them again."""
    has = (TrainingApplication.training_id == training_id) & TrainingApplication.state.in_(("seated", "certified"))
    return sorted(set(chosen) - set(session.scalars(select(TrainingApplication.id).where(has))))


def read_choice(source: Path | BinaryIO) -> list[int]:
    """Return the numbers of those with `oui`; a row that says nothing is a no.

    Raises SheetRefused for a file that can't be read, and on the first cell that means nothing, with its row.
    """
    chosen = []
    for row in sheets.read_table(source, COLUMNS).rows:
        if row.kind != "data":
            continue
        number, word = row.cells["number"], row.cells["chosen"]
        if isinstance(word.reading, sheets.NoValue) or word.value is False:
            continue
        digits = str(number.value or "")
        # isdigit alone takes raised figures and those of other scripts, too.
        if word.value is not True or not (digits.isdigit() and digits.isascii()):
            raise SheetRefused(f"Ligne {row.number}: un numéro de dossier, et oui ou non, svp.")
        chosen.append(int(digits))
    return chosen
