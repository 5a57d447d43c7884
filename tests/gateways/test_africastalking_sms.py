"""The provider's answers, over real HTTP on this machine."""

import inspect
import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs

import pytest
from africastalking.Service import Service
from africastalking.SMS import SMSService

from app.gateways import bounded_http
from app.gateways.africastalking_sms import AfricasTalkingSms, read_answer
from app.gateways.bounded_http import Raw
from app.gateways.sms import Answer, MaybeSent, NotSent, Refused, Taken
from tests.gateways.fixtures import load, named

NUMBER, OTHER, ABROAD = "+221771234567", "+221761234567", "+254700000000"
ID, ID_2 = "ATXid_7468c9a251f9e9efcc6b2f7ea756a56c", "ATXid_09b5a410fd2f388a06f152f56ce95801"
EXPECTED: dict[str, Answer | type[Exception]] = {
    "sms_response_bad_key": Answer(whole="bad_key"),
    "sms_response_blacklisted": Answer(refused={NUMBER: Refused(406, "UserInBlacklist")}),
    "sms_response_dnd": Answer(refused={NUMBER: Refused(409, "DoNotDisturbRejection")}),
    "sms_response_invalid_sender_id": Answer(whole="invalid_sender"),
    "sms_response_json_with_charset": Answer({NUMBER: Taken(ID, 101, "XOF 12.0000")}),
    "sms_response_missing_recipient": Answer({NUMBER: Taken(ID, 102, "XOF 12.0000")}, unknown=(OTHER,)),
    "sms_response_queued_enqueue": Answer({ABROAD: Taken(ID, 102, "KES 0.8000")}),
    "sms_response_sent_no_enqueue": Answer({ABROAD: Taken(ID_2, 101, "KES 0.8000")}),
    "sms_response_server_error": MaybeSent,
    "sms_response_throttled": Answer(whole="throttled"),
    "sms_response_with_message_parts": Answer({NUMBER: Taken(ID, 101, "XOF 24.0000", 2)}),
}


class Provider(BaseHTTPRequestHandler):
    """Answers what a test lays out and keeps what it was asked."""

    protocol_version = "HTTP/1.1"
    status: ClassVar[int] = 201
    body: ClassVar[bytes | None] = b""
    headers_out: ClassVar[dict[str, str]] = {}
    asked: ClassVar[list[tuple[str, dict[str, list[str]], str | None, int]]] = []

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.asked.append((self.path, form, self.headers["apiKey"], self.client_address[1]))
        if self.body is None:
            self.close_connection = True
            return
        self.send_response(self.status)
        for name, value in (self.headers_out | {"Content-Length": str(len(self.body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class's name)
        del format, args


Gateway = Callable[..., AfricasTalkingSms]


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """Give a function that lays out an answer and gives the gateway that will get it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    made: list[AfricasTalkingSms] = []

    def lay_out(body: bytes | None, status: int = 201, headers: dict[str, str] | None = None) -> AfricasTalkingSms:
        Provider.body, Provider.status, Provider.headers_out = body, status, headers or {"Content-Type": "application/json"}
        if not made:
            made.append(AfricasTalkingSms("jappoo", "key", "COOPSN", f"http://127.0.0.1:{server.server_port}/"))
        return made[0]

    Provider.asked = []
    yield lay_out
    for one in made:
        one.close()
    server.shutdown()
    server.server_close()
    thread.join()


def test_every_fixture_has_its_expectation() -> None:
    assert named("sms_response_") == sorted(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_every_recorded_answer_is_read(gateway: Gateway, name: str) -> None:
    fixture, expected = load(name), EXPECTED[name]
    numbers = [ABROAD] if ABROAD in fixture["body"] else [NUMBER, OTHER] if "missing" in name else [NUMBER]
    sms = gateway(fixture["body"].encode(), fixture["http_status"], fixture["headers"])
    if isinstance(expected, Answer):
        assert sms.send("Bonjour", numbers) == expected
    else:
        with pytest.raises(expected):
            sms.send("Bonjour", numbers)


def test_a_request_is_the_documented_form_on_a_kept_connection(gateway: Gateway) -> None:
    sms = gateway(b'{"SMSMessageData":{"Message":"","Recipients":[]}}')
    for _ in range(2):
        sms.send("Votre solde : 15 000 F, à bientôt", [NUMBER, OTHER])
    path, form, key, port = Provider.asked[0]
    assert (path, key) == ("/version1/messaging", "key")
    assert form == {
        "username": ["jappoo"],
        "to": [f"{NUMBER},{OTHER}"],
        "message": ["Votre solde : 15 000 F, à bientôt"],
        "from": ["COOPSN"],
        "bulkSMSMode": ["1"],
        "enqueue": ["1"],
    }
    assert Provider.asked[1][3] == port


def test_one_bad_number_leaves_the_batch_alone(gateway: Gateway) -> None:
    sms = gateway(_answer(number=NUMBER))
    answer = sms.send("Bonjour", ["77", NUMBER, "+221 77 1", "+abc"])
    assert set(answer.refused) == {"77", "+221 77 1", "+abc"}
    assert set(answer.taken) == {NUMBER}
    assert Provider.asked[0][1]["to"] == [NUMBER]


def test_nothing_is_asked_when_no_number_is_good(gateway: Gateway) -> None:
    assert gateway(b"").send("Bonjour", ["77"]).refused == {"77": Refused(403, "InvalidPhoneNumber")}
    assert not Provider.asked


@pytest.mark.parametrize("number", ["221771234567", 221771234567, " +221771234567", "+221 77-123 45 67", "00221771234567"])
def test_a_number_is_known_again_in_another_spelling(gateway: Gateway, number: str | int) -> None:
    assert set(gateway(_answer(number=number)).send("Bonjour", [NUMBER]).taken) == {NUMBER}


@pytest.mark.parametrize("fields", [{"messageId": "None"}, {"messageId": None}, {"statusCode": "soon"}, {"statusCode": None}])
def test_what_no_report_could_be_tied_to_is_unknown(gateway: Gateway, fields: dict[str, object]) -> None:
    assert gateway(_answer(**fields)).send("Bonjour", [NUMBER]) == Answer(unknown=(NUMBER,))


@pytest.mark.parametrize(
    "body",
    [b"", b"OK", b"[]", b'{"SMSMessageData":[]}', b'{"SMSMessageData":{"Message":"Sent', b'{"SMSMessageData":"\xff"}', b"\xff"],
)
def test_an_acceptance_that_cant_be_read_is_maybe_sent(gateway: Gateway, body: bytes) -> None:
    with pytest.raises(MaybeSent):
        gateway(body).send("Bonjour", [NUMBER])


@pytest.mark.parametrize("status", [302, 307, 400, 404])
def test_a_refusal_that_cant_be_read_is_no_acceptance(gateway: Gateway, status: int) -> None:
    sms = gateway(b"no", status, {"Location": "/elsewhere", "Content-Type": "text/plain"})
    assert sms.send("Bonjour", [NUMBER]).whole == "bad_answer"
    assert len(Provider.asked) == 1, "the key and the numbers must not follow a redirection"


@pytest.mark.parametrize("words", [{"status": 5}, {"cost": ["XOF", 20]}, {"messageParts": 1.5}, {"cost": None, "status": None}])
def test_words_that_cant_be_read_make_no_doubt_of_what_was_taken(gateway: Gateway, words: dict[str, object]) -> None:
    assert set(gateway(_answer(**words)).send("Bonjour", [NUMBER]).taken) == {NUMBER}


@pytest.mark.parametrize("odd", [{"number": None}, {"statusCode": 101.5}, {"messageId": {}}])
def test_a_recipient_that_cant_be_read_leaves_the_others_alone(odd: dict[str, object]) -> None:
    recipients = [
        {"number": NUMBER, "statusCode": 101, "messageId": ID},
        {"number": OTHER, "statusCode": 101, "messageId": ID_2} | odd,
    ]
    said = {"SMSMessageData": {"Message": "Sent to 2/2", "Recipients": recipients}}
    answer = read_answer(Raw(201, json.dumps(said).encode()), [NUMBER, OTHER])
    assert (set(answer.taken), answer.refused, answer.unknown) == ({NUMBER}, {}, (OTHER,))


@pytest.mark.parametrize("turned", [False, True])
def test_a_number_that_is_named_twice_is_taken_if_it_was_once(turned: bool) -> None:
    recipients = [
        {"number": NUMBER, "statusCode": 101, "messageId": ID},
        {"number": NUMBER, "statusCode": 403, "messageId": "None"},
    ]
    said = {"SMSMessageData": {"Message": "Sent to 1/2", "Recipients": recipients[::-1] if turned else recipients}}
    answer = read_answer(Raw(201, json.dumps(said).encode()), [NUMBER])
    assert (set(answer.taken), answer.refused, answer.unknown) == ({NUMBER}, {}, ())


def test_no_recipients_named_leaves_all_unknown(gateway: Gateway) -> None:
    assert gateway(b'{"SMSMessageData":{"Message":"Sent","Recipients":null}}').send("Bonjour", [NUMBER]).unknown == (NUMBER,)


def test_a_connection_cut_after_the_request_is_maybe_sent(gateway: Gateway) -> None:
    with pytest.raises(MaybeSent):
        gateway(None).send("Bonjour", [NUMBER])
    assert len(Provider.asked) == 1, "nothing may be sent again by itself"


def test_no_answer_in_time_is_maybe_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_http, "SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        sms = AfricasTalkingSms("jappoo", "key", None, f"http://127.0.0.1:{deaf.getsockname()[1]}")
        with pytest.raises(MaybeSent):
            sms.send("Bonjour", [NUMBER])
        sms.close()


def test_a_refused_connection_is_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(NotSent):
        AfricasTalkingSms("jappoo", "key", None, f"http://127.0.0.1:{port}").send("Bonjour", [NUMBER])


@pytest.mark.parametrize("shaken", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", None], ids=["no TLS", "cut", "silent"])
def test_a_handshake_that_fails_is_not_sent(monkeypatch: pytest.MonkeyPatch, shaken: bytes | None) -> None:
    monkeypatch.setattr(bounded_http, "CONNECT_SECONDS", 0.3)
    done = threading.Event()

    def answer() -> None:
        connection, _ = listening.accept()
        with connection:
            if shaken is None:
                done.wait(10)
            else:
                connection.recv(4096)
                connection.sendall(shaken)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer)
        thread.start()
        sms = AfricasTalkingSms("jappoo", "key", None, f"https://127.0.0.1:{listening.getsockname()[1]}")
        with pytest.raises(NotSent):
            sms.send("Bonjour", [NUMBER])
        done.set()
        thread.join()
        sms.close()


def test_a_name_that_isnt_known_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NotSent):
        AfricasTalkingSms("jappoo", "key", None, "http://gateway.invalid").send("Bonjour", [NUMBER])


def test_the_sdk_still_has_what_we_override() -> None:
    assert list(inspect.signature(Service._make_request).parameters) == [
        "self", "url", "method", "headers", "data", "params", "callback", "timeout",
    ]  # fmt: skip
    assert "_make_request(" in inspect.getsource(SMSService.send)
    assert '_make_url("/messaging")' in inspect.getsource(SMSService.send)
    assert "self._init_service()" in inspect.getsource(Service.__init__)
    assert "self._baseUrl + path" in inspect.getsource(Service._make_url)


def _answer(**fields: object) -> bytes:
    recipient = {"cost": "XOF 20.0000", "messageId": ID, "number": NUMBER, "status": "Success", "statusCode": 101} | fields
    return json.dumps({"SMSMessageData": {"Message": "Sent to 1/1", "Recipients": [recipient]}}).encode()
