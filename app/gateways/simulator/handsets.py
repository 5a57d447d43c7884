"""Handsets that dial: the gateway's side of USSD, in two dialects."""

import json
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

from app.gateways.simulator.faults import Faults

PATIENCE_SECONDS = 10
"""How long Africa's Talking waits for the service's answer."""
MOST_CHARACTERS = 182


class Handset:
    """One USSD session of a number."""

    def __init__(self, number: str, code: str, dialled: str, dialect: str, network: str) -> None:
        self.number, self.code, self.dialled, self.dialect, self.network = number, code, dialled, dialect, network
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
        self._http.trust_env = False

    def dial(self, number: str, code: str, dialled: str, dialect: str, network: str) -> dict[str, Any]:
        """Dial a string and return what the handset shows."""
        handset = Handset(number, code, dialled, dialect, network)
        base, extra = code.rstrip("#"), dialled.rstrip("#")
        if dialect == "africastalking" and extra.startswith(f"{base}*"):
            handset.entries = extra[len(base) + 1 :].split("*")
        with self._lock:
            self._live[handset.session] = handset
        return self._hop(handset)

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
            return self._seen(handset, "", True, "Problème de connexion ou code IHM non valide")
        times = 3 if hits["ussd-twice-at-once"] else 1
        answers = [future.result() for future in [self._pool.submit(self._post, handset) for _ in range(times)]]
        if hits["ussd-repeat"]:
            answers.append(self._post(handset))
        if hits["ussd-lost-answer"] or hits["ussd-late"]:
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

    def _post(self, handset: Handset) -> tuple[str, bool, str]:
        try:
            if handset.dialect == "hubtel":
                return self._post_latest(handset)
            form = {
                "phoneNumber": handset.number,
                "serviceCode": handset.code,
                "text": "*".join(handset.entries),
                "sessionId": handset.session,
                "networkCode": handset.network,
            }
            answer = self._http.post(f"{self._service}/at/{self._token}/ussd", data=form, timeout=PATIENCE_SECONDS)
        except requests.RequestException as fault:
            return "", False, f"Problème de connexion ou code IHM non valide ({type(fault).__name__})"
        said = answer.content.decode("utf-8", "replace")
        if answer.status_code != 200 or said[:4] not in ("CON ", "END "):
            return "", False, f"not an answer: HTTP {answer.status_code} {said[:60]}"
        return said[4:], said.startswith("CON"), "longer than 182 characters" if len(said) - 4 > MOST_CHARACTERS else ""

    def _post_latest(self, handset: Handset) -> tuple[str, bool, str]:
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
        answer = self._http.post(
            f"{self._service}/hubtel/{self._token}/ussd",
            data=json.dumps(asked).encode(),
            headers={"Content-Type": "application/json"},
            timeout=PATIENCE_SECONDS,
        )
        said = answer.json()
        return str(said["Message"]), said["Type"] == "Response", ""

    def _tell_end(self, handset: Handset, status: str) -> None:
        form = {
            "sessionId": handset.session,
            "phoneNumber": handset.number,
            "serviceCode": handset.code,
            "status": status,
            "input": "*".join(handset.entries),
            "lastAppResponse": handset.screen,
            "hopsCount": str(len(handset.entries) + 1),
        }
        try:
            self._http.post(f"{self._service}/at/{self._token}/ussd/events", data=form, timeout=PATIENCE_SECONDS)
        except requests.RequestException:
            return
