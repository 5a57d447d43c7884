"""The simulator's SMS: as a gateway answers, bills and reports them, and as they go wrong."""

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app.gateways.africastalking_sms import ACCEPTED, read_answer
from app.gateways.simulator.parts import BASIC, EXTENDED, parts_of
from app.gateways.sms import MaybeSent
from app.gsm7 import measure, outside
from app.sms.cost import centimes
from tests.gateways.simulated import NUMBER, OTHER, Service, arm, send, service, simulator, wait_for

__all__ = ["service", "simulator"]


def test_a_message_is_answered_as_recorded_kept_and_reported(simulator: FlaskClient) -> None:
    answer = send(simulator, NUMBER, OTHER)
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
    assert reports(2)[0]["status"] == "Success"


@pytest.mark.parametrize(
    ("text", "parts"),
    [("a" * 160, 1), ("a" * 161, 2), ("é" * 306, 2), ("é" * 307, 3), ("ê" * 70, 1), ("ê" * 71, 2), ("€" * 80, 1), ("€" * 81, 2)],
)
def test_each_part_is_billed_and_our_own_reading_says_so(simulator: FlaskClient, text: str, parts: int) -> None:
    said = send(simulator, NUMBER, OTHER, text=text).get_json()["SMSMessageData"]
    assert said["Message"] == f"Sent to 2/2 Total Cost: XOF {40 * parts}.0000"
    assert [centimes(one["cost"]) for one in said["Recipients"]] == [2_000 * parts] * 2


@given(st.text(st.sampled_from("aé€{ê\U0001f41f\n"), max_size=400))
def test_the_networks_count_and_ours_agree(text: str) -> None:
    assert parts_of(text) == measure(text).parts


def test_the_networks_alphabet_is_ours() -> None:
    assert {letter for letter in map(chr, range(0x10000)) if not outside(letter)} == BASIC | EXTENDED


def test_a_bad_number_is_refused_in_the_answer(simulator: FlaskClient) -> None:
    said = send(simulator, NUMBER, "77").get_json()["SMSMessageData"]
    assert [one["statusCode"] for one in said["Recipients"]] == [101, 403]
    assert said["Message"].startswith("Sent to 1/2")


@pytest.mark.parametrize(
    ("fault", "status", "kept"),
    [("sms-500", 500, 0), ("sms-429", 429, 0), ("sms-invalid-sender", 201, 0), ("sms-no-credit", 201, 0), ("sms-lost", 201, 1)],
)
def test_an_sms_fault_says_one_thing_and_does_another(simulator: FlaskClient, fault: str, status: int, kept: int) -> None:
    arm(simulator, fault)
    assert send(simulator, NUMBER).status_code == status
    assert len(simulator.get("/messages").get_json()) == kept


def test_what_was_taken_before_the_cut_is_on_record(simulator: FlaskClient) -> None:
    arm(simulator, "sms-accepted-then-cut")
    answer = send(simulator, NUMBER)
    raw = type("Raw", (), {"status": answer.status_code, "body": answer.data})()
    with pytest.raises(MaybeSent):
        read_answer(raw, [NUMBER])
    assert [row["to"] for row in simulator.get("/messages").get_json()] == [NUMBER]


@pytest.mark.parametrize(
    ("fault", "count", "status"),
    [("report-doubled", 2, "Success"), ("report-failed", 1, "Failed"), ("report-unknown-id", 1, "Success")],
)
def test_reports_go_wrong_on_request(simulator: FlaskClient, fault: str, count: int, status: str) -> None:
    arm(simulator, fault)
    message = send(simulator, NUMBER).get_json()["SMSMessageData"]["Recipients"][0]["messageId"]
    came = reports(count)
    assert {report["status"] for report in came} == {status}
    assert {report["id"] == message for report in came} == {fault != "report-unknown-id"}


def test_an_early_report_comes_before_the_answer(simulator: FlaskClient) -> None:
    arm(simulator, "report-early")
    send(simulator, NUMBER)
    assert [path for path, _ in Service.seen] == ["/at/secret/sms/reports"]


def test_a_members_sms_is_brought_until_it_is_taken(simulator: FlaskClient) -> None:
    Service.refuse = 2
    message = simulator.post(f"/handsets/{NUMBER}/sms", json={"text": "PROD diayé 3"}).get_json()["id"]
    brought = wait_for(lambda: len(Service.seen) == 3 and [fields for _, fields in Service.seen])
    assert {fields["id"] for fields in brought} == {message}
    assert (brought[0]["from"], brought[0]["to"], brought[0]["text"]) == (NUMBER, "21512", "PROD diayé 3")


def reports(count: int) -> list[dict[str, str]]:
    def come() -> list[dict[str, str]]:
        found = [fields for path, fields in Service.seen if path == "/at/secret/sms/reports"]
        return found if len(found) >= count else []

    reports: list[dict[str, str]] = wait_for(come)
    return reports
