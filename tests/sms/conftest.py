"""An outbox on a migrated database, and a gateway that answers what a test tells it to."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.db.database import Database
from app.gateways.sms import Answer, Taken
from app.sms import outbox, sending
from app.sms.models import Message, StateChange
from tests.conftest import Clock

AWA, FATOU = "+221770000001", "+221770000002"


class FakeGateway:
    """Takes everything, unless `answers` has something else to say; `during` runs while the request is under way."""

    name = "fake"

    def __init__(self) -> None:
        self.requests: list[tuple[str, list[str]]] = []
        self.answers: list[Answer | Exception] = []
        self.during: Callable[[], None] = lambda: None

    def send(self, text: str, numbers: Sequence[str]) -> Answer:
        self.requests.append((text, list(numbers)))
        self.during()
        answer = self.answers.pop(0) if self.answers else took(numbers, len(self.requests))
        if isinstance(answer, Exception):
            raise answer
        return answer


def took(numbers: Sequence[str], request: int = 1) -> Answer:
    return Answer({number: Taken(f"id-{request}-{number}", 101, "XOF 20") for number in numbers})


class Post:
    """The outbox of one database, worked by hand."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock, self.gateway = database, clock, FakeGateway()

    def put(self, cause: str, to: str = AWA, text: str = "Jappoo: bonjour", purpose: str = "answer") -> int | None:
        with self.database.transaction() as session:
            return outbox.put(session, to=to, text=text, purpose=purpose, cause=cause, now=self.clock(), part_price=20)

    def claim(self, lane: str = "answer") -> list[sending.Batch]:
        with self.database.transaction() as session:
            return sending.claim(session, lane, now=self.clock())

    def send(self, lane: str = "answer") -> int:
        return sum(
            sending.send(self.database, self.gateway, batch, clock=self.clock, jitter=lambda: 0.5) for batch in self.claim(lane)
        )

    def all(self) -> list[Message]:
        with self.database.transaction() as session:
            return list(session.scalars(select(Message).order_by(Message.id)))

    def states(self) -> list[str]:
        return [message.state for message in self.all()]

    def changes(self) -> list[str]:
        with self.database.transaction() as session:
            return list(session.scalars(select(StateChange.state).order_by(StateChange.id)))

    def wait(self, **delta: float) -> timedelta:
        self.clock.forward(**delta)
        return timedelta(**delta)


@pytest.fixture
def post(database: Database, clock: Clock) -> Post:
    return Post(database, clock)
