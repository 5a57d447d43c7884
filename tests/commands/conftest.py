"""A village, and a clerk who answers its SMS."""

import itertools

import pytest
from sqlalchemy import select

from app.commands.inbound import Clerk, receive
from app.db.database import Database
from app.gateways.callbacks import IncomingSms
from app.sms.models import Inbound, Message
from tests import village
from tests.conftest import Clock


class Desk:
    """Send SMS to the clerk and read what is answered."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock, self._ids = database, clock, itertools.count(1)
        self.clerk = Clerk(database, village.KEY, "*384*44135#", "Gratuit", 20, "21512")

    def say(self, text: str, sender: str = village.AWA, sms_id: str | None = None) -> str | None:
        """Send an SMS and give the answer's text, None when there is none."""
        before = len(self.answers())
        receive(self.clerk, IncomingSms(sms_id or f"id{next(self._ids)}", sender, "21512", text, None), self.clock())
        new = [row for row in self.answers()[before:] if row.to_number == sender]
        assert len(new) <= 1
        return new[0].text if new else None

    def answers(self) -> list[Message]:
        with self.database.transaction() as session:
            return list(session.scalars(select(Message).order_by(Message.id)))

    def inbox(self) -> list[Inbound]:
        with self.database.transaction() as session:
            return list(session.scalars(select(Inbound).order_by(Inbound.id)))

    def rows(self, model: type) -> list:
        with self.database.transaction() as session:
            return list(session.scalars(select(model)))


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    village.build(database)
    return Desk(database, clock)
