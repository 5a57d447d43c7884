"""The simulator in tests, before a service that answers what it was asked."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.gateways.simulator.web import create_simulator

NUMBER, OTHER, CODE = "+221771234567", "+221761234567", "*384*44135#"


class Service(BaseHTTPRequestHandler):
    """A service that keeps what it was sent; USSD is answered with the entries so far, an entry 9 ends."""

    protocol_version = "HTTP/1.1"
    seen: ClassVar[list[tuple[str, dict[str, str]]]] = []
    refuse: ClassVar[int] = 0
    words: ClassVar[str | None] = None

    def setup(self) -> None:
        super().setup()
        self.now_seen = self.seen  # a test before, whose call ends late, has a list of its own

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fields = json.loads(body) if body[:1] == b"{" else {k: v[0] for k, v in parse_qs(body.decode(), True).items()}
        self.now_seen.append((self.path, fields))
        status = 503 if self.path.endswith("/sms") and Service.refuse > 0 else 200
        Service.refuse -= 1
        answer = self._answer(fields).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def _answer(self, fields: dict[str, str]) -> str:
        if not self.path.endswith("/ussd"):
            return ""
        if self.words is not None:
            return self.words
        if "Type" in fields:
            return json.dumps({"Type": "Response", "Message": f"{fields['Sequence']}:{fields.get('Message')}"})
        return f"{'END' if fields['text'].endswith('9') else 'CON'} vu {fields['text']}"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class's name)
        del format, args


@pytest.fixture
def service() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    Service.seen, Service.refuse, Service.words = [], 0, None
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def simulator(service: str, tmp_path: Path) -> FlaskClient:
    return open_simulator(service, tmp_path)


def open_simulator(service: str, folder: Path) -> FlaskClient:
    return create_simulator(service, "secret", code=CODE, short_code="21512", folder=folder, again_seconds=0.05).test_client()


def send(simulator: FlaskClient, *numbers: str, text: str = "Bonjour") -> TestResponse:
    form = {"username": "jappoo", "to": ",".join(numbers), "message": text, "from": "COOPSN", "bulkSMSMode": "1"}
    return simulator.post("/version1/messaging", data=form, headers={"apiKey": "key"})


def arm(simulator: FlaskClient, fault: str, times: int = 1, to: str | None = None) -> TestResponse:
    return simulator.post("/faults", json={"fault": fault, "times": times} | ({"to": to} if to else {}))


def wait_for(ask: Callable[[], Any]) -> Any:
    end = time.monotonic() + 60
    while not (found := ask()):
        assert time.monotonic() < end, "it didn't come"
        time.sleep(0.01)
    return found
