"""Broadcasts on their way, in tests."""

from datetime import time
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

from app.coop.broadcasts import confirmations
from app.coop.broadcasts.estimates import Draft, estimate
from app.coop.rights import Office
from app.db.database import Database
from app.sms.broadcasts import expansion, progress, rounds
from app.sms.broadcasts.models import Broadcast
from app.sms.broadcasts.terms import Terms
from app.sms.claims import claim
from app.sms.models import Message
from app.sms.states import move
from tests import sample_cooperative, sample_declarations
from tests.acts import by
from tests.conftest import SERVICE

TERMS = Terms(50, 100_000, (time(21), time(7)), ZoneInfo("Africa/Dakar"), 6)
CLERK = Office(101, "secretary", 1)


class Sending:
    """One broadcast to the women of the quay, worked by hand."""

    def __init__(self, database, clock, women=60):
        self.database, self.clock, self.woken = database, clock, []
        sample_cooperative.build(database)
        sample_declarations.appoint(database)
        sample_declarations.women(database, women)
        self.all = women + 4

    def order(self, *, urgent=False, wanted_at=None, text="Jappoo", office=CLERK, at_once=None):
        """Estimate and confirm; with small slices nothing is written with the confirmation."""
        at_once = confirmations.WRITTEN_AT_ONCE if at_once is None and expansion.SLICE > 9 else at_once or 0
        with self.database.transaction() as session:
            draft = Draft("TOUS", text, urgent, wanted_at)
            act = by(office, text, self.clock(), "sms", sample_declarations.SECRETARY)
            made = estimate(session, act, draft, key=sample_cooperative.KEY, terms=TERMS)
            row = confirmations.find(session, sample_declarations.SECRETARY, made.code, sample_cooperative.KEY, now=self.clock())
            confirmations.confirm(session, act, row, TERMS, at_once=at_once)
            session.execute(update(Message).where(Message.cause.startswith("copy:")).values(state="accepted", rank=30))
            return row.id

    def resume(self, lane="notice"):
        with self.database.transaction() as session:
            return confirmations.resume(session, lane, TERMS, now=self.clock())

    def claim(self, lane="notice", most=10):
        with self.database.transaction() as session:
            return [number for batch in claim(session, lane, now=self.clock(), most=most) for number in batch.ids]

    def take(self, numbers, state="accepted"):
        with self.database.transaction() as session:
            move(session, Message.to_number.in_(numbers) & (Message.state == "sending"), state, now=self.clock())

    def stop(self, broadcast=1):
        with self.database.transaction() as session:
            return progress.stop(session, broadcast, 102, now=self.clock())

    def tick(self):
        with self.database.transaction() as session:
            rounds.follow(session, now=self.clock(), wake=self.woken.append)

    def row(self, broadcast=1):
        with self.database.transaction() as session:
            return session.get_one(Broadcast, broadcast)

    def states(self, cause="broadcast:1"):
        with self.database.read() as reader:
            counted = select(Message.state, func.count()).where(Message.cause == cause).group_by(Message.state)
            return dict(reader.execute(counted).all())

    def said(self, cause):
        with self.database.read() as reader:
            return reader.scalars(select(Message.text).where(Message.cause.startswith(cause)).order_by(Message.id)).all()


@pytest.fixture
def sending(sqlite_database, clock):
    return Sending(sqlite_database, clock)


@pytest.fixture
def patient(postgres_database):
    """Give the same database with room for eight who wait for each other, also on a busy machine."""
    given = Database(postgres_database.url, pool_size=9, statement_ms=30_000, service=SERVICE)
    yield given
    given.dispose()


@pytest.fixture
def slices(monkeypatch):
    """Let slices be small."""
    monkeypatch.setattr(expansion, "SLICE", 9)


def _power_cut(*_):
    raise KeyboardInterrupt


def _until_written(sending):
    while sending.row().state == "expanding":
        sending.resume()
