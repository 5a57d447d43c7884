"""Reports that are late, doubled, contradictory, oddly spelt or of nobody: what each leaves behind."""

import pytest

from app.gateways.sms import MaybeSent
from app.sms import consents, doubts
from tests.sms.conftest import AWA, FATOU, Desk
from tests.sms.test_reports import fates, report
from tests.sms.test_sweeper import sweep

OURS = f"id-1-{AWA}"


@pytest.mark.parametrize(
    ("told", "state"),
    [
        (["Success", "Sent"], "delivered"),
        (["Failed", "Success"], "delivered"),
        (["Success", "Failed"], "delivered"),
        (["Success", "Success"], "delivered"),
        (["Failed", "Sent", "Failed"], "failed"),
        (["Sent", "Sent"], "underway"),
        (["SUCCESS "], "delivered"),
        ([" success"], "delivered"),
        (["Success\r\n"], "delivered"),
        (["\u00a0Success\u00a0"], "delivered"),
        (["DeliveredToTerminal"], "accepted"),
        (["Suc cess"], "accepted"),
        ([""], "accepted"),
        ([" "], "accepted"),
        (["Success", "DeliveredToTerminal"], "delivered"),
    ],
)
def test_what_reports_of_one_message_leave(post, told, state):
    post.put("a")
    post.send()
    for status in told:
        report(post, status, OURS)
        post.wait(hours=20)
    assert post.states() == [state]


@pytest.mark.parametrize("theirs", [f" {OURS}", f"{OURS} ", f"{OURS}\t"])
def test_an_id_with_a_space_is_the_same_id(post, theirs):
    post.put("a")
    post.send()
    assert report(post, "Success", theirs) == "applied"


def doubt(post: Desk, cause: str, to: str = AWA) -> None:
    post.put(cause, to, text=cause)
    post.gateway.answers = [MaybeSent("cut")]
    post.send()


@pytest.mark.parametrize("later", [{"seconds": 1}, {"hours": 20}])
def test_a_second_id_of_a_doubtful_message_settles_no_other_of_its_number(post, later):
    doubt(post, "a")
    assert report(post, "Success", "first") == "applied"
    doubt(post, "b")
    post.wait(**later)
    assert report(post, "Success", "second") == "parked"
    assert report(post, "Success", "first") == "applied"
    sweep(post)
    assert (post.states(), fates(post)) == (["delivered", "maybe"], ["applied", "parked", "applied"])


def test_a_second_id_settles_no_other_when_it_comes_before_the_other_is_in_doubt(post):
    doubt(post, "a")
    post.put("b", text="b")
    [batch] = post.claim()
    post.wait(seconds=1)
    assert [report(post, "Sent", theirs) for theirs in ("first", "second")] == ["applied", "parked"]
    post.settle((batch, MaybeSent("cut")))
    sweep(post)
    assert post.states() == ["underway", "maybe"]


def test_an_id_of_one_that_was_ordered_again_settles_no_other(post):
    doubt(post, "a"), doubt(post, "b")
    assert report(post, "Success", "of which?") == "parked"
    with post.database.transaction() as session:
        [first] = doubts.doubted(session, most=1)
        doubts.order_again(session, [first.id], doubts.code_of([first], b"k"), b"k", now=post.clock())
    assert post.send() == 1
    sweep(post)
    assert post.states() == ["accepted", "maybe"]


def test_a_doubt_of_another_number_says_nothing(post):
    doubt(post, "a"), doubt(post, "b", FATOU)
    assert report(post, "Success", "first") == "applied"
    assert report(post, "Success", "other", FATOU) == "applied"
    assert post.states() == ["delivered", "delivered"]


@pytest.mark.parametrize(
    ("theirs", "number", "stops"),
    [(OURS, AWA, True), ("never ours", AWA, False), ("never ours", FATOU, False), (OURS, FATOU, False), (OURS, "", False)],
)
@pytest.mark.parametrize("status", ["Failed", "Rejected "])
def test_only_a_report_on_a_message_of_ours_to_that_number_is_its_stop(post, theirs, number, stops, status):
    post.put("a")
    post.send()
    report(post, status, theirs, number, reason="UserInBlacklist ")
    assert stopped(post) == ([AWA] if stops else [])
    assert post.states() == (["refused"] if theirs == OURS else ["accepted"])


def test_a_report_that_comes_before_its_message_is_known_is_its_stop_then(post):
    post.put("a")
    post.gateway.during = lambda: report(post, "Failed", OURS, reason="UserInBlacklist")
    post.send()
    assert (stopped(post), post.states()) == ([AWA], ["refused"])


def test_a_report_that_settles_a_doubt_by_its_number_alone_stops_nobody(post):
    doubt(post, "a")
    report(post, "Failed", "never ours", reason="UserInBlacklist")
    assert (stopped(post), post.states()) == ([], ["refused"])


def stopped(post: Desk) -> list[str]:
    with post.database.read() as reader:
        return [number for number, _ in consents.listed(reader)]
