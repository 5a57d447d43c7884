"""What was lost on the way is found, and nothing leaves twice for it."""

import pytest

from app.gateways.sms import Answer, MaybeSent, Refused
from app.sms import sweeper
from tests.sms.conftest import AWA, Desk
from tests.sms.test_reports import fates, report


def sweep(post: Desk) -> list[str]:
    woken: list[str] = []
    with post.database.transaction() as session:
        sweeper.sweep(session, now=post.clock(), wake=woken.append)
    return woken


def test_lanes_with_work_due_are_woken(post):
    post.put("a"), post.put("b", purpose="code")
    assert sweep(post) == ["code", "answer"]
    post.send(), post.send("code")
    assert sweep(post) == []


@pytest.mark.parametrize("purpose", ["answer", "receipt", "broadcast"])
def test_a_claim_whose_worker_died_is_maybe_sent_and_stays_so(post, purpose):
    post.put("a", purpose=purpose)
    lane = post.all()[0].lane
    post.claim(lane)
    post.wait(seconds=44)
    sweep(post)
    assert post.states() == ["sending"]
    for _ in range(3):
        post.wait(minutes=2)
        assert sweep(post) == []
        assert post.states() == ["maybe"]
    assert post.all()[0].reason == "worker lost"


@pytest.mark.parametrize("purpose", ["code", "urgent"])
def test_codes_and_alerts_leave_once_more_after_a_minute_and_then_never(post, purpose):
    post.put("a", purpose=purpose)
    post.gateway.answers = [Answer(refused={AWA: Refused(500, "")}), MaybeSent("cut"), MaybeSent("cut")]
    post.send(purpose)
    post.wait(seconds=31)
    post.send(purpose)
    assert (sweep(post), post.states()) == ([], ["maybe"])
    post.wait(seconds=61)
    assert sweep(post) == [purpose]
    post.send(purpose)
    for _ in range(3):
        post.wait(minutes=2)
        assert (sweep(post), post.states()) == ([], ["maybe"])
    assert len(post.gateway.requests) == 3


def test_a_code_that_a_report_settles_does_not_leave_again(post):
    post.put("a", purpose="code")
    post.gateway.answers = [MaybeSent("cut")]
    post.send("code")
    report(post, "Sent", "theirs")
    post.wait(minutes=2)
    assert sweep(post) == []
    assert post.states() == ["underway"]


def test_a_report_that_came_before_its_worker_was_missed_settles_it(post):
    post.put("a", purpose="code")
    post.claim("code")
    assert report(post, "Success", "theirs") == "parked"
    post.wait(minutes=1)
    sweep(post)
    assert (post.states(), fates(post)) == (["delivered"], ["applied"])


def test_a_report_from_before_a_message_was_written_says_nothing_of_it(post):
    assert report(post, "Success", "of another") == "parked"
    post.wait(hours=2)
    post.put("a", purpose="receipt")
    post.gateway.answers = [MaybeSent("cut")]
    post.send("notice")
    sweep(post)
    assert (post.states(), fates(post)) == (["maybe"], ["parked"])


def test_what_is_too_old_to_leave_expires(post):
    post.put("a", purpose="code")
    post.wait(minutes=16)
    assert sweep(post) == []
    assert post.states() == ["expired"]


def test_parked_reports_are_called_unknown_after_a_day(post):
    report(post, "Success", "nobody's")
    post.wait(hours=23)
    sweep(post)
    assert fates(post) == ["parked"]
    post.wait(hours=2)
    sweep(post)
    assert fates(post) == ["unknown"]
