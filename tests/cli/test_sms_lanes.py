"""`jappoo sms lanes`, `maybe`, `again`: what waits, rests or is in doubt, and sending that once more by a code."""

import json
import re

import pytest

from app.gateways.sms import Answer, MaybeSent
from tests.sending_broadcasts import Sending
from tests.sms.conftest import FATOU, Desk


@pytest.fixture
def desk(sqlite_database, clock):
    return Desk(sqlite_database, clock)


def test_lanes_say_what_waits_and_fail_while_one_rests(desk, run):
    desk.put("a"), desk.put("b", FATOU, "autre", "code")
    done = run("sms", "lanes", "--json")
    assert done.code == 0
    assert [row["queued"] for row in json.loads(done.out)] == [1, 0, 1, 0, 0]
    desk.gateway.answers = [Answer(whole="bad_key")]
    desk.send()
    done = run("sms", "lanes")
    assert done.code == 1
    assert "RESTS since 2026-11-24T10:00:00Z: key refused" in done.out


def test_what_is_maybe_sent_is_listed_and_sent_again_by_its_code_once(desk, run):
    for cause in "ab":
        desk.put(cause, text=cause)
    desk.gateway.answers = [MaybeSent("cut"), MaybeSent("cut")]
    desk.send()
    assert [row["id"] for row in json.loads(run("sms", "maybe", "--json").out)] == [1, 2]
    code = re.search(r"--code (\d{6})", run("sms", "again", "1", "2").out)[1]
    assert run("sms", "again", "1", "--code", code).code == 1
    assert run("sms", "again", "1", "2", "--code", code).out.startswith("2 queued")
    assert [(message.state, message.attempts) for message in desk.all()] == [("queued", 0)] * 2
    assert run("sms", "again", "1", "2", "--code", code).code == 1
    assert run("sms", "again", "1").err == "jappoo: none of these is maybe sent\n"


def test_broadcasts_are_listed_with_their_messages_counted(sqlite_database, clock, run):
    sending = Sending(sqlite_database, clock, women=3)
    sending.order()
    sending.take(sending.claim(most=2))
    done = run("sms", "broadcasts", "--json")
    assert done.err == ""
    [row] = json.loads(done.out)
    assert (row["scope"], row["state"], row["gone"], row["queued"], row["price"]) == ("CPS1", "sending", 2, 5, 140)
    assert "CPS1 TOUS: 2 sur 7 partis" in run("sms", "broadcasts").out
