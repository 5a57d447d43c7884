"""`jappoo web` as it runs: nothing that a stranger sends, or doesn't, takes its threads."""

import http.client
import os
import signal
import socket
import time
from collections.abc import Iterator
from statistics import median

import pytest
import redis

from tests import menu_rows, sample_cooperative
from tests.bench.client import hop
from tests.faults.slow_clients import Siege, hops
from tests.faults.stack import House

LONG = 60
"""Seconds: what is answered at all takes less than this on any machine."""


@pytest.fixture
def house(sqlite_database, valkey, clock, tmp_path) -> Iterator[House]:
    sample_cooperative.build(sqlite_database)
    menu_rows.put(sqlite_database, clock())
    made = House(tmp_path, sqlite_database, valkey)
    made.environment["WEB_WORKERS"] = "2"
    made.start("web")
    yield made
    made.end()


def _asked(house: House, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", house.port), timeout=LONG) as line:
        line.sendall(request)
        answer = b""
        while piece := line.recv(65536):
            answer += piece
    return answer


def _form(path: str, body: bytes, *headers: str) -> bytes:
    head = [f"POST {path} HTTP/1.1", "Host: web", "Connection: close", "Content-Type: application/x-www-form-urlencoded", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def test_silent_bodies_and_idle_connections_leave_hops_alone(house):
    quiet = hops(house.port, seconds=2)
    with Siege(house.port, idle=300, silent=16) as siege:
        times = hops(house.port, seconds=8)
        assert house.http.get(f"http://127.0.0.1:{house.port}/health/live", timeout=LONG).json() == {"web": "up"}
        house.until(lambda: siege.ended["silent"] >= 16)
    # a hop behind a silent body would wait for its five seconds, every time
    assert median(times) < 1 + 20 * median(quiet)
    assert siege.answers == {b"HTTP/1.1 408 Request Timeout"}


def test_an_idle_connection_is_ended_also_after_an_answer(house):
    with (
        socket.create_connection(("127.0.0.1", house.port), timeout=LONG) as idle,
        socket.create_connection(("127.0.0.1", house.port), timeout=LONG) as served,
    ):
        served.sendall(hop("idle", 1, "", "/at/demo/ussd"))
        assert served.recv(65536).startswith(b"HTTP/1.1 200")
        began = time.monotonic()
        assert idle.recv(1) in (b"", b"H")
        while served.recv(65536):
            continue
        assert 10 < time.monotonic() - began < LONG


FORMS = (
    (b"sessionId=a&phoneNumber=%2B221770000001&text=&serviceCode=*1%23", "Transfer-Encoding: chunked", b"200"),
    (b"text=" + b"1" * 70_000, "Transfer-Encoding: chunked", b"400"),
    (b"text=" + b"1" * 70_000, "Content-Length: 70005", b"400"),
    (b"", "Content-Length: 0", b"200"),
)


def test_forms_are_read_whole_however_they_come_and_pages_are_sent_whole(house):
    for body, header, status in FORMS:
        sent = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n" if "chunked" in header else body
        assert _asked(house, _form("/at/demo/ussd", sent, header)).split()[1] == status
        assert _asked(house, _form("/at/wrong/ussd", sent, header)).split()[1] == b"404"
    for path, holds in (("/sign-in", b"</html>"), ("/console/static/console.css", b"{"), ("/nothing", b"Not Found")):
        connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=LONG)
        connection.request("GET", path)
        assert holds in connection.getresponse().read()
        connection.request("HEAD", path)
        assert connection.getresponse().read() == b""
        connection.close()


def test_a_header_with_an_underscore_passes_for_no_other(house):
    house.end()
    house.environment |= {"TRUSTED_PROXIES": "1", "CALLBACK_ALLOWED_IPS": "196.201.214.0/24"}
    house.start("web")
    forged = "X_Forwarded_For: 196.201.214.7"
    for address, status in (("41.82.1.1", b"404"), ("196.201.214.7", b"200")):
        said = _form("/at/demo/ussd", b"", "Content-Length: 0", f"X-Forwarded-For: {address}", forged)
        assert _asked(house, said).split()[1] == status


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_its_workers_end_with_it(house, how):
    process = house.processes["web"]
    with Siege(house.port, idle=20, silent=4, renew=False):
        os.kill(process.pid, how)
        process.wait(timeout=LONG)
        house.until(lambda: not _listens(house.port))


def test_what_is_in_hand_is_answered_before_the_end(house, valkey):
    with socket.create_connection(("127.0.0.1", house.port), timeout=LONG) as line:
        line.sendall(_form("/sign-in", b"phone=770000001", "Content-Length: 15"))  # is answered after a tenth of a second
        with redis.Redis.from_url(valkey.url) as client:
            house.until(lambda: client.get("console:forms:127.0.0.1"))
        os.kill(house.processes["web"].pid, signal.SIGTERM)
        assert line.recv(65536).startswith(b"HTTP/1.1 400")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
