"""Claim, hand over, settle: every answer of a provider, and none."""

import time
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from app.gateways.sms import Answer, MaybeSent, NotSent, Refused, Taken
from app.sms import halts, provider_replies, reports, sender
from app.sms.rate import RateSlot
from app.sms.verdicts import VERDICTS, WHOLE
from tests.sms.conftest import AWA, FATOU, took


def test_one_text_for_many_numbers_is_one_request(post):
    post.put("a"), post.put("a", FATOU), post.put("b", text="autre")
    assert post.send() == 3
    assert post.gateway.requests == [("Jappoo: bonjour", [AWA, FATOU]), ("autre", [AWA])]
    assert post.states() == ["accepted"] * 3
    assert post.send() == 0


def test_the_same_words_to_one_number_for_two_causes_are_two_messages(post):
    post.put("a"), post.put("b")
    assert post.send() == 2
    assert [numbers for _, numbers in post.gateway.requests] == [[AWA], [AWA]]


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (code, "refused" if code == 406 else "failed" if code in (403, 404, 409) else "queued")
        for code in (*range(401, 408), 409, 500, 501, 502, 999)
    ],
)
def test_each_code_has_its_verdict(post, code, state):
    post.put("a"), post.put("a", FATOU)
    post.gateway.answers = [Answer(took([FATOU]).taken, {AWA: Refused(code, "words don't count")})]
    assert post.send() == 1
    assert post.states() == [state, "accepted"]
    first = post.all()[0]
    assert first.reason
    if state == "queued":
        ours = code in (401, 402, 405)
        assert first.next_at == post.clock() + timedelta(seconds=60 if ours or code == 999 else 30)
        assert first.attempts == (0 if ours else 1)


def test_an_accepting_code_among_the_refused_changes_nothing(post):
    post.put("a")
    post.gateway.answers = [Answer(refused={AWA: Refused(100, "odd")})]
    post.send()
    assert post.states() == ["sending"]


@pytest.mark.parametrize("whole", WHOLE)
def test_each_whole_answer_has_its_verdict(post, whole):
    post.put("a"), post.put("a", FATOU)
    post.gateway.answers = [Answer(whole=whole)]
    assert post.send() == 0
    assert post.states()[:2] == ["queued"] * 2
    assert [message.attempts for message in post.all()[:2]] == [int(whole == "bad_answer")] * 2


def test_too_much_at_once_slows_all_and_costs_no_try(post):
    post.put("a")
    post.gateway.answers = [Answer(whole="throttled")]
    post.send()
    assert (post.rate.slowed, post.all()[0].attempts) == (1, 0)
    post.wait(seconds=2)
    assert post.send() == 1


def test_what_nobody_understands_is_given_up_after_three_more_tries(post):
    post.put("a", purpose="notice")
    for _ in range(4):
        post.gateway.answers = [Answer(whole="bad_answer")]
        post.send("notice")
        post.wait(hours=2)
    [message] = post.all()
    assert (message.state, message.reason, len(post.gateway.requests)) == ("failed", "given up: request refused", 4)


def test_in_one_request_each_is_given_up_by_its_own_tries(post):
    post.put("a", purpose="notice")
    for _ in range(3):
        post.gateway.answers = [Answer(whole="bad_answer")]
        post.send("notice")
        post.wait(hours=2)
    post.put("b", to=FATOU, purpose="notice")
    post.gateway.answers = [Answer(whole="bad_answer")]
    post.send("notice")
    assert [(message.state, message.attempts) for message in post.all()] == [("failed", 3), ("queued", 1)]
    assert post.gateway.requests[-1][1] == [AWA, FATOU]


@pytest.mark.parametrize("jitter", [0.0, 0.999])
def test_a_code_never_waits_longer_than_a_minute_between_tries(post, jitter):
    post.jitter = jitter
    post.put("a", purpose="code")
    for _ in range(4):
        post.gateway.answers = [Answer(refused={AWA: Refused(500, "")})]
        post.send("code")
        [message] = post.all()
        assert timedelta(0) < message.next_at - post.clock() <= timedelta(seconds=60)
        post.clock.now = message.next_at


def test_later_tries_wait_longer_until_the_message_expires(post):
    post.put("a")
    waits = []
    for _ in range(6):
        post.gateway.answers = [Answer(refused={AWA: Refused(500, "")})]
        post.send()
        [message] = post.all()
        waits.append((message.next_at - post.clock()).total_seconds())
        post.clock.now = message.next_at
    assert waits == [30, 120, 600, 1800, 3600, 3600]


@pytest.mark.parametrize(("jitter", "seconds"), [(0.0, 22.5), (1.0, 37.5)])
def test_a_try_comes_a_quarter_sooner_or_later_than_the_table_says(post, jitter, seconds):
    post.jitter = jitter
    post.put("a")
    post.gateway.answers = [Answer(refused={AWA: Refused(500, "")})]
    post.send()
    assert post.all()[0].next_at == post.clock() + timedelta(seconds=seconds)


def test_a_request_that_never_left_costs_no_try(post):
    post.put("a")
    post.gateway.answers = [NotSent("refused")]
    post.send()
    [message] = post.all()
    assert (message.state, message.attempts) == ("queued", 0)
    post.wait(minutes=1)
    assert post.send() == 1


def test_no_answer_is_maybe_sent_and_never_leaves_by_itself(post):
    post.put("a")
    post.gateway.answers = [MaybeSent("cut")]
    assert post.send() == 0
    assert post.states() == ["maybe"]
    post.wait(hours=1)
    assert post.claim() == []


def test_a_number_that_the_answer_leaves_out_is_maybe_sent(post):
    post.put("a"), post.put("a", FATOU)
    post.gateway.answers = [Answer(took([AWA]).taken | took(["+221779999999"]).taken, unknown=(FATOU, "+221778888888"))]
    assert post.send() == 1
    assert post.states() == ["accepted", "maybe"]


def test_no_connection_is_held_during_the_call(post):
    post.put("a")
    held = []
    post.gateway.during = lambda: held.append(post.database.engine.pool.checkedout())
    post.send()
    assert held == [0]


def test_a_report_that_comes_before_the_send_returns_wins(post):
    post.put("a")

    def early():
        with post.database.transaction() as session:
            reports.keep(session, "fake", f"id-1-{AWA}", "Success", AWA, None, now=post.clock())
            reports.apply_new(session, now=post.clock())

    post.gateway.during = early
    post.send()
    assert post.states() == ["delivered"]
    assert post.changes() == ["queued", "accepted", "delivered"]


def test_what_has_no_turn_when_the_slice_is_over_goes_back_and_more_is_to_do(post):
    post.put("a")
    post.rate.take = lambda *_, **__: RateSlot(False, 60.0)
    started = time.monotonic()
    assert post.send() == 0
    assert time.monotonic() - started < 30  # its turn is in a minute
    assert (post.states(), post.more, post.all()[0].attempts) == (["queued"], True, 0)


def test_a_request_takes_no_more_than_one_seconds_parts_and_a_long_message_leaves_alone(post):
    for number in range(7):
        post.put("a", f"+22177{number:07}", "long " * 100)
    post.put("b", text="long " * 400)
    assert [(len(batch.ids), batch.parts) for batch in post.claim(second=8)] == [(2, 8), (2, 8), (2, 8), (1, 4), (1, 14)]


def test_turns_are_taken_for_whole_requests(post):
    post.rate.second = 5
    for number in range(4):
        post.put("a", f"+22177{number:07}", "long " * 50)
    assert post.send() == 4
    assert post.rate.taken == [(4, False), (4, False)]


@pytest.mark.parametrize(("purpose", "overdraws"), [("code", True), ("urgent", True), ("answer", False), ("notice", False)])
def test_only_codes_and_urgent_alerts_overdraw(post, purpose, overdraws):
    post.put("a", purpose=purpose)
    post.send(purpose)
    assert post.rate.taken == [(1, overdraws)]


def test_a_fault_of_ours_while_sending_is_maybe_sent(post):
    post.put("a")
    post.gateway.answers = [ZeroDivisionError()]
    post.send()
    assert post.states() == ["maybe"]


def test_a_database_that_is_away_while_settling_is_tried_once_more(post, monkeypatch):
    post.put("a")
    left = [OperationalError("x", {}, Exception())]

    def settle(*arguments, **named):
        if left:
            raise left.pop()
        return provider_replies.settle(*arguments, **named)

    monkeypatch.setattr(sender, "settle", settle)
    with pytest.raises(OperationalError):
        post.send()
    assert post.states() == ["accepted"]


def test_what_was_answered_is_settled_though_the_rest_cant_be_given_back(post, monkeypatch):
    def away(*_, **__):
        raise OperationalError("x", {}, Exception())

    post.put("a"), post.put("b", text="autre")
    turns = [RateSlot(True, 0.0), RateSlot(False, 60.0)]
    post.rate.take = lambda *_, **__: turns.pop(0)
    post.rate.second = 1
    monkeypatch.setattr(sender, "SLICE_SECONDS", 1.0)
    monkeypatch.setattr(sender, "release", away)
    with pytest.raises(OperationalError):
        post.send()
    assert sorted(post.states()) == ["accepted", "sending"]


ODD = {"NUL": "a\0b", "half a character": "a\ud800b"}


@pytest.mark.parametrize("theirs", ODD.values(), ids=ODD)
@pytest.mark.parametrize("halted", [False, True], ids=["as usual", "on a lane that is tried again"])
def test_one_id_that_cant_be_written_strands_nobody(post, theirs, halted):
    post.put("a"), post.put("a", FATOU), post.put("b", text="autre")
    if halted:
        with post.database.transaction() as session:
            halts.stop(session, "answer", "no credit left", halts.Watch(), now=post.clock())
        post.wait(minutes=2)
    odd = Answer({AWA: Taken(theirs, 101, "XOF 20"), FATOU: Taken("fine", 101, "XOF 20")})
    post.gateway.answers = [Answer({AWA: odd.taken[AWA]}) if halted else odd]
    post.send(), post.send()
    if halted:
        post.wait(minutes=2)
        post.send()
    written = post.database.engine.dialect.name == "sqlite" and "\0" in theirs
    assert post.states()[:3] == ["accepted" if written else "maybe", "accepted", "accepted"]


def test_every_documented_code_is_in_the_table():
    assert set(VERDICTS) == {100, 101, 102, 401, 402, 403, 404, 405, 406, 407, 409, 500, 501, 502}
