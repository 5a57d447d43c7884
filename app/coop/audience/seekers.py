"""Numbers of nobody here that wish to hear of jobs: kept with their commune, which a member's co-operative tells otherwise."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.orm import Session

from app.coop.audience.models import JobSeeker
from app.db.upsert import upsert


def seek(session: Session, phone: str, commune_id: int, now: datetime) -> None:
    """Have a number hear of jobs in a commune, in place of the one that it named before."""
    values = {"commune_id": commune_id, "at": now}
    said = upsert(session, JobSeeker).values(phone=phone, **values)
    session.execute(said.on_conflict_do_update(index_elements=["phone"], set_=values))


def seeks(reader: Connection | Session, phone: str) -> bool:
    """Tell whether a number is among them."""
    return reader.scalar(select(JobSeeker.phone).where(JobSeeker.phone == phone)) is not None


def forget(session: Session, phones: Collection[str], before: datetime | None = None) -> None:
    """Have numbers hear of jobs no more; with `before` only those that haven't wished for it since."""
    theirs = delete(JobSeeker).where(JobSeeker.phone.in_(phones))
    session.execute(theirs if before is None else theirs.where(JobSeeker.at <= before))
