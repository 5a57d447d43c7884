"""Africa's Talking's SMS, through its SDK with three things of our own: the connections, the address, the reading of the answer.

The SDK (2.0.3) opens a connection a call, hard-codes its address, and gives text instead of JSON unless the content type is
exactly `application/json`; a test pins the private methods that are overridden here.
"""

import re
from collections.abc import Sequence
from typing import Any

import msgspec
import requests
from africastalking.SMS import SMSService
from requests.adapters import HTTPAdapter

from app.gateways.sms import Answer, MaybeSent, NotSent, Refused, Taken

ACCEPTED = frozenset({100, 101, 102})
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_TIMES = (3.05, 9.05)
"""Seconds to connect and to read: the SDK's own."""


class _Raw(msgspec.Struct, frozen=True):
    status: int
    body: bytes


class _Service(SMSService):  # type: ignore[misc]
    """The SDK's service on a pool of kept-alive connections, giving the raw answer."""

    def __init__(self, username: str, api_key: str, base: str, pool: int) -> None:
        self._base = base
        self._session = requests.Session()
        self._session.trust_env = False
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=pool, pool_block=True, max_retries=0))
        super().__init__(username, api_key)

    def _init_service(self) -> None:
        self._baseUrl = f"{self._base.rstrip('/')}/version1"

    def _make_request(
        self, url: str, method: str, headers: dict[str, str], data: Any, params: Any, callback: Any = None, timeout: Any = _TIMES
    ) -> _Raw:
        del callback
        try:
            answer = self._session.request(method, url, headers=headers, data=data, params=params, timeout=timeout)
        except requests.exceptions.ConnectTimeout as error:
            raise NotSent(str(error)) from error
        except requests.exceptions.ConnectionError as error:
            refused = "refused" in str(error).lower() or "NewConnectionError" in str(error)
            raise (NotSent if refused else MaybeSent)(str(error)) from error
        except requests.exceptions.RequestException as error:
            raise MaybeSent(str(error)) from error
        return _Raw(answer.status_code, answer.content)


class AfricasTalkingSms:
    """Send through Africa's Talking. `sender` None leaves the account's default."""

    name = "africastalking"

    def __init__(self, username: str, api_key: str, sender: str | None, base: str, *, pool: int = 8) -> None:
        self._service, self._sender = _Service(username, api_key, base, pool), sender

    def send(self, text: str, numbers: Sequence[str]) -> Answer:
        """Send; a malformed number is refused with 403 here, for the SDK would raise for the whole batch."""
        good = [number for number in numbers if _NUMBER.fullmatch(number)]
        bad = {number: Refused(403, "InvalidPhoneNumber") for number in numbers if number not in good}
        if not good:
            return Answer(refused=bad)
        answer = read_answer(self._service.send(text, good, sender_id=self._sender, enqueue=True), good)
        return msgspec.structs.replace(answer, refused=answer.refused | bad)


def read_answer(raw: Any, numbers: Sequence[str]) -> Answer:
    """Read a raw answer: the code of each number decides, not its words. Raises MaybeSent on a fault of the server's."""
    if raw.status == 401:
        return Answer(whole="bad_key")
    if raw.status == 429:
        return Answer(whole="throttled")
    if raw.status >= 500:
        raise MaybeSent(f"HTTP {raw.status}")
    try:
        said = msgspec.json.decode(raw.body)["SMSMessageData"]
        recipients = said["Recipients"]
    except (msgspec.DecodeError, KeyError, TypeError) as error:
        if raw.status >= 400:
            return Answer(whole="bad_answer")
        raise MaybeSent("an answer that can't be read") from error
    if not recipients and "InvalidSenderId" in str(said.get("Message")):
        return Answer(whole="invalid_sender")
    taken: dict[str, Taken] = {}
    refused: dict[str, Refused] = {}
    for recipient in recipients:
        number, code = str(recipient.get("number")), int(recipient.get("statusCode") or 0)
        if code in ACCEPTED:
            taken[number] = Taken(str(recipient.get("messageId")), code, str(recipient.get("cost", ""))[:24])
        else:
            refused[number] = Refused(code, str(recipient.get("status", ""))[:40])
    unknown = tuple(number for number in numbers if number not in taken and number not in refused)
    return Answer(taken, refused, unknown)
