"""Who comes: the company's choice, the days that somebody was there, who dropped out, and the certificate at the end."""

import secrets
from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.coop.act import Act
from app.coop.members.names import member_name
from app.coop.offices import audit
from app.coop.references import check_digit, draw_reference
from app.coop.training import notices
from app.coop.training.applications import ApplicationNotOpen, whose
from app.coop.training.models import Attendance, Certificate, Training, TrainingApplication, TrainingDay
from app.coop.training.seats import TrainingClosed, TrainingGone, free_seats, in_charge, lock_training
from app.db.rows import require, store
from app.db.upsert import upsert

MOST_DRAWS = 20


class WrongDayCode(Exception):
    """No training of this person has this code today."""


class SeveralHere(Exception):
    """Several who applied from this number have this code today: a family's telephone doesn't say which of them is there."""


class TooManyChosen(Exception):
    """More were chosen than there are seats; the argument is how many are left."""


def choose(session: Session, act: Act | None, training_id: int, chosen: Collection[int], now: datetime, *, last: bool) -> int:
    """Give those whom the company chose their seats; with `last` the others who applied have none. Return how many were chosen.

    Raises TrainingGone, TooManyChosen, ApplicationNotOpen for one who didn't apply there, and then nothing is changed.
    """
    training = lock_training(session, training_id)
    if training.state != "open" or not training.company_chooses or (act and not in_charge(act.office, training, "company")):
        raise TrainingGone(training_id)
    applied = (TrainingApplication.training_id == training_id) & (TrainingApplication.state == "applied")
    free = free_seats(session, training)
    if len(set(chosen)) > free:
        raise TooManyChosen(free)
    told = {"news": "state", "changed_at": now}
    mine = update(TrainingApplication).where(applied, TrainingApplication.id.in_(chosen)).values(state="seated", **told)
    moved = session.scalars(mine.returning(TrainingApplication.id)).all()
    # The error takes the seats of the others back with it: a list is taken whole or not at all.
    if len(moved) != len(set(chosen)):
        raise ApplicationNotOpen(sorted(set(chosen) - set(moved)))
    if last:
        session.execute(update(TrainingApplication).where(applied).values(state="declined", **told))
    if act is not None and act.by is not None:
        audit.note(session, act, "training chosen", f"training:{training_id}", audit.Of(None, training.cooperative_id))
    return len(moved)


def read_applicants(session: Session, act: Act, training_id: int) -> None:
    """Write down that the list of who applied was taken out. Raises TrainingGone for a training that isn't this office's."""
    training = session.get(Training, training_id)
    if training is None or not (in_charge(act.office, training, "centre") or in_charge(act.office, training, "company")):
        raise TrainingGone(training_id)
    audit.note(session, act, "applicants read", f"training:{training_id}", audit.Of(None, training.cooperative_id))


def day_code(session: Session, act: Act, training_id: int, draw: Callable[[int], int] = secrets.randbelow) -> str:
    """Return the code of today, drawn once a day, which the centre says there. Raises TrainingGone, TrainingClosed."""
    training = lock_training(session, training_id)
    if act.by is not None and not in_charge(act.office, training, "centre"):
        raise TrainingGone(training_id)
    if training.state != "open" or not training.starts_on <= act.today <= training.ends_on:
        raise TrainingClosed(training_id)
    known = session.get(TrainingDay, (training_id, act.today))
    if known is None:
        known = store(session, TrainingDay(training_id=training_id, on_day=act.today, code=draw_reference(draw)))
    return known.code


def attend(session: Session, act: Act, code: str, application_id: int | None = None) -> Training:
    """Note that who is on the line is there today, by the day's code; twice is once. Raises WrongDayCode.

    Of several on one number the one who was chosen, or SeveralHere.
    """
    mine = select(TrainingApplication.id, TrainingApplication.training_id).join(
        TrainingDay, TrainingDay.training_id == TrainingApplication.training_id
    )
    here = (TrainingDay.on_day == act.today) & (TrainingDay.code == code)
    found = session.execute(mine.where(here, whose(act), TrainingApplication.state.in_(("seated", "certified")))).all()
    one = require(next((row for row in found if row.id == application_id), found[0] if found else None), WrongDayCode(code))
    if len(found) > 1 and one.id != application_id:
        raise SeveralHere(code)
    _note_day(session, one.id, act, by_list=False)
    return session.get_one(Training, one.training_id)


def attend_by_list(session: Session, act: Act, application_id: int) -> None:
    """Note that somebody is there today, by the centre's list. Raises ApplicationNotOpen, TrainingClosed."""
    row, training = _of(session, act, application_id)
    if not training.starts_on <= act.today <= training.ends_on:
        raise TrainingClosed(training.id)
    _note_day(session, row.id, act, by_list=True)
    _note(session, act, "attendance", row, training)


def drop(session: Session, act: Act, application_id: int) -> None:
    """Note that somebody has left the training: before its start the seat is free again. Raises ApplicationNotOpen."""
    row, training = _of(session, act, application_id)
    row.state, row.news, row.changed_at = "dropped", "state", act.now
    _note(session, act, "dropped out", row, training)


def certify(session: Session, act: Act, application_id: int, draw: Callable[[int], int] = secrets.randbelow) -> Certificate:
    """Give somebody who was there the certificate, from the last day on, with its number by SMS; once.

    Raises ApplicationNotOpen, TrainingClosed.
    """
    row, training = _of(session, act, application_id)
    if act.today < training.ends_on:
        raise TrainingClosed(training.id)
    name = row.name or (member_name(session, row.member_id) if row.member_id else "")
    made = Certificate(
        number=_draw_number(session, draw),
        application_id=row.id,
        title=training.title,
        initials="".join(part[0] for part in name.split()).upper()[:4],  # a capital may be two letters
        given_on=act.today,
        given_by=act.person_id or None,
    )
    session.add(made)
    row.state, row.changed_at, row.news = "certified", act.now, None
    session.flush()
    _note(session, act, "certified", row, training)
    notices.tell_certificate(session, act, row, made)
    return made


def _of(session: Session, act: Act, application_id: int) -> tuple[TrainingApplication, Training]:
    """Lock an application that has a seat, with its training in the officer's scope; an operator's act has no office."""
    row = require(session.get(TrainingApplication, application_id), ApplicationNotOpen(application_id))
    training = lock_training(session, row.training_id)
    session.refresh(row)
    out_of_scope = act.by is not None and not in_charge(act.office, training, "centre")
    if row.state != "seated" or training.state != "open" or out_of_scope:
        raise ApplicationNotOpen(application_id)
    return row, training


def _note_day(session: Session, application_id: int, act: Act, *, by_list: bool) -> None:
    values = {"application_id": application_id, "on_day": act.today, "by_list": by_list, "at": act.now}
    session.execute(upsert(session, Attendance).values(values).on_conflict_do_nothing())


def _draw_number(session: Session, draw: Callable[[int], int]) -> str:
    for _ in range(MOST_DRAWS):
        digits = f"{draw(100_000_000):08d}"
        number = digits + check_digit(digits)
        if session.get(Certificate, number) is None:
            return number
    raise RuntimeError("no certificate's number is free")


def _note(session: Session, act: Act, what: str, row: TrainingApplication, training: Training) -> None:
    if act.by is not None:
        audit.note(session, act, what, f"application:{row.id}", audit.Of(row.member_id, training.cooperative_id))
