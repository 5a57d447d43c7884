from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from app.gateways import callbacks
from app.gateways.ussd import Unreadable
from tests.gateways.fixtures import body_of, load, named

NUMBER = "+221771234567"


@pytest.mark.parametrize("name", named("sms_dlr_"))
def test_every_documented_report_is_read(name: str) -> None:
    fixture = load(name)
    form = fixture["form"]
    assert callbacks.read_report(body_of(fixture)) == callbacks.DeliveryReport(
        form["id"], form["status"], NUMBER, form.get("failureReason")
    )


def test_an_unknown_status_is_kept_as_it_is() -> None:
    assert callbacks.read_report(b"id=a&status=Levitating").status == "Levitating"


@pytest.mark.parametrize("name", named("sms_incoming_"))
def test_an_incoming_sms_is_read_in_both_forms_of_its_date(name: str) -> None:
    fixture = load(name)
    form, at = fixture["form"], datetime(2026, 11, 20, 9, 15, 42, tzinfo=UTC)
    assert callbacks.read_incoming(body_of(fixture)) == callbacks.IncomingSms(form["id"], NUMBER, "21512", "STOP", at)


@pytest.mark.parametrize(
    ("date", "at"),
    [
        ("2018-03-19T08:34:18.445Z", datetime(2018, 3, 19, 8, 34, 18, 445000, tzinfo=UTC)),
        ("2026-11-20T10:15:42+01:00", datetime(2026, 11, 20, 9, 15, 42, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_date_is_utc_or_nothing(date: str, at: datetime | None) -> None:
    assert callbacks.read_incoming(urlencode({"id": "a", "from": NUMBER, "date": date}).encode()).at == at


def test_an_sms_needs_no_more_than_an_id_and_a_sender() -> None:
    assert callbacks.read_incoming(b"id=a&from=Orange") == callbacks.IncomingSms("a", "Orange", "", "", None)


def test_an_opt_out_is_read() -> None:
    assert callbacks.read_opt_out(body_of(load("sms_opt_out"))) == callbacks.OptOut(NUMBER)


@pytest.mark.parametrize(("word", "joined"), [("deletion", False), ("Deletion", False), ("addition", True), ("Addition", True)])
def test_a_subscription_changes_in_either_case(word: str, joined: bool) -> None:
    form = load("sms_subscription")["form"] | {"updateType": word}
    read = callbacks.read_subscription(urlencode(form).encode())
    assert read == callbacks.Subscription(NUMBER, "21512", "coop", joined)


@pytest.mark.parametrize(
    ("read", "body", "field"),
    [
        (callbacks.read_report, b"status=Sent", "id"),
        (callbacks.read_report, b"id=a&status=", "status"),
        (callbacks.read_incoming, b"id=a&text=STOP", "from"),
        (callbacks.read_incoming, b"", "id"),
        (callbacks.read_opt_out, b"senderId=COOPSN", "phoneNumber"),
        (callbacks.read_subscription, b"phoneNumber=771234567&updateType=pause", "updateType"),
        (callbacks.read_report, b"&".join(b"f%d=1" % n for n in range(60)), "form"),
    ],
)
def test_what_is_missing_is_named(read: Callable[[bytes], object], body: bytes, field: str) -> None:
    with pytest.raises(Unreadable, match=field):
        read(body)


@pytest.mark.parametrize("raw", [b"id=a&from=Moussa&text=PROD+diay%C3%A9+3", "id=a&from=Moussa&text=PROD+diayé+3".encode()])
def test_accents_arrive_escaped_or_not(raw: bytes) -> None:
    assert callbacks.read_incoming(raw).text == "PROD diayé 3"
