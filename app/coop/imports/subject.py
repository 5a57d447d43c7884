"""Imports, as others must know them."""

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.coop.imports import console, files
from app.coop.imports.models import ImportFile, ImportMark, ImportRow, MemberProfile
from app.coop.subject import Leaver, Rows, Subject, Sweep


def _forget_profile(session: Session, leaver: Leaver) -> None:
    session.execute(delete(MemberProfile).where(MemberProfile.member_id == leaver.member_id))


def _forget_marks(session: Session, leaver: Leaver) -> None:
    session.execute(delete(ImportMark).where(ImportMark.member_id == leaver.member_id))


def _forget_before(session: Session, leaver: Leaver) -> None:
    session.execute(update(ImportRow).where(ImportRow.member_id == leaver.member_id).values(before={}))


subject = Subject(
    name="imports",
    requests=(console.KIND,),
    sweeps=(Sweep("import files", 3600, files.forget),),
    rows=(
        Rows(MemberProfile, "the register has a line for each card; the other one departs with its own", _forget_profile),
        Rows(ImportMark, "move", _forget_marks),
        Rows(ImportFile, "it is of the officer who brought it", "it is gone after three days (app/coop/imports/files.py)"),
        Rows(ImportRow, "it tells what the file did then", _forget_before),
    ),
)
