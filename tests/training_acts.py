"""Trainings in tests: opened, applied for, given back, swept; a quay with six women."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.coop.rights import Office
from app.coop.training import ages, applications, clock, notices, placement, presence, seats
from app.coop.training.models import Training, TrainingApplication
from app.sms.models import Message
from tests import sample_declarations
from tests.acts import by, own

SECRETARY, FEDERATION, NEIGHBOUR = sample_declarations.CLERK, Office(103, "administrator", None), Office(302, "president", 2)
FIRST = date(2026, 12, 8)
BORN = ages.Birth(2000)
KEYS = itertools.count(1)


@pytest.fixture
def quay(database):
    sample_declarations.staffed(database)
    sample_declarations.women(database, 6)
    return database


@pytest.fixture
def clock_now():
    return datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def opened(database, **given):
    told = {"title": "Couture", "place": "Mbour", "seats": 1, "starts_on": FIRST, "ends_on": FIRST}
    told["apply_until"] = FIRST - timedelta(1)
    with database.transaction() as session:
        cooperative = given.pop("cooperative_id", None)
        return seats.add_training(session, None, cooperative, seats.NewTraining(**told | given), date(2026, 11, 24)).id


def phone_of(member):
    return f"+22177{member:07d}"


def apply(database, training, member, now, told=None):
    with database.transaction() as session:
        act = own(member, f"apply:{next(KEYS)}", now, phone=phone_of(member))
        row, new = applications.apply(session, act, training, told or applications.ApplicantTold(BORN))
        notices.receipt(session, row, session.get_one(Training, training))
        return row.id, row.state, new


def stranger(database, training, phone, now, **told):
    with database.transaction() as session:
        act = own(None, f"apply:{next(KEYS)}", now, phone=phone, person_id=99)
        said = {"birth": BORN, "name": "Fatou Ndiaye", "commune_id": 1} | told
        return applications.apply(session, act, training, applications.ApplicantTold(**said))[0].id


def give_back(database, application, member, now):
    with database.transaction() as session:
        applications.give_back(session, own(member, f"back:{application}", now, phone=phone_of(member)), application)


def accept(database, application, member, now, at=None):
    with database.transaction() as session:
        act = own(member, f"yes:{application}", now, phone=phone_of(member))
        return applications.accept(session, act, application, at or now).state


def sweep(database, now):
    for do in (clock.begun, clock.lapse, clock.offer, clock.tell_ranks, notices.tell_news):
        with database.transaction() as session:
            do(session, now)


def states(database, training):
    with database.read() as reader:
        rows = select(TrainingApplication.state).where(TrainingApplication.training_id == training)
        return list(reader.scalars(rows.order_by(TrainingApplication.id)))


def told(database, member):
    with database.read() as reader:
        return list(reader.scalars(select(Message.text).where(Message.to_number == phone_of(member)).order_by(Message.id)))


def certified(database, now):
    training = opened(database, seats=2)
    rows = [apply(database, training, 201, now)[0], stranger(database, training, "+221775550001", now, wants_jobs=True)]
    day = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
    with database.transaction() as session:
        for row in rows:
            presence.certify(session, by(FEDERATION, f"yes:{row}", day), row)
    return rows, day


def ask(database, now):
    with database.transaction() as session:
        placement.ask(session, now)
        placement.forget(session, now)
