"""What a worker claims of a lane, and what it gives back."""

import pytest

from app.gateways.sms import Answer, Refused
from app.sms import outbox, sender
from app.sms.claims import MOST_CLAIMED, release
from tests.sms.conftest import AWA


@pytest.mark.parametrize(("purpose", "lane", "most"), [("answer", "answer", 100), ("urgent", "urgent", 50)])
def test_a_claim_takes_no_more_than_its_lane_may(post, purpose, lane, most):
    for number in range(101):
        post.put("a", f"+22177{number:07}", purpose=purpose)
    assert [len(batch.ids) for batch in post.claim(lane)] == [most]
    assert [len(batch.ids) for batch in post.claim(lane)] == [min(most, 101 - most)]


@pytest.mark.parametrize(
    ("purpose", "lane", "most"),
    [("code", "code", 32), ("answer", "answer", 32), ("receipt", "notice", 32), ("broadcast", "bulk", 100)],
)
def test_where_texts_are_own_no_more_is_claimed_than_the_lines_soon_take(post, monkeypatch, purpose, lane, most):
    for number in range(110):
        post.put("a", f"+22177{number:07}", purpose=purpose)
    claim, claimed = sender.claim, []

    def counted(*args, **how):
        batches = claim(*args, **how)
        claimed.append(sum(len(batch.ids) for batch in batches))
        return batches

    monkeypatch.setattr(sender, "claim", counted)
    assert post.send(lane) == 110
    # Two take turns, and one may have what the other left.
    assert most // 2 < max(claimed) <= most
    assert sum(claimed) == 110


def test_two_claims_share_nothing_and_other_lanes_wait(post):
    post.put("a"), post.put("b", purpose="code")
    assert len(post.claim()) == 1
    assert post.claim() == []
    assert post.states() == ["sending", "queued"]


def test_what_is_too_late_or_not_due_stays(post):
    post.put("a", purpose="code")
    post.wait(minutes=16)
    assert post.claim("code") == []


def test_a_claim_that_slept_too_long_is_given_back_unsent(post):
    post.put("a")

    class Asleep:
        def submit(self, call, batch):
            post.wait(minutes=2)
            call(batch)

    post.lines = Asleep()
    assert post.send() == 0
    assert (post.gateway.requests, post.states(), post.all()[0].attempts) == ([], ["queued"], 0)


def test_a_late_answer_doesnt_touch_what_another_claim_holds(post):
    post.put("a")
    [batch] = post.claim()
    with post.database.transaction() as session:
        release(session, [batch], now=post.clock())
    [other] = post.claim()
    post.settle((batch, Answer(refused={AWA: Refused(403, "")})))
    assert post.states() == ["sending"]
    assert other.claim != batch.claim


def test_one_text_to_many_is_claimed_by_hundreds_and_own_texts_are_not(post):
    broadcast = [(f"+22177{number:07}", "Jappoo: réunion") for number in range(250)]
    own = [(f"+22178{number:07}", f"Jappoo: {number}") for number in range(40)]
    with post.database.transaction() as session:
        for number, words in (*broadcast, *own):
            outbox.put(session, to=number, text=words, purpose="broadcast", cause="broadcast:1", now=post.clock())
    claimed = post.claim("bulk", most=MOST_CLAIMED)
    assert [len(batch.ids) for batch in claimed[:3]] == [100, 100, 50]
    assert sum(len(batch.ids) for batch in claimed) == 290
    post.rate.second = 120
    with post.database.transaction() as session:
        release(session, claimed, now=post.clock())
    assert post.send("bulk") == 290
    assert max(len(numbers) for _, numbers in post.gateway.requests) <= 100
    assert set(post.states()) == {"accepted"}
