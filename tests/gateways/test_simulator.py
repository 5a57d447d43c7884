"""The simulator against a service that only counts: what a fault lets through is what the service saw."""

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
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from app.gateways.africastalking_sms import ACCEPTED, AfricasTalkingSms, read_answer
from app.gateways.simulator.faults import FAULTS
from app.gateways.simulator.parts import BASIC, EXTENDED, parts_of
from app.gateways.simulator.web import create_simulator
from app.gateways.sms import MaybeSent
from app.gsm7 import measure, outside
from app.sms.cost import centimes

NUMBER, OTHER, CODE = "+221771234567", "+221761234567", "*384*44135#"


class Service(BaseHTTPRequestHandler):
    """A service that keeps what it was sent; USSD is answered with the entries so far, an entry 9 ends."""

    protocol_version = "HTTP/1.1"
    seen: ClassVar[list[tuple[str, dict[str, str]]]] = []
    refuse: ClassVar[int] = 0
    words: ClassVar[str | None] = None

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fields = json.loads(body) if body[:1] == b"{" else {k: v[0] for k, v in parse_qs(body.decode(), True).items()}
        self.seen.append((self.path, fields))
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
    return _simulator(service, tmp_path)


def test_a_talk_accumulates_and_ends(simulator: FlaskClient) -> None:
    dialled = _dial(simulator)
    assert (dialled["screen"], dialled["more"]) == ("vu ", True)
    assert _enter(simulator, dialled, "1")["screen"] == "vu 1"
    assert _enter(simulator, dialled, "9") == {"session": dialled["session"], "screen": "vu 1*9", "more": False, "warning": ""}
    assert _enter(simulator, dialled, "1") == {"error": "the session is over"}
    ended = _wait_for(lambda: [fields for path, fields in Service.seen if path == "/at/secret/ussd/events"])
    assert ended[0]["status"] == "Success"
    assert ended[0]["sessionId"].startswith("ATUid_")


@pytest.mark.parametrize(
    ("where", "text", "code"), [("text", "1*2", CODE), ("service_code", "", "*384*44135*1*2#")], ids=["text", "service code"]
)
def test_a_dial_string_arrives_either_way(simulator: FlaskClient, where: str, text: str, code: str) -> None:
    _dial(simulator, string="*384*44135*1*2#", subcode=where)
    assert (Service.seen[0][1]["text"], Service.seen[0][1]["serviceCode"]) == (text, code)


def test_a_strange_code_never_reaches_the_service(simulator: FlaskClient) -> None:
    assert "non valide" in _dial(simulator, string="*384*4413599#")["warning"]
    assert not Service.seen


def test_the_other_dialect_sends_the_last_entry_and_its_number(simulator: FlaskClient) -> None:
    dialled = _dial(simulator, dialect="hubtel")
    assert dialled["screen"] == f"1:{CODE}"
    assert _enter(simulator, dialled, "4")["screen"] == "2:4"
    simulator.post(f"/handsets/{NUMBER}/hangup", json={"session": dialled["session"]})
    _wait_for(lambda: [fields for _, fields in Service.seen if fields.get("Type") == "Release"])
    assert {path for path, _ in Service.seen} == {"/hubtel/secret/ussd"}


@pytest.mark.parametrize("words", ["", " CON a", "con a", "<html>", "CON" + "a" * 200])
def test_an_answer_that_a_gateway_would_refuse_is_warned_of(simulator: FlaskClient, words: str) -> None:
    Service.words = words
    assert _dial(simulator)["warning"]


def test_a_screen_that_is_too_long_is_warned_of(simulator: FlaskClient) -> None:
    Service.words = "CON " + "a" * 183
    assert "182" in _dial(simulator)["warning"]


@pytest.mark.parametrize(
    ("fault", "reached", "screen"),
    [
        ("ussd-repeat", 2, "vu "),
        ("ussd-twice-at-once", 3, "vu "),
        ("ussd-lost-answer", 1, ""),
        ("ussd-late", 1, ""),
        ("ussd-drop", 0, ""),
    ],
)
def test_a_ussd_fault_happens_as_often_as_asked(simulator: FlaskClient, fault: str, reached: int, screen: str) -> None:
    _arm(simulator, fault)
    assert _dial(simulator)["screen"] == screen
    _wait_for(lambda: len(Service.seen) >= reached)
    assert len(Service.seen) == reached
    assert _dial(simulator)["screen"] == "vu "


def test_a_fault_of_one_number_leaves_others_alone(simulator: FlaskClient) -> None:
    _arm(simulator, "ussd-drop", to=OTHER)
    assert _dial(simulator)["screen"] == "vu "
    assert _send(simulator, NUMBER, OTHER).status_code == 201
    _arm(simulator, "sms-500", to=OTHER)
    assert _send(simulator, NUMBER).status_code == 201
    assert _send(simulator, NUMBER, OTHER).status_code == 500, "a fault of any number of the batch hits the request"


def test_faults_are_listed_armed_and_cleared(simulator: FlaskClient) -> None:
    assert simulator.get("/faults").get_json() == list(FAULTS)
    assert _arm(simulator, "sms-429", times=3).get_json() == {"armed": {"sms-429": 3}}
    assert simulator.post("/faults", json={}).get_json() == {"armed": {}}
    assert _send(simulator, NUMBER).status_code == 201
    assert _arm(simulator, "no-such").status_code == 400
    assert simulator.post("/faults", data="x").status_code == 400


def test_a_message_is_answered_as_recorded_kept_and_reported(simulator: FlaskClient) -> None:
    answer = _send(simulator, NUMBER, OTHER)
    said = answer.get_json()["SMSMessageData"]
    assert (answer.status_code, answer.content_type) == (201, "application/json")
    assert said["Message"] == "Sent to 2/2 Total Cost: XOF 40.0000"
    recipient = said["Recipients"][0]
    assert recipient["statusCode"] in ACCEPTED
    assert set(recipient) == {"cost", "messageId", "number", "status", "statusCode"}
    kept = simulator.get("/messages", query_string={"to": NUMBER}).get_json()
    assert [(row["to"], row["from"], row["text"], row["id"]) for row in kept] == [
        (NUMBER, "COOPSN", "Bonjour", recipient["messageId"])
    ]
    assert simulator.get(f"/messages?to={NUMBER}").get_json() == kept, "a plus that nobody escaped"
    assert len(simulator.get("/messages").get_json()) == 2
    assert _reports(2)[0]["status"] == "Success"


@pytest.mark.parametrize(
    ("text", "parts"),
    [("a" * 160, 1), ("a" * 161, 2), ("é" * 306, 2), ("é" * 307, 3), ("ê" * 70, 1), ("ê" * 71, 2), ("€" * 80, 1), ("€" * 81, 2)],
)
def test_each_part_is_billed_and_our_own_reading_says_so(simulator: FlaskClient, text: str, parts: int) -> None:
    said = _send(simulator, NUMBER, OTHER, text=text).get_json()["SMSMessageData"]
    assert said["Message"] == f"Sent to 2/2 Total Cost: XOF {40 * parts}.0000"
    assert [centimes(one["cost"]) for one in said["Recipients"]] == [2_000 * parts] * 2


@given(st.text(st.sampled_from("aé€{ê\U0001f41f\n"), max_size=400))
def test_the_networks_count_and_ours_agree(text: str) -> None:
    assert parts_of(text) == measure(text).parts


def test_the_networks_alphabet_is_ours() -> None:
    assert {letter for letter in map(chr, range(0x10000)) if not outside(letter)} == BASIC | EXTENDED


def test_a_bad_number_is_refused_in_the_answer(simulator: FlaskClient) -> None:
    said = _send(simulator, NUMBER, "77").get_json()["SMSMessageData"]
    assert [one["statusCode"] for one in said["Recipients"]] == [101, 403]
    assert said["Message"].startswith("Sent to 1/2")


@pytest.mark.parametrize(
    ("fault", "status", "kept"),
    [("sms-500", 500, 0), ("sms-429", 429, 0), ("sms-invalid-sender", 201, 0), ("sms-no-credit", 201, 0), ("sms-lost", 201, 1)],
)
def test_an_sms_fault_says_one_thing_and_does_another(simulator: FlaskClient, fault: str, status: int, kept: int) -> None:
    _arm(simulator, fault)
    assert _send(simulator, NUMBER).status_code == status
    assert len(simulator.get("/messages").get_json()) == kept


def test_what_was_taken_before_the_cut_is_on_record(simulator: FlaskClient) -> None:
    _arm(simulator, "sms-accepted-then-cut")
    answer = _send(simulator, NUMBER)
    raw = type("Raw", (), {"status": answer.status_code, "body": answer.data})()
    with pytest.raises(MaybeSent):
        read_answer(raw, [NUMBER])
    assert [row["to"] for row in simulator.get("/messages").get_json()] == [NUMBER]


@pytest.mark.parametrize(
    ("fault", "count", "status"),
    [("report-doubled", 2, "Success"), ("report-failed", 1, "Failed"), ("report-unknown-id", 1, "Success")],
)
def test_reports_go_wrong_on_request(simulator: FlaskClient, fault: str, count: int, status: str) -> None:
    _arm(simulator, fault)
    message = _send(simulator, NUMBER).get_json()["SMSMessageData"]["Recipients"][0]["messageId"]
    reports = _reports(count)
    assert {report["status"] for report in reports} == {status}
    assert {report["id"] == message for report in reports} == {fault != "report-unknown-id"}


def test_an_early_report_comes_before_the_answer(simulator: FlaskClient) -> None:
    _arm(simulator, "report-early")
    _send(simulator, NUMBER)
    assert [path for path, _ in Service.seen] == ["/at/secret/sms/reports"]


def test_a_members_sms_is_brought_until_it_is_taken(simulator: FlaskClient) -> None:
    Service.refuse = 2
    message = simulator.post(f"/handsets/{NUMBER}/sms", json={"text": "PROD diayé 3"}).get_json()["id"]
    brought = _wait_for(lambda: len(Service.seen) == 3 and [fields for _, fields in Service.seen])
    assert {fields["id"] for fields in brought} == {message}
    assert (brought[0]["from"], brought[0]["to"], brought[0]["text"]) == (NUMBER, "21512", "PROD diayé 3")


def test_a_handset_shows_its_talk_and_its_sms(simulator: FlaskClient) -> None:
    session = _dial(simulator)["session"]
    _send(simulator, NUMBER)
    shown = simulator.get(f"/handsets/{NUMBER}").get_json()
    assert shown["open"]["session"] == session
    assert [row["text"] for row in shown["messages"]] == ["Bonjour"]
    assert simulator.get(f"/handsets/{OTHER}").get_json() == {"number": OTHER, "open": None, "messages": []}


def test_inboxes_outlive_a_restart_and_a_torn_line(simulator: FlaskClient, service: str, tmp_path: Path) -> None:
    _send(simulator, NUMBER)
    with (tmp_path / "messages.jsonl").open("a") as file:
        file.write('{"to": "+2217')
    again = _simulator(service, tmp_path)
    _send(again, OTHER)
    assert [row["to"] for row in _simulator(service, tmp_path).get("/messages").get_json()] == [NUMBER, OTHER]


def test_our_own_gateway_reads_what_the_simulator_says(service: str, tmp_path: Path) -> None:
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", 0, _simulator(service, tmp_path).application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    sms = AfricasTalkingSms("jappoo", "key", None, f"http://127.0.0.1:{server.server_port}")
    answer = sms.send("Bonjour", [NUMBER, "77"])
    sms.close()
    server.shutdown()
    server.server_close()
    thread.join()
    assert (set(answer.taken), set(answer.refused)) == ({NUMBER}, {"77"})


def _simulator(service: str, folder: Path) -> FlaskClient:
    return create_simulator(service, "secret", code=CODE, short_code="21512", folder=folder, again_seconds=0.05).test_client()


def _dial(simulator: FlaskClient, **asked: str) -> dict[str, Any]:
    shown: dict[str, Any] = simulator.post(f"/handsets/{NUMBER}/dial", json={"string": CODE} | asked).get_json()
    return shown


def _enter(simulator: FlaskClient, dialled: dict[str, Any], text: str) -> dict[str, Any]:
    body = {"session": dialled["session"], "text": text}
    shown: dict[str, Any] = simulator.post(f"/handsets/{NUMBER}/entries", json=body).get_json()
    return shown


def _send(simulator: FlaskClient, *numbers: str, text: str = "Bonjour") -> TestResponse:
    form = {"username": "jappoo", "to": ",".join(numbers), "message": text, "from": "COOPSN", "bulkSMSMode": "1"}
    return simulator.post("/version1/messaging", data=form, headers={"apiKey": "key"})


def _arm(simulator: FlaskClient, fault: str, times: int = 1, to: str | None = None) -> TestResponse:
    return simulator.post("/faults", json={"fault": fault, "times": times} | ({"to": to} if to else {}))


def _reports(count: int) -> list[dict[str, str]]:
    def come() -> list[dict[str, str]]:
        found = [fields for path, fields in Service.seen if path == "/at/secret/sms/reports"]
        return found if len(found) >= count else []

    reports: list[dict[str, str]] = _wait_for(come)
    return reports


def _wait_for(ask: Callable[[], Any]) -> Any:
    end = time.monotonic() + 60
    while not (found := ask()):
        assert time.monotonic() < end, "it didn't come"
        time.sleep(0.01)
    return found
