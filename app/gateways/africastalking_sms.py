"""Africa's Talking's SMS, through its SDK with three things of our own: the connections, the address, the reading of the answer.

The SDK (2.0.3) opens a connection a call, hard-codes its address, and gives text instead of JSON unless the content type is
exactly `application/json`; a test pins the private methods that are overridden here.
"""

import contextlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec
from africastalking.SMS import SMSService

from app.gateways.bounded_http import Client, Raw
from app.gateways.sms import Answer, MaybeSent, Refused, Taken

ACCEPTED = frozenset({100, 101, 102})
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_SOME = re.compile(r"Sent to [1-9]")
MOST_PARTS = 255
"""A message has no more: its header counts them in eight bits."""
_NO_IDS = ("", "None")
"""What stands for no message id; the word is the provider's own."""
MOST_OF_ID, MOST_OF_COST = 64, 24
"""Characters that we keep."""


class _Service(SMSService):  # type: ignore[misc]
    """The SDK's service, giving the raw answer of a bounded request. `requests` would cost twice as much CPU."""

    def __init__(self, username: str, api_key: str, base: str, pool: int) -> None:
        self._base, self.client = base, Client(pool)
        super().__init__(username, api_key)

    def _init_service(self) -> None:
        self._baseUrl = f"{self._base.rstrip('/')}/version1"

    def _make_request(
        self, url: str, method: str, headers: dict[str, str], data: Any, params: Any, callback: Any = None, timeout: Any = None
    ) -> Raw:
        del params, callback, timeout
        return self.client.request(method, url, headers | {"Content-Type": "application/x-www-form-urlencoded"}, urlencode(data))


class AfricasTalkingSms:
    """Send through Africa's Talking. `sender` None leaves the account's default."""

    name = "africastalking"

    def __init__(self, username: str, api_key: str, sender: str | None, base: str, *, pool: int = 8) -> None:
        self._service, self._sender = _Service(username, api_key, base, pool), sender

    def send(self, text: str, numbers: Sequence[str]) -> Answer:
        """Send; a malformed number is refused with 403 here, for the SDK would raise for the whole batch."""
        good = [number for number in numbers if _NUMBER.fullmatch(number)]
        bad = {number: Refused(403, "InvalidPhoneNumber") for number in set(numbers).difference(good)}
        if not good:
            return Answer(refused=bad)
        # With `enqueue` it takes all of them and answers, before the networks have.
        answer = read_answer(self._service.send(text, good, sender_id=self._sender, enqueue=True), good)
        return msgspec.structs.replace(answer, refused=answer.refused | bad) if bad else answer

    def close(self) -> None:
        """Drop the connections that are kept."""
        self._service.client.close()


def read_answer(raw: Raw, numbers: Sequence[str]) -> Answer:
    """Read a raw answer: the code of each number decides, not its words, nor the content type.

    Raises MaybeSent on a fault of the server's, and on an acceptance that can't be read. A number that was taken without
    an id is `unknown`: only an id can tie a report to it. One that is named twice is taken if it was taken once.
    """
    if raw.status == 401:
        return Answer(whole="bad_key")
    if raw.status == 429:
        return Answer(whole="throttled")
    if raw.status >= 500 or raw.status == 408:
        raise MaybeSent(f"HTTP {raw.status}")
    try:
        said = _read_body(raw.body)
    except (ValueError, RecursionError) as error:
        if raw.status >= 300:
            return Answer(whole="bad_answer")
        raise MaybeSent("an answer that can't be read") from error
    if not said.recipients and said.message == "InvalidSenderId":
        return Answer(whole="invalid_sender")
    # `Sent to 2/2` with nobody named contradicts itself: then all are unknown, and nothing is sent again.
    if said.recipients == [] and not _SOME.match(str(said.message)):
        return Answer(whole="nobody")
    asked: dict[str | int, str] = {number: number for number in numbers}
    spelled: dict[str, str] = {}
    taken: dict[str, Taken] = {}
    refused: dict[str, Refused] = {}
    for one in said.recipients or ():
        number, code = asked.get(one.number), _code(one.status_code)
        if number is None:  # in another spelling than ours
            spelled = spelled or {_digits(ours): ours for ours in numbers}
            number = spelled.get(_digits(one.number))
        if number is None or code is None:
            continue
        if code not in ACCEPTED:
            refused[number] = Refused(code, str(one.status)[:40])
        elif theirs := _id(one.message_id):
            taken[number] = Taken(theirs, code, _cost(one.cost), _parts(one.message_parts))
    refused = {number: given for number, given in refused.items() if number not in taken}
    return Answer(taken, refused, tuple(number for number in numbers if number not in taken and number not in refused))


class _Recipient(msgspec.Struct, rename="camel"):
    number: str | int
    status_code: str | int | None = None
    message_id: str | int | None = None
    status: Any = ""
    cost: Any = ""
    message_parts: Any = None


class _Said(msgspec.Struct, rename="pascal"):
    message: Any = None
    recipients: list[_Recipient] | None = None


class _Wrapped(msgspec.Struct):
    said: _Said = msgspec.field(name="SMSMessageData")


class _LooselySaid(msgspec.Struct, rename="pascal"):
    message: Any = None
    recipients: list[Any] | None = None


class _LooselyWrapped(msgspec.Struct):
    said: _LooselySaid = msgspec.field(name="SMSMessageData")


_whole = msgspec.json.Decoder(_Wrapped)


def _read_body(body: bytes) -> _Said:
    """Read a body: at once when all of it is as it should be, else with each recipient by itself.

    What strict JSON forbids (NaN, a raw NUL, bytes that are no UTF-8) in one recipient is borne for the others.
    Raises ValueError, RecursionError.
    """
    try:
        return _whole.decode(body).said
    except (ValueError, RecursionError):
        said = _read_loosely(body)
        return _Said(said.message, None if said.recipients is None else list(_readable(said.recipients)))


def _read_loosely(body: bytes) -> _LooselySaid:
    try:
        return msgspec.json.decode(body, type=_LooselyWrapped).said
    except (ValueError, RecursionError):
        return msgspec.convert(json.loads(body.decode("utf-8", "replace"), strict=False), _LooselyWrapped).said


def _readable(recipients: Iterable[Any]) -> Iterator[_Recipient]:
    """Read recipients, each by itself: one that can't be read is left out, and puts no other in doubt."""
    for one in recipients:
        with contextlib.suppress(msgspec.ValidationError):
            yield msgspec.convert(one, _Recipient)


def _digits(number: str | int) -> str:
    """Return the digits that a number is known by in any spelling: no country's begin with 0."""
    return re.sub(r"\D", "", str(number)).removeprefix("00")


def _id(given: str | int | None) -> str | None:
    """Return an id that can be kept whole and found again by a report: no NUL, no half a character, no novel."""
    theirs = "" if given is None else str(given)
    return theirs if theirs not in _NO_IDS and len(theirs) <= MOST_OF_ID and theirs.isprintable() else None


def _cost(given: Any) -> str:
    words = str(given)[:MOST_OF_COST] if isinstance(given, (str, int, float)) else ""
    return words if words.isprintable() else ""


def _code(given: str | int | None) -> int | None:
    # A bool is an int to `isinstance`, and JSON's `true` is no code.
    if type(given) is int:
        return given or None
    try:
        return int(given or 0) or None
    except ValueError:
        return None


def _parts(given: Any) -> int | None:
    if given is None:
        return None
    parts = _code(given) if isinstance(given, str | int) else None
    return parts if parts and 0 < parts <= MOST_PARTS else None
