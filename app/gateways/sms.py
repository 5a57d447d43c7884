"""What an SMS gateway is to us."""

from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

Whole = Literal["bad_key", "invalid_sender", "throttled", "nobody", "bad_answer"]


class NotSent(Exception):
    """The request surely never reached the provider."""


class MaybeSent(Exception):
    """The request may have been taken: no answer came, or the server failed while it had it."""


class Taken(msgspec.Struct, frozen=True):
    """A number that the provider took charge of: its id for the report, its code, what it says it costs, its parts if it says."""

    id: str
    code: int
    cost: str
    parts: int | None = None


class Refused(msgspec.Struct, frozen=True):
    """A number that the provider didn't take."""

    code: int
    status: str


class Answer(msgspec.Struct, frozen=True):
    """A provider's answer, number by number; one asked for and absent is in `unknown`. `whole` is a verdict on all of it."""

    taken: dict[str, Taken] = {}
    refused: dict[str, Refused] = {}
    unknown: tuple[str, ...] = ()
    whole: Whole | None = None


class SmsGateway(Protocol):
    """A provider of SMS."""

    name: str

    def send(self, text: str, numbers: Sequence[str]) -> Answer:
        """Send one text to many numbers; raises NotSent, MaybeSent. Holds nothing else while it waits."""
        ...
