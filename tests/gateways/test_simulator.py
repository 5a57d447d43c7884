"""The simulator against a service that only counts: what a fault lets through is what the service saw."""

import threading
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.gateways.africastalking_sms import AfricasTalkingSms
from app.gateways.simulator.faults import FAULTS
from tests.gateways.simulated import CODE, NUMBER, OTHER, Service, arm, open_simulator, send, service, simulator, wait_for

__all__ = ["service", "simulator"]


def test_a_talk_accumulates_and_ends(simulator: FlaskClient) -> None:
    dialled = dial(simulator)
    assert (dialled["screen"], dialled["more"]) == ("vu ", True)
    assert enter(simulator, dialled, "1")["screen"] == "vu 1"
    assert enter(simulator, dialled, "9") == {"session": dialled["session"], "screen": "vu 1*9", "more": False, "warning": ""}
    assert enter(simulator, dialled, "1") == {"error": "the session is over"}
    ended = wait_for(lambda: [fields for path, fields in Service.seen if path == "/at/secret/ussd/events"])
    assert ended[0]["status"] == "Success"
    assert ended[0]["sessionId"].startswith("ATUid_")


@pytest.mark.parametrize(
    ("where", "text", "code"), [("text", "1*2", CODE), ("service_code", "", "*384*44135*1*2#")], ids=["text", "service code"]
)
def test_a_dial_string_arrives_either_way(simulator: FlaskClient, where: str, text: str, code: str) -> None:
    dial(simulator, string="*384*44135*1*2#", subcode=where)
    assert (Service.seen[0][1]["text"], Service.seen[0][1]["serviceCode"]) == (text, code)


def test_a_strange_code_never_reaches_the_service(simulator: FlaskClient) -> None:
    assert "non valide" in dial(simulator, string="*384*4413599#")["warning"]
    assert not Service.seen


def test_the_other_dialect_sends_the_last_entry_and_its_number(simulator: FlaskClient) -> None:
    dialled = dial(simulator, dialect="hubtel")
    assert dialled["screen"] == f"1:{CODE}"
    assert enter(simulator, dialled, "4")["screen"] == "2:4"
    simulator.post(f"/handsets/{NUMBER}/hangup", json={"session": dialled["session"]})
    wait_for(lambda: [fields for _, fields in Service.seen if fields.get("Type") == "Release"])
    assert {path for path, _ in Service.seen} == {"/hubtel/secret/ussd"}


@pytest.mark.parametrize("words", ["", " CON a", "con a", "<html>", "CON" + "a" * 200])
def test_an_answer_that_a_gateway_would_refuse_is_warned_of(simulator: FlaskClient, words: str) -> None:
    Service.words = words
    assert dial(simulator)["warning"]


def test_a_screen_that_is_too_long_is_warned_of(simulator: FlaskClient) -> None:
    Service.words = "CON " + "a" * 183
    assert "182" in dial(simulator)["warning"]


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
    arm(simulator, fault)
    assert dial(simulator)["screen"] == screen
    wait_for(lambda: len(Service.seen) >= reached)
    assert len(Service.seen) == reached
    assert dial(simulator)["screen"] == "vu "


def test_a_fault_of_one_number_leaves_others_alone(simulator: FlaskClient) -> None:
    arm(simulator, "ussd-drop", to=OTHER)
    assert dial(simulator)["screen"] == "vu "
    assert send(simulator, NUMBER, OTHER).status_code == 201
    arm(simulator, "sms-500", to=OTHER)
    assert send(simulator, NUMBER).status_code == 201
    assert send(simulator, NUMBER, OTHER).status_code == 500, "a fault of any number of the batch hits the request"


def test_faults_are_listed_armed_and_cleared(simulator: FlaskClient) -> None:
    assert simulator.get("/faults").get_json() == list(FAULTS)
    assert arm(simulator, "sms-429", times=3).get_json() == {"armed": {"sms-429": 3}}
    assert simulator.post("/faults", json={}).get_json() == {"armed": {}}
    assert send(simulator, NUMBER).status_code == 201
    assert arm(simulator, "no-such").status_code == 400
    assert simulator.post("/faults", data="x").status_code == 400


def test_a_handset_shows_its_talk_and_its_sms(simulator: FlaskClient) -> None:
    session = dial(simulator)["session"]
    send(simulator, NUMBER)
    shown = simulator.get(f"/handsets/{NUMBER}").get_json()
    assert shown["open"]["session"] == session
    assert [row["text"] for row in shown["messages"]] == ["Bonjour"]
    assert simulator.get(f"/handsets/{OTHER}").get_json() == {"number": OTHER, "open": None, "messages": []}


def test_inboxes_outlive_a_restart_and_a_torn_line(simulator: FlaskClient, service: str, tmp_path: Path) -> None:
    send(simulator, NUMBER)
    with (tmp_path / "messages.jsonl").open("a") as file:
        file.write('{"to": "+2217')
    again = open_simulator(service, tmp_path)
    send(again, OTHER)
    assert [row["to"] for row in open_simulator(service, tmp_path).get("/messages").get_json()] == [NUMBER, OTHER]


def test_our_own_gateway_reads_what_the_simulator_says(service: str, tmp_path: Path) -> None:
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", 0, open_simulator(service, tmp_path).application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    sms = AfricasTalkingSms("jappoo", "key", None, f"http://127.0.0.1:{server.server_port}")
    answer = sms.send("Bonjour", [NUMBER, "77"])
    sms.close()
    server.shutdown()
    server.server_close()
    thread.join()
    assert (set(answer.taken), set(answer.refused)) == ({NUMBER}, {"77"})


def dial(simulator: FlaskClient, **asked: str) -> dict[str, Any]:
    shown: dict[str, Any] = simulator.post(f"/handsets/{NUMBER}/dial", json={"string": CODE} | asked).get_json()
    return shown


def enter(simulator: FlaskClient, dialled: dict[str, Any], text: str) -> dict[str, Any]:
    body = {"session": dialled["session"], "text": text}
    shown: dict[str, Any] = simulator.post(f"/handsets/{NUMBER}/entries", json=body).get_json()
    return shown
