"""Delivery reports: any order, any number of times, early, late or of nobody."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.gateways.sms import MaybeSent
from app.sms import reports
from app.sms.models import Report
from app.sms.verdicts import REPORTED
from tests.sms.conftest import AWA, FATOU, Desk

HIGHEST = ["Sent", "Failed", "Success"]


def report(post: Desk, status: str, provider_id: str, number: str = AWA, reason: str | None = None, by: str = "fake") -> str:
    with post.database.transaction() as session:
        reports.keep(session, by, provider_id, status, number, reason, now=post.clock())
        reports.apply_new(session, now=post.clock())
    return fates(post)[-1]


def fates(post: Desk) -> list[str]:
    with post.database.read() as reader:
        return list(reader.scalars(select(Report.fate).order_by(Report.id)))


_causes = itertools.count()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["Sent", "Submitted", "Buffered", "Failed", "Rejected", "Expired", "Success", "Odd"]), max_size=6))
def test_the_end_depends_neither_on_order_nor_on_repetition(post, told):
    ends = set()
    for order in (told, told[::-1], sorted(told) * 2):
        post.put(f"cause {next(_causes)}", purpose="receipt")
        post.send("notice")
        message = post.all()[-1]
        for status in order:
            report(post, status, message.provider_id)
        ends.add(post.all()[-1].state)
    assert len(ends) == 1


@pytest.mark.parametrize("split", range(4))
@pytest.mark.parametrize("order", list(itertools.permutations(HIGHEST)))
def test_reports_before_and_after_the_send_returns_end_the_same(post, order, split):
    post.put("a")

    def early():
        for status in order[:split]:
            report(post, status, f"id-1-{AWA}")

    post.gateway.during = early
    post.send()
    for status in order[split:]:
        report(post, status, f"id-1-{AWA}")
    assert post.states() == ["delivered"]
    assert fates(post) == ["applied"] * 3


@pytest.mark.parametrize("status", REPORTED)
def test_each_status_has_its_state(post, status):
    post.put("a")
    post.send()
    assert report(post, status, f"id-1-{AWA}", reason="UserIsInactive") == "applied"
    assert post.states() == [REPORTED[status].state]
    assert post.all()[0].reason == "UserIsInactive"


def test_late_failure_after_delivery_changes_nothing(post):
    post.put("a")
    post.send()
    report(post, "Success", f"id-1-{AWA}")
    report(post, "Failed", f"id-1-{AWA}")
    assert post.states() == ["delivered"]


def test_an_unknown_status_is_kept_and_changes_nothing(post):
    post.put("a")
    post.send()
    assert report(post, "Teleported", f"id-1-{AWA}") == "unknown"
    assert post.states() == ["accepted"]


def test_an_unknown_id_settles_the_one_maybe_sent_message_of_its_number(post):
    post.put("a"), post.put("a", FATOU)
    post.gateway.answers = [MaybeSent("cut")]
    post.send()
    assert report(post, "Success", "theirs") == "applied"
    assert post.states() == ["delivered", "maybe"]
    assert post.all()[0].provider_id == "theirs"
    assert report(post, "Success", "theirs") == "applied"


def test_an_unknown_id_settles_none_of_several_maybe_sent(post):
    post.put("a"), post.put("b")
    post.gateway.answers = [MaybeSent("cut"), MaybeSent("cut")]
    post.send()
    assert report(post, "Success", "theirs") == "parked"
    assert post.states() == ["maybe", "maybe"]


def test_a_maybe_sent_message_of_yesterday_is_not_settled(post):
    post.put("a")
    post.gateway.answers = [MaybeSent("cut")]
    post.send()
    post.wait(hours=25)
    assert report(post, "Success", "theirs") == "parked"


def test_a_report_of_another_provider_settles_nothing(post):
    post.put("a")
    post.gateway.answers = [MaybeSent("cut")]
    post.send()
    assert report(post, "Success", "theirs", by="other") == "parked"


def test_a_report_with_odd_bytes_and_lengths_is_kept(post):
    assert report(post, "x\0" * 90, "i\0d" * 90, "n\0" * 90, "r\0" * 90) == "unknown"


@pytest.mark.parametrize("status", ["success", "SUCCESS", "Success"])
def test_a_status_is_understood_in_any_capitals(post, status):
    post.put("a")
    post.send()
    assert report(post, status, f"id-1-{AWA}") == "applied"
    assert post.states() == ["delivered"]


@pytest.mark.parametrize(
    ("spelt", "kept"),
    [
        ("NotNetworkSubcriber", "NotNetworkSubscriber"),
        ("NotNetworkSubscriber", "NotNetworkSubscriber"),
        ("UserIsInactive", "UserIsInactive"),
        ("SomethingNew", "SomethingNew"),
    ],
)
def test_a_reason_that_comes_in_two_spellings_is_one(post, spelt, kept):
    post.put("a")
    post.send()
    report(post, "Failed", f"id-1-{AWA}", reason=spelt)
    assert (post.states(), post.all()[0].reason) == (["failed"], kept)
