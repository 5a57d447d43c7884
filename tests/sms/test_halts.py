"""A lane stops when the provider refuses our account, says so once, and goes on by itself when things are mended."""

import pytest
from sqlalchemy import select

from app import texts
from app.gateways.sms import Answer, MaybeSent, NotSent, Refused, Taken
from app.gsm7 import measure
from app.sms import halts, sweeper
from app.sms.models import Halt, Message
from app.sms.sender import LINES, Sender
from app.sms.verdicts import SILENT, SILENT_FROM
from tests.sms.conftest import ADMINISTRATOR, AWA, FATOU

BROKE = {
    "no credit": Answer(refused={AWA: Refused(405, "")}),
    "sender refused": Answer(refused={AWA: Refused(402, "")}),
    "no such sender": Answer(whole="invalid_sender"),
    "bad key": Answer(whole="bad_key"),
    "nobody": Answer(whole="nobody"),
}


def resting(post):
    with post.database.read() as reader:
        return [(lane, reason) for lane, reason, *_ in halts.resting(reader)]


def alarms(post):
    return [(message.to_number, message.state) for message in post.all() if message.purpose == "alarm"]


@pytest.mark.parametrize("answer", BROKE.values(), ids=BROKE)
def test_the_lane_rests_and_asks_once_a_minute(post, answer):
    post.put("a")
    for _ in range(3):
        post.gateway.answers = [answer]
        post.send()
        assert post.send() == 0
        assert len(resting(post)) == 1
        post.wait(seconds=76)
    assert len(post.gateway.requests) == 3
    assert (post.all()[0].state, post.all()[0].attempts) == ("queued", 0)
    assert alarms(post) == [(ADMINISTRATOR, "queued")]


def test_it_goes_on_when_mended_and_says_so_instead_of_what_it_could_not_say(post):
    for number in range(3):
        post.put(f"cause {number}", text=f"text {number}")
    post.gateway.answers = [Answer(whole="bad_key")] * 3
    post.send()
    post.wait(seconds=76)
    assert post.send() == 3
    assert resting(post) == []
    assert alarms(post) == [(ADMINISTRATOR, "expired"), (ADMINISTRATOR, "queued")]
    assert post.send("notice") == 1
    assert "repris" in post.gateway.requests[-1][0]


def test_a_provider_that_gives_no_answer_gets_a_few_requests_and_not_the_whole_lane(post):
    for number in range(40):
        post.put(f"cause {number}", text=f"text {number}")
    post.gateway.answers = [MaybeSent("HTTP 503")] * 40
    post.send()
    assert resting(post) == [("answer", "no answer")]
    asked = len(post.gateway.requests)
    assert SILENT_FROM <= asked < SILENT_FROM + LINES
    post.wait(seconds=16)
    post.send()
    assert len(post.gateway.requests) == asked + 1, "one every 15 seconds, to see whether it is mended"
    post.wait(seconds=16)
    post.gateway.answers = []
    assert post.send() == 40 - asked - 1
    assert resting(post) == []


def test_requests_without_an_answer_are_counted_from_slice_to_slice_and_an_answer_forgets_them():
    desk, cut = Sender(*[None] * 7), MaybeSent("cut")
    said = [cut, cut, NotSent("refused"), cut, cut, Answer(), *[cut] * SILENT_FROM]
    assert [desk.silence("code", one) for one in said] == [None] * (len(said) - 1) + [SILENT]
    assert desk.silence("urgent", cut) is None


def test_one_number_that_is_held_back_stops_nobody(post):
    post.put("a"), post.put("a", FATOU)
    post.gateway.answers = [Answer({FATOU: Taken("id", 101, "XOF 20")}, {AWA: Refused(401, "RiskHold")})]
    post.send()
    assert (resting(post), post.states()) == ([], ["queued", "accepted"])


def test_a_number_alone_in_its_request_that_is_held_back_stops_nobody(post):
    post.put("a", purpose="code")
    post.gateway.answers = [Answer(refused={AWA: Refused(401, "RiskHold")})]
    post.send("code")
    assert (resting(post), post.states(), post.all()[0].attempts) == ([], ["queued"], 0)
    post.put("b", FATOU, "autre", "code")
    assert post.send("code") == 1


def test_several_that_are_held_back_rest_the_lane_until_another_is_taken(post):
    post.put("a"), post.put("b", FATOU, "autre")
    post.gateway.answers = [Answer(refused={AWA: Refused(401, "")}), Answer(refused={FATOU: Refused(401, "")})]
    post.send()
    post.wait(seconds=61)
    post.put("c", text="troisième")
    assert post.send() >= 1
    assert resting(post) == []


def test_lanes_that_rest_together_tell_once(post):
    post.put("a"), post.put("b", purpose="code"), post.put("c", purpose="notice")
    for lane in ("answer", "code", "notice"):
        post.gateway.answers = [Answer(whole="bad_key")] * (2 if lane == "notice" else 1)
        post.send(lane)
    assert len(resting(post)) == 3
    assert len(alarms(post)) == 1


def test_what_comes_and_goes_tells_once_an_hour(post):
    for turn in range(3):
        post.put(f"cause {turn}")
        post.gateway.answers = [Answer(whole="bad_key")]
        post.send()
        post.wait(seconds=76)
        post.send()
    with post.database.transaction() as session:
        assert [halt.told for halt in session.scalars(select(Halt).order_by(Halt.id))] == [True, False, False]
        assert session.scalars(select(Message.cause).where(Message.purpose == "alarm")).all() == ["halt 1", "mended 1"]


def test_what_stays_stopped_is_told_after_the_hour_in_which_it_came_back(post):
    refused = Answer(whole="bad_key")
    for turn in range(2):
        post.put(f"cause {turn}", text=f"text {turn}")
        post.gateway.answers = [refused]
        post.send()
        post.wait(seconds=76)
        if not turn:
            post.send()
    for _ in range(60):
        post.gateway.answers = [refused]
        post.send()
        post.wait(seconds=76)
    with post.database.transaction() as session:
        causes = session.scalars(select(Message.cause).where(Message.purpose == "alarm").order_by(Message.id)).all()
    assert causes == ["halt 1", "mended 1", "halt 2"]


def test_a_lane_on_which_nothing_waits_rests_for_an_hour_and_silences_no_other(post):
    post.put("a", purpose="urgent")
    post.gateway.answers = [Answer(whole="bad_key")]
    post.send("urgent")
    for hours, left in ((0, [("urgent", "key refused")]), (7, [])):
        post.wait(hours=hours)
        with post.database.transaction() as session:
            sweeper.sweep(session, now=post.clock(), wake=lambda _: None)
        assert resting(post) == left
    post.put("b")
    post.gateway.answers = [Answer(whole="bad_key")]
    post.send()
    assert len(alarms(post)) == 2


@pytest.mark.parametrize("reason", texts.words("halt"))
@pytest.mark.parametrize("lane", ["answer", "urgent"])
def test_an_alarm_is_one_part(reason, lane, clock):
    halt = {"lane": lane, "halt": reason, "since": clock()}
    for words in (texts.say("halted", **halt), texts.say("mended", until=clock(), **halt)):
        assert (measure(words).parts, measure(words).alphabet) == (1, "GSM-7")
