"""The USSD webhook takes what the gateway sends, and what it might."""

import json
from pathlib import Path
from urllib.parse import urlencode

import pytest

from app.gsm7 import septets
from tests import sample_cooperative

FIXTURES = Path(__file__).parent.parent / "fixtures" / "gateway"
FORM = "application/x-www-form-urlencoded"
SESSIONS = sorted(FIXTURES.glob("ussd_[0-9]*.json"))
EVENTS = sorted(FIXTURES.glob("ussd_event_*.json"))


def post(client, form, path="demo", **more):
    body = form if isinstance(form, bytes) else urlencode(form).encode()
    return client.post(f"/at/{path}/ussd", data=body, content_type=more.pop("content_type", FORM), **more)


def hop(client, text, phone=sample_cooperative.AWA, session="ATUid_1", **more):
    form = {"phoneNumber": phone, "serviceCode": "*384*44135#", "text": text, "sessionId": session, "networkCode": "60801"} | more
    answer = post(client, form)
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    said = answer.get_data(as_text=True)
    assert said[:4] in ("CON ", "END ")
    assert septets(said[4:]) <= 160
    return said


@pytest.mark.parametrize("path", SESSIONS, ids=lambda path: path.stem)
def test_every_recorded_hop_is_answered(client, path):
    recorded = json.loads(path.read_text("utf-8"))
    answer = post(client, recorded["request"]["raw_body"].encode())
    assert answer.status_code == 200
    said = answer.get_data(as_text=True)
    assert said.startswith(recorded["expect"].get("body_prefix", ("CON ", "END ")))
    assert septets(said[4:]) <= 160


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_end_of_session_notice_is_taken(client, path):
    recorded = json.loads(path.read_text("utf-8"))
    answer = client.post("/at/demo/ussd/events", data=recorded["request"]["raw_body"].encode(), content_type=FORM)
    assert (answer.status_code, answer.data) == (200, b"")


def test_the_first_dial_shows_home_with_what_it_costs(client):
    said = hop(client, "")
    assert said.startswith("CON Jappoo. Gratuit\n1 Mes soldes\n2 Déclarer une production\n3 Prix et marché")


@pytest.mark.parametrize(("text", "code"), [("3", "*384*44135#"), ("", "*384*44135*3#")])
def test_a_dial_string_may_come_in_the_text_or_in_the_service_code(client, text, code):
    assert "Prix " in hop(client, text, serviceCode=code)


def test_a_number_works_from_any_page_and_with_or_without_its_plus(client):
    assert "code secret" in hop(client, "7")
    assert "code secret" in hop(client, "9*7", session="b", phone="221770000012")


def test_a_repeat_gets_the_same_bytes_a_shorter_text_the_current_screen(client):
    hop(client, "")
    first = hop(client, "3")
    assert hop(client, "3") == first
    assert hop(client, "") == first
    assert hop(client, "2").startswith("END ")
    assert hop(client, "3*1").startswith("CON Thiof")


def test_accents_empty_segments_and_rubbish_are_answered(client):
    hop(client, "")
    for place, text in enumerate(("Ndèye Diop", "1*", "*", "**", "🐟", "9" * 10_000, "1*" * 400)):
        assert hop(client, text, session=f"s{place}")


@pytest.mark.parametrize("missing", ["sessionId", "phoneNumber"])
def test_what_is_missing_ends_politely(client, missing):
    form = {"phoneNumber": sample_cooperative.AWA, "text": "", "sessionId": "a"}
    del form[missing]
    assert post(client, form).get_data(as_text=True).startswith("END ")


def test_a_wrong_token_is_404(client):
    assert post(client, {"text": ""}, path="wrong").status_code == 404
    assert post(client, {"text": ""}, path="dém").status_code == 404


def test_only_a_body_that_is_no_form_or_too_big_is_400(client):
    assert post(client, b"{}", content_type="text/xml").status_code == 400
    answer = post(client, b"text=" + b"1" * 70_000)
    assert answer.status_code == 400
    assert answer.get_data(as_text=True).count("\n") == 1


@pytest.mark.parametrize("route", ["ussd", "ussd/events", "sms", "sms/reports", "sms/optouts"])
def test_the_other_dialects_json_is_no_form_here(client, route):
    assert client.post(f"/at/demo/{route}", json={"text": "1"}).status_code == 400
    assert client.post("/hubtel/demo/ussd", data="text=1", content_type=FORM).status_code == 400


@pytest.mark.parametrize("route", ["ussd", "ussd/events", "sms", "sms/reports", "sms/optouts"])
def test_a_form_with_nothing_in_it_needs_no_type(client, route):
    """Clients of HTTP leave the type out when a form has no field: nothing is missing but the fields."""
    answer = client.post(f"/at/demo/{route}", content_length=0)
    assert (answer.status_code, answer.data[:4]) == (200, b"END " if route == "ussd" else b"")


def test_the_other_dialect_talks_the_same(client):
    def send(sequence, message, kind="Response"):
        asked = {
            "Type": kind,
            "Mobile": sample_cooperative.AWA.lstrip("+"),
            "SessionId": "h1",
            "Message": message,
            "Sequence": sequence,
        }
        answer = client.post("/hubtel/demo/ussd", data=json.dumps(asked), content_type="application/json")
        assert answer.status_code == 200
        return answer.get_json()

    assert "Mes soldes" in send(1, "*384*44135#", "Initiation")["Message"]
    assert "code secret" in send(2, "1")["Message"]
    seen = send(3, "2468")
    assert seen["Type"] == "Response"
    assert "Parts 10 000 F" in seen["Message"]
    assert send(3, "2468") == seen
    ended = client.post("/hubtel/demo/ussd", json={"Type": "Timeout", "Mobile": "221770000012", "SessionId": "h1"})
    assert ended.data == b""
    assert client.post("/hubtel/demo/ussd", json=[]).get_json()["Type"] == "Release"


@pytest.mark.parametrize("field", ["phoneNumber", "serviceCode", "text", "sessionId", "networkCode"])
@pytest.mark.parametrize("nul", ["\0", "1\0", "\x001"])
def test_a_nul_in_any_field_gets_a_sentence(client, field, nul):
    said = hop(client, **{"text": "", field: nul})
    assert "erreur" not in said.lower()
    assert said != "END "
    assert hop(client, "3", session="another").startswith("CON ")


@pytest.mark.parametrize("field", ["Mobile", "SessionId", "Message", "Operator"])
@pytest.mark.parametrize("sequence", [1, 2])
def test_a_nul_in_any_field_of_the_other_dialect_gets_a_sentence(client, field, sequence):
    asked = {"Type": "Response", "Mobile": "221770000012", "SessionId": "h1", "Message": "1", "Operator": "x", "Sequence": sequence}
    said = client.post("/hubtel/demo/ussd", json=asked | {field: "1\0"}).get_json()["Message"]
    assert said
    assert "erreur" not in said.lower()


def test_one_session_id_from_two_numbers_is_two_calls(client):
    for entry in ("", "1", "1*2468"):
        hers = hop(client, entry, session="7")
    assert "Parts 10 000 F" in hers
    assert "Parts" not in hop(client, "1*2468", phone=sample_cooperative.SHARED, session="7")
    assert hop(client, "1*2468", session="7") == hers
