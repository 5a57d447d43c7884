"""An outbox on a migrated database, and a gateway that answers what a test tells it to."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.db.database import Database
from app.gateways.sms import Answer, Taken
from app.sms import halts, outbox
from app.sms.claims import Batch, claim
from app.sms.marks import Marks
from app.sms.models import Message, StateChange
from app.sms.provider_replies import SendResult, settle
from app.sms.rate import RateSlot
from app.sms.sender import Sender, send_slice
from tests.conftest import Clock

ADMINISTRATOR = "+221780000001"
AWA, FATOU = "+221770000001", "+221770000002"


class FakeGateway:
    """Takes everything, unless `answers` has something else to say; `during` runs while the request is under way."""

    name = "fake"

    def __init__(self) -> None:
        self.requests: list[tuple[str, list[str]]] = []
        self.answers: list[Answer | Exception] = []
        self.taken = 0
        self.during: Callable[[], None] = lambda: None

    def send(self, text: str, numbers: Sequence[str]) -> Answer:
        self.requests.append((text, list(numbers)))
        self.during()
        answer = self.answers.pop(0) if self.answers else took(numbers, len(self.requests))
        if isinstance(answer, Exception):
            raise answer
        self.taken += len(set(answer.taken) & set(numbers))
        return answer


def took(numbers: Sequence[str], request: int = 1) -> Answer:
    return Answer({number: Taken(f"id-{request}-{number}", 101, "XOF 20") for number in numbers})


class Desk:
    """The outbox of one database, worked by hand."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock, self.gateway = database, clock, FakeGateway()
        self.watch = halts.Watch((ADMINISTRATOR,))
        self.rate: Any = Boundless()
        self.lines: Any = Here()
        self.more, self.jitter = False, 0.5
        self.marks: Marks | None = None

    def put(self, cause: str, to: str = AWA, text: str = "Jappoo: bonjour", purpose: str = "answer") -> int | None:
        with self.database.transaction() as session:
            return outbox.put(session, to=to, text=text, purpose=purpose, cause=cause, now=self.clock())

    def claim(self, lane: str = "answer", **how: Any) -> list[Batch]:
        with self.database.transaction() as session:
            return claim(session, lane, now=self.clock(), **how)

    def settle(self, *said: tuple[Batch, Any]) -> SendResult:
        with self.database.transaction() as session:
            return settle(session, "fake", said, now=self.clock(), jitter=lambda: self.jitter)

    def send(self, lane: str = "answer") -> int:
        """Work for a slice of time; return how many numbers the provider took."""
        before = self.gateway.taken
        how = (self.gateway, self.rate, self.lines, lambda: self.watch, self.clock, lambda: self.jitter, self.marks)
        self.more = send_slice(Sender(self.database, *how), lane)
        return self.gateway.taken - before

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


class Boundless:
    """A rate that lets everything leave at once, and notes when it is told to slow down."""

    def __init__(self) -> None:
        self.second, self.slowed, self.taken = 1_000_000, 0, list[tuple[int, bool]]()

    def take(self, parts: int, *, overdraw: bool = False, patience: float = 0.0) -> RateSlot:
        del patience
        self.taken.append((parts, overdraw))
        return RateSlot(True, 0.0)

    def slow(self) -> None:
        self.slowed += 1


class Here:
    """An executor that calls at once."""

    def submit(self, call: Callable[..., None], *arguments: Any) -> None:
        call(*arguments)


@pytest.fixture
def post(database: Database, clock: Clock) -> Desk:
    return Desk(database, clock)
