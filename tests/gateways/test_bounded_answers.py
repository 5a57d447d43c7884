"""A provider that bombs, drips or speaks nonsense: over real HTTP, and what its nonsense leaves in the outbox."""

import gzip
import json
import re
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.gateways import bounded_http
from app.gateways.africastalking_sms import AfricasTalkingSms, read_answer
from app.gateways.bounded_http import MOST_BYTES, Raw
from app.gateways.sms import MaybeSent, NotSent

NUMBER, OTHER = "+221771234567", "+221761234567"
GOOD = {"number": NUMBER, "statusCode": 101, "messageId": "ATXid_1", "cost": "XOF 20.0000"}
TAKEN = json.dumps({"SMSMessageData": {"Message": "Sent to 1/1", "Recipients": [GOOD]}}).encode()
HEAD = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"

Talk = Callable[[socket.socket, threading.Event], None]


@pytest.fixture
def provider() -> Iterator[Callable[[Talk], AfricasTalkingSms]]:
    """Give a function that makes a provider which talks so on each connection, and the gateway to it."""
    over, made = threading.Event(), list[AfricasTalkingSms]()
    listening = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def accept(talk: Talk) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=serve, args=(talk, connection)))
            threads[-1].start()

    def serve(talk: Talk, connection: socket.socket) -> None:
        with connection:
            try:
                while asked(connection) and not over.is_set():
                    talk(connection, over)
            except OSError:
                return

    def make(talk: Talk) -> AfricasTalkingSms:
        threads.append(threading.Thread(target=accept, args=(talk,)))
        threads[-1].start()
        made.append(AfricasTalkingSms("jappoo", "key", None, f"http://127.0.0.1:{listening.getsockname()[1]}", pool=1))
        return made[0]

    yield make
    over.set()
    for one in made:
        one.close()
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    for thread in threads:
        thread.join(10)


def asked(connection: socket.socket) -> bool:
    """Read one request, head and body, which may come in pieces; False at the end of the connection."""
    said = b""
    while b"\r\n\r\n" not in said:
        some = connection.recv(1)
        if not some:
            return False
        said += some
    left = int(re.search(rb"(?i)content-length: (\d+)", said)[1])  # type: ignore[index]
    while left:
        left -= len(connection.recv(left))
    return True


def answering(body: bytes, *headers: bytes) -> Talk:
    head = HEAD + b"".join(header + b"\r\n" for header in (b"Content-Length: %d" % len(body), *headers)) + b"\r\n"
    return lambda connection, _: connection.sendall(head + body)


def dripping(first: bytes) -> Talk:
    """Answer with some bytes, then one at a time, each well within the time that a single read has."""

    def talk(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(first)
        while not over.wait(0.05):
            connection.sendall(b"x")

    return talk


@pytest.mark.parametrize("coding", [b"gzip", b"deflate", b"gzip, gzip"])
def test_a_bomb_is_not_unfolded(provider: Any, coding: bytes) -> None:
    packed = zlib.compressobj(9, wbits=15 if coding == b"deflate" else 31)
    bomb = b"".join(packed.compress(b" " * (1 << 20)) for _ in range(60)) + packed.flush()
    bomb = gzip.compress(bomb) if coding == b"gzip, gzip" else bomb
    sms = provider(answering(bomb, b"Content-Encoding: " + coding))
    tracemalloc.start()
    with pytest.raises(MaybeSent):
        sms.send("Bonjour", [NUMBER])
    assert tracemalloc.get_traced_memory()[1] < 10 * MOST_BYTES
    tracemalloc.stop()


@pytest.mark.parametrize("body", [b" " * (MOST_BYTES + 1), b"[" * MOST_BYTES], ids=["too long", "too deep"])
def test_an_answer_that_is_too_much_is_maybe_sent_and_the_line_is_free_again(provider: Any, body: bytes) -> None:
    talks = [answering(body), answering(TAKEN)]
    sms = provider(lambda *given: talks.pop(0)(*given))
    with pytest.raises(MaybeSent):
        sms.send("Bonjour", [NUMBER])
    assert set(sms.send("Bonjour", [NUMBER]).taken) == {NUMBER}


@pytest.mark.parametrize("packed", [gzip.compress(TAKEN), zlib.compress(TAKEN)], ids=["gzip", "deflate"])
def test_an_answer_that_is_packed_as_usual_is_read(provider: Any, packed: bytes) -> None:
    coding = b"gzip" if packed[:1] == b"\x1f" else b"deflate"
    assert set(provider(answering(packed, b"Content-Encoding: " + coding)).send("Bonjour", [NUMBER]).taken) == {NUMBER}


@pytest.mark.parametrize("end", [b"Connection: close", b"Transfer-Encoding: chunked"])
def test_an_answer_without_a_length_is_read(provider: Any, end: bytes) -> None:
    def talk(connection: socket.socket, over: threading.Event) -> None:
        del over
        body = TAKEN if end == b"Connection: close" else b"%x\r\n%b\r\n0\r\n\r\n" % (len(TAKEN), TAKEN)
        connection.sendall(HEAD + end + b"\r\n\r\n" + body)
        if end == b"Connection: close":
            connection.shutdown(socket.SHUT_WR)

    assert set(provider(talk).send("Bonjour", [NUMBER]).taken) == {NUMBER}


@pytest.mark.parametrize(
    "first",
    [
        b"HTTP/1.1 201 Cr",
        HEAD + b"X-Long: ",
        HEAD + b"Content-Length: 100000\r\n\r\n{",
        HEAD + b"Connection: close\r\n\r\n{",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n186a0\r\n{",
    ],
    ids=["status", "header", "body", "body without a length", "chunk"],
)
def test_a_drip_ends_with_the_whole_requests_time(provider: Any, monkeypatch: pytest.MonkeyPatch, first: bytes) -> None:
    monkeypatch.setattr(bounded_http, "SECONDS", 0.5)
    sms = provider(dripping(first))
    for _ in range(2):  # the second finds the only line free
        started = time.monotonic()
        with pytest.raises(MaybeSent):
            sms.send("Bonjour", [NUMBER])
        assert 0.4 < time.monotonic() - started < 60  # it would drip for ever


def test_what_connected_too_late_never_leaves(provider: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []
    sms = provider(lambda connection, _: seen.append(connection.recv(1)))
    monkeypatch.setattr(bounded_http, "SECONDS", 0.0)
    with pytest.raises(NotSent):
        sms.send("Bonjour", [NUMBER])
    assert not seen


@pytest.mark.parametrize(
    "odd",
    [
        b'"messageId":"AT\\u0000X"',
        b'"messageId":"AT\x00X"',
        b'"messageId":"AT\\ud800X"',
        b'"messageId":"AT\\nX"',
        b'"messageId":"%b"' % (b"9" * 5000),
        b'"messageId":true',
        b'"messageId":["ATX"]',
        b'"messageId":"AT\xffX","statusCode":"%b"' % (b"9" * 5000),
        b'"statusCode":true',
        b'"statusCode":{}',
        b'"statusCode":1e999',
    ],
)
def test_an_odd_recipient_is_in_doubt_and_the_others_are_taken(odd: bytes) -> None:
    answer = read_answer(Raw(201, _two(odd)), [NUMBER, OTHER])
    assert (set(answer.taken), answer.refused, answer.unknown) == ({NUMBER}, {}, (OTHER,))


@pytest.mark.parametrize(
    "odd",
    [b'"cost":NaN', b'"cost":"a\\u0000b"', b'"cost":-1', b'"cost":1e999', b'"status":"\x00"', b'"messageParts":1e9', b'"z":"\xff"'],
)
def test_odd_words_beside_an_id_make_no_doubt(odd: bytes) -> None:
    answer = read_answer(Raw(201, _two(odd)), [NUMBER, OTHER])
    assert set(answer.taken) == {NUMBER, OTHER}
    assert "\0" not in answer.taken[OTHER].cost


@pytest.mark.parametrize("message", [b"null", b"7", b'["Sent"]', b'"\\u0000"'])
def test_an_odd_message_leaves_the_recipients_alone(message: bytes) -> None:
    answer = read_answer(Raw(201, _two(b'"z":1').replace(b'"Sent to 2/2"', message)), [NUMBER, OTHER])
    assert set(answer.taken) == {NUMBER, OTHER}


def _two(fields: bytes) -> bytes:
    second = b'{"number":"%b","statusCode":101,"messageId":"ATXid_2",%b}' % (OTHER.encode(), fields)
    return b'{"SMSMessageData":{"Message":"Sent to 2/2","Recipients":[%b,%b]}}' % (json.dumps(GOOD).encode(), second)
