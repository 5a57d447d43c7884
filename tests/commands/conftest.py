"""A village, and a clerk who answers its SMS."""

import itertools
from datetime import time
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app.commands.inbound import Clerk
from app.db.database import Database
from app.gateways.callbacks import IncomingSms
from app.sms.broadcasts.terms import Terms
from app.sms.models import Inbound, Message
from tests import incoming_sms, sample_cooperative
from tests.conftest import EDGES, Clock, one_of

TERMS = Terms(50, 100_000, (time(21), time(7)), ZoneInfo("Africa/Dakar"), 6)


class Desk:
    """Send SMS to the clerk and read what is answered."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock, self._ids = database, clock, itertools.count(1)
        self.clerk = Clerk(database, sample_cooperative.KEY, "21512", TERMS)

    def say(self, text: str, sender: str = sample_cooperative.AWA, sms_id: str | None = None) -> str | None:
        """Send an SMS and give the answer's text, None when there is none."""
        before = len(self.answers())
        self.hear(text, sender, sms_id or f"id{next(self._ids)}")
        new = [row for row in self.answers()[before:] if row.to_number == sender]
        assert len(new) <= 1
        return new[0].text if new else None

    def hear(self, text: str, sender: str, sms_id: str) -> None:
        incoming_sms.hear(self.clerk, IncomingSms(sms_id, sender, "21512", text, None), self.clock())

    def answers(self) -> list[Message]:
        with self.database.transaction() as session:
            return list(session.scalars(select(Message).order_by(Message.id)))

    def inbox(self) -> list[Inbound]:
        with self.database.transaction() as session:
            return list(session.scalars(select(Inbound).order_by(Inbound.id)))

    def rows(self, model: type) -> list:
        with self.database.transaction() as session:
            return list(session.scalars(select(model).order_by(*model.__table__.primary_key)))


@pytest.fixture(params=EDGES)
def database(request: pytest.FixtureRequest) -> Database:
    return one_of(request)


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    sample_cooperative.build(database)
    return Desk(database, clock)
