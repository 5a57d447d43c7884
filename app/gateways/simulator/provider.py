"""Africa's Talking's side of SMS: takes messages, answers as recorded traffic does, posts reports, brings what members send."""

import json
import re
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import requests

from app.gateways.simulator.faults import Faults
from app.gateways.simulator.inboxes import Inboxes
from app.gateways.simulator.parts import parts_of

REPORT_SECONDS = 0.2
LATE_SECONDS = 5.0
STALL_SECONDS = 10.0
PART_FRANCS = 20
"""What a part to one number costs."""
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
MOST_TRIES = 720
"""The gateway repeats an incoming SMS every minute for twelve hours."""


class Provider:
    """Take and report; `again_seconds` is the wait before an incoming SMS that wasn't taken is brought again."""

    def __init__(self, service: str, token: str, faults: Faults, inboxes: Inboxes, *, again_seconds: float = 60.0) -> None:
        self._base, self._faults, self._inboxes, self._again = f"{service.rstrip('/')}/at/{token}", faults, inboxes, again_seconds
        self._pool = ThreadPoolExecutor(8, "report")
        self._http = requests.Session()
        self._http.trust_env = False

    def send(self, form: dict[str, str]) -> tuple[bytes, int, str]:
        """Answer a request to send: body, status, content type."""
        numbers = [number for number in form.get("to", "").split(",") if number]
        if self._faults.hits("sms-500", *numbers):
            return b"There was an internal server error.", 500, "text/plain"
        if self._faults.hits("sms-429", *numbers):
            return b"Too Many Requests", 429, "text/plain"
        if self._faults.hits("sms-timeout", *numbers):
            time.sleep(STALL_SECONDS)
            return b"", 504, "text/plain"
        if self._faults.hits("sms-invalid-sender", *numbers):
            return _said("InvalidSenderId", [])
        if self._faults.hits("sms-no-credit", *numbers):
            return _said(f"Sent to 0/{len(numbers)} Total Cost: 0", [_refused(n, 405, "InsufficientBalance") for n in numbers])
        sender, text = form.get("from", "AFRICASTKNG"), form.get("message", "")
        recipients = [
            self._take(n, sender, text) if _NUMBER.fullmatch(n) else _refused(n, 403, "InvalidPhoneNumber") for n in numbers
        ]
        if self._faults.hits("sms-accepted-then-cut", *numbers):
            return b'{"SMSMessageData":{"Message":"Sent', 201, "application/json"
        taken = sum(one["statusCode"] == 101 for one in recipients)
        return _said(f"Sent to {taken}/{len(numbers)} Total Cost: XOF {PART_FRANCS * parts_of(text) * taken}.0000", recipients)

    def bring(self, number: str, to: str, text: str) -> str:
        """Bring an SMS of a member's to the service, again until it is taken; return its id."""
        message = str(uuid.uuid4())
        form = {
            "linkId": "",
            "text": text,
            "to": to,
            "id": message,
            "date": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "from": number,
            "networkCode": "60801",
        }
        for _ in range(2 if self._faults.hits("incoming-doubled", number) else 1):
            threading.Thread(target=self._bring, args=(form,), daemon=True).start()
        return message

    def _bring(self, form: dict[str, str]) -> None:
        for _ in range(MOST_TRIES):
            if self._post("sms", form) == 200:
                return
            time.sleep(self._again)

    def _take(self, number: str, sender: str, text: str) -> dict[str, Any]:
        if not _NUMBER.fullmatch(number):
            return _refused(number, 403, "InvalidPhoneNumber")
        message = f"ATXid_{uuid.uuid4().hex}"
        self._inboxes.take(number, sender, text, message)
        status = "Failed" if self._faults.hits("report-failed", number) else "Success"
        form = {"id": message, "status": status, "phoneNumber": number, "networkCode": "60801", "retryCount": "0"}
        if status == "Failed":
            form["failureReason"] = "DeliveryFailure"
        if self._faults.hits("report-unknown-id", number):
            form["id"] = f"ATXid_{uuid.uuid4().hex}"
        if self._faults.hits("report-early", number):
            self._post("sms/reports", form)
        elif not self._faults.hits("sms-lost", number):
            wait = LATE_SECONDS if self._faults.hits("report-late", number) else REPORT_SECONDS
            for _ in range(2 if self._faults.hits("report-doubled", number) else 1):
                self._later(wait, form)
        cost = f"XOF {PART_FRANCS * parts_of(text)}.0000"
        return {"cost": cost, "messageId": message, "number": number, "status": "Success", "statusCode": 101}

    def _later(self, wait: float, form: dict[str, str]) -> None:
        """Post a report in a while; those of a broadcast wait side by side, so that the pool only posts."""
        if wait > REPORT_SECONDS:
            timer = threading.Timer(wait, self._post, ("sms/reports", form))
            timer.daemon = True
            timer.start()
        else:
            self._pool.submit(self._report, time.monotonic() + wait, form)

    def _report(self, due: float, form: dict[str, str]) -> None:
        time.sleep(max(0.0, due - time.monotonic()))
        self._post("sms/reports", form)

    def _post(self, route: str, form: dict[str, str]) -> int:
        try:
            return self._http.post(f"{self._base}/{route}", data=form, timeout=5).status_code
        except requests.RequestException:
            return 0


def _said(words: str, recipients: list[dict[str, Any]]) -> tuple[bytes, int, str]:
    return json.dumps({"SMSMessageData": {"Message": words, "Recipients": recipients}}).encode(), 201, "application/json"


def _refused(number: str, code: int, status: str) -> dict[str, Any]:
    return {"cost": "0", "messageId": "None", "number": number, "status": status, "statusCode": code}
