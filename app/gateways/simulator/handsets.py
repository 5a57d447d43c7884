"""Handsets that dial: the gateway's side of USSD, in two dialects."""

import json
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import requests
from requests.adapters import HTTPAdapter

from app.gateways.simulator.faults import Faults

PATIENCE_SECONDS = 10
"""How long Africa's Talking waits for the service's answer."""
MOST_CHARACTERS = 182
"""What 160 octets of a USSD string hold in GSM-7."""
NO_NETWORK = "Problème de connexion ou code IHM non valide"
"""What a handset says of a code that nobody serves, and of a service that doesn't answer."""


class Handset:
    """One USSD session of a number."""

    def __init__(self, number: str, code: str, dialled: str, dialect: str, network: str) -> None:
        self.number, self.code, self.dialled, self.dialect, self.network = number, code, dialled, dialect, network
        self.at = time.monotonic()
        self.session = f"ATUid_{uuid.uuid4().hex}"
        self.entries: list[str] = []
        self.screen, self.more, self.warning = "", True, ""


class Handsets:
    """Sessions by their id; `service` is the base address of the webhooks, with the token."""

    def __init__(self, service: str, token: str, faults: Faults) -> None:
        self._service, self._token, self._faults = service.rstrip("/"), token, faults
        self._live: dict[str, Handset] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(16, "hop")
        self._http = requests.Session()
        # A proxy of the environment has no place between two programs of one machine.
        self._http.trust_env = False
        self._http.mount("http://", HTTPAdapter(pool_maxsize=32))

    def dial(self, number: str, code: str, dialled: str, dialect: str, network: str, subcode: str = "text") -> dict[str, Any]:
        """Dial a string and return what the handset shows.

        Whether a gateway puts `*1` of `*384*44135*1#` in `text` or in `service_code` isn't documented: `subcode` says which.
        """
        base, extra = code.rstrip("#"), dialled.rstrip("#")
        if extra != base and not extra.startswith(f"{base}*"):
            return {"session": "", "screen": "", "more": False, "warning": NO_NETWORK}
        handset = Handset(number, dialled if subcode == "service_code" else code, dialled, dialect, network)
        if dialect == "africastalking" and subcode == "text" and extra != base:
            handset.entries = extra[len(base) + 1 :].split("*")
        with self._lock:
            self._live[handset.session] = handset
        return self._hop(handset)

    def live(self, number: str) -> dict[str, Any] | None:
        """Return what the number's last open session shows, or None."""
        with self._lock:
            open_ones = [handset for handset in self._live.values() if handset.number == number]
        last = max(open_ones, key=lambda handset: handset.at, default=None)
        if last is None:
            return None
        return {"session": last.session, "screen": last.screen, "more": last.more, "warning": last.warning}

    def enter(self, session: str, text: str) -> dict[str, Any]:
        """Send an entry; raises KeyError when the session is over or unknown."""
        with self._lock:
            handset = self._live[session]
        handset.entries.append(text)
        return self._hop(handset)

    def hang_up(self, session: str) -> None:
        """End a session and tell the service, as the gateway does."""
        with self._lock:
            handset = self._live.pop(session, None)
        if handset:
            self._pool.submit(self._tell_end, handset, "Incomplete")

    def _hop(self, handset: Handset) -> dict[str, Any]:
        hits = {
            name: self._faults.hits(name, handset.number)
            for name in ("ussd-drop", "ussd-twice-at-once", "ussd-repeat", "ussd-lost-answer", "ussd-late")
        }
        if hits["ussd-drop"]:
            return self._seen(handset, "", True, NO_NETWORK)
        times = 3 if hits["ussd-twice-at-once"] else 1
        under_way = [self._pool.submit(self._post, handset, *self._asked(handset)) for _ in range(times)]
        if hits["ussd-late"]:
            return self._seen(handset, "", True, "Aucune réponse")
        answers = [future.result() for future in under_way]
        if hits["ussd-repeat"]:
            answers.append(self._post(handset, *self._asked(handset)))
        if hits["ussd-lost-answer"]:
            return self._seen(handset, "", True, "Aucune réponse")
        text, more, warning = answers[-1]
        if len({answer[0] for answer in answers}) > 1:
            warning = "the same hop got different answers: " + " | ".join(answer[0] for answer in answers)
        return self._seen(handset, text, more, warning)

    def _seen(self, handset: Handset, text: str, more: bool, warning: str) -> dict[str, Any]:
        handset.screen, handset.more, handset.warning = text, more, warning
        if not more:
            with self._lock:
                self._live.pop(handset.session, None)
            self._pool.submit(self._tell_end, handset, "Success")
        return {"session": handset.session, "screen": text, "more": more, "warning": warning}

    def _asked(self, handset: Handset) -> tuple[bytes, str]:
        """Return a hop as its dialect says it, and the content type."""
        if handset.dialect == "africastalking":
            form = {
                "phoneNumber": handset.number,
                "serviceCode": handset.code,
                "text": "*".join(handset.entries),
                "sessionId": handset.session,
                "networkCode": handset.network,
            }
            return urlencode(form).encode(), "application/x-www-form-urlencoded"
        turn = len(handset.entries)
        asked = {
            "Type": "Response" if turn else "Initiation",
            "Mobile": handset.number.lstrip("+"),
            "SessionId": handset.session,
            "ServiceCode": handset.code,
            "Message": handset.entries[-1] if turn else handset.dialled,
            "Operator": handset.network,
            "Sequence": turn + 1,
        }
        return json.dumps(asked).encode(), "application/json"

    def _post(self, handset: Handset, body: bytes, kind: str) -> tuple[str, bool, str]:
        path = "hubtel" if handset.dialect == "hubtel" else "at"
        try:
            answer = self._http.post(
                f"{self._service}/{path}/{self._token}/ussd",
                data=body,
                headers={"Content-Type": kind, "User-Agent": "at-ussd-api/1.0"},
                timeout=PATIENCE_SECONDS,
            )
        except requests.RequestException as fault:
            return "", False, f"{NO_NETWORK} ({type(fault).__name__})"
        return _shown_json(answer) if handset.dialect == "hubtel" else _shown_text(answer)

    def _tell_end(self, handset: Handset, status: str) -> None:
        hops = len(handset.entries) + 1
        if handset.dialect == "hubtel":
            over = {"Type": "Release", "Mobile": handset.number.lstrip("+"), "SessionId": handset.session, "Sequence": hops}
            self._post(handset, json.dumps(over).encode(), "application/json")
            return
        form = {
            "sessionId": handset.session,
            "phoneNumber": handset.number,
            "serviceCode": handset.code,
            "status": status,
            "input": "*".join(handset.entries),
            "lastAppResponse": handset.screen,
            "hopsCount": str(hops),
        }
        try:
            self._http.post(f"{self._service}/at/{self._token}/ussd/events", data=form, timeout=PATIENCE_SECONDS)
        except requests.RequestException:
            return


def _shown_text(answer: requests.Response) -> tuple[str, bool, str]:
    """Return what the handset shows, whether more is wanted, and what a gateway would say against it."""
    said = answer.content.decode("utf-8", "replace")
    if answer.status_code != 200 or said[:4] not in ("CON ", "END "):
        return "", False, f"Response should start with a CON or an END (HTTP {answer.status_code}: {said[:60]})"
    return said[4:], said.startswith("CON"), _too_long(said[4:])


def _shown_json(answer: requests.Response) -> tuple[str, bool, str]:
    try:
        said = answer.json()
        text, more = str(said["Message"]), said["Type"] == "Response"
    except (requests.RequestException, KeyError, TypeError):
        return "", False, f"not an answer (HTTP {answer.status_code}: {answer.text[:60]})"
    return text, more, _too_long(text)


def _too_long(text: str) -> str:
    return f"longer than {MOST_CHARACTERS} characters" if len(text) > MOST_CHARACTERS else ""
