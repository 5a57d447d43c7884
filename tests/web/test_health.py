"""Alive, ready, measured; never a trace."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from app import create_app
from app.coop.access import wrong_pins
from app.sms import day_figures, halts, inbox, outbox
from app.sms.models import Message
from config import tally
from config.redis import connect
from config.settings import load
from tests import incoming_sms, sample_cooperative
from tests.servers import Server


def test_live_and_ready_name_their_dependencies(client):
    assert client.get("/health/live").status_code == 200
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.get_json()) == (200, {"database": "up", "redis": "up"})


def test_without_redis_it_is_ready_and_says_so(client, valkey: Server):
    valkey.kill()
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.get_json()["redis"]) == (200, "down")


def test_metrics_are_for_this_machine(client):
    assert b"jappoo_messages" in client.get("/metrics").data
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "10.0.0.1"}).status_code == 404


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Via", "X-Forwarded-Proto"])
def test_metrics_are_for_nobody_whom_a_proxy_brings(client, name):
    assert client.get("/metrics", headers={name: "127.0.0.1"}).status_code == 404


@pytest.mark.parametrize(("given", "status"), [({"TRUSTED_PROXIES": "1"}, 404), ({"METRICS_TOKEN": "m" * 20}, 404)])
def test_metrics_behind_a_proxy_want_their_token(environment, given, status):
    app = create_app(load(environment | given, dotenv=None))
    client = app.test_client()
    forwarded = {"X-Forwarded-For": "127.0.0.1"}
    assert (client.get("/metrics").status_code, client.get("/metrics", headers=forwarded).status_code) == (status, status)
    if token := given.get("METRICS_TOKEN"):
        assert client.get("/metrics", headers=forwarded | {"Authorization": f"Bearer {token}"}).status_code == 200
    app.extensions["jappoo"]["database"].dispose()


def test_metrics_count_the_wrong_pins_of_the_last_ten_minutes(client, database):
    now = datetime.now(UTC)
    with database.transaction() as session:
        for minutes in (1, 9, 11):
            at = now - timedelta(minutes=minutes)
            wrong_pins.note(session, sample_cooperative.AWA, 1, now=at)
    assert "jappoo_wrong_pins_recent 2.0" in client.get("/metrics").text.splitlines()


def test_metrics_tell_of_refusals_doubts_letters_and_spending(client, database):
    now = datetime.now(UTC)
    with database.transaction() as session:
        for cause, to, words in (("a", "+221770000012", "x" * 161), ("b", "21512", "x")):
            outbox.put(session, to=to, text=words, purpose="answer", cause=cause, now=now)
        session.execute(update(Message).where(Message.cause == "a").values(state="maybe"))
        incoming_sms.letter(session, "?", "+221770000012", now)
        inbox.keep(session, "x", "1", sender="+221770000012", to="", text="AIDE", state="new", word="AIDE", now=now)
    assert "jappoo_day_left_out 1.0" in client.get("/metrics").text.splitlines()
    with database.transaction() as session:
        day_figures.roll_up(session, now=datetime.now(UTC))
    lines = client.get("/metrics").text.splitlines()
    for line in (
        'jappoo_refused_messages{reason="not a person\'s number"} 1.0',
        'jappoo_waiting{queue="incoming"} 1.0',
        'jappoo_waiting{queue="reports"} 0.0',
        "jappoo_maybe_sent 1.0",
        "jappoo_unread_letters 1.0",
        "jappoo_spent_xof 40.0",
        "jappoo_sms_parts 2.0",
        'jappoo_messages_today{lane="answer",state="maybe"} 1.0',
        "jappoo_day_left_out 0.0",
    ):
        assert line in lines


def test_metrics_tell_of_a_lane_that_rests_until_it_is_mended(client, database):
    watch, now = halts.Watch(), datetime.now(UTC)
    with database.transaction() as session:
        halts.stop(session, "code", "no credit left", watch, now=now)
    line = 'jappoo_lane_rests{lane="code",reason="no credit left"} 1.0'
    assert line in client.get("/metrics").text.splitlines()
    with database.transaction() as session:
        halts.mend(session, "code", watch, now=now)
    assert line not in client.get("/metrics").text


def test_metrics_answer_with_redis_away(client, valkey: Server):
    valkey.kill()
    shown = client.get("/metrics")
    assert shown.status_code == 200
    assert {'jappoo_up{part="redis"} 0.0', 'jappoo_up{part="database"} 1.0', 'jappoo_waiting{queue="incoming"} 0.0'} <= {
        *shown.text.splitlines()
    }


def test_metrics_answer_with_the_database_away(app, client):
    client.post("/at/demo/ussd", data={"sessionId": "s", "phoneNumber": "+221770000012", "serviceCode": "*1#", "text": ""})
    app.extensions["jappoo"]["database"].read = _away
    shown = client.get("/metrics")
    assert shown.status_code == 200
    lines = shown.text.splitlines()
    assert {'jappoo_up{part="redis"} 1.0', 'jappoo_up{part="database"} 0.0', "jappoo_day_left_out 1.0"} <= {*lines}
    assert any(line.startswith("jappoo_hops_total{") for line in lines)


def _away():
    raise OperationalError("SELECT", {}, ConnectionError("gone"))


def test_metrics_tell_what_failed_in_any_process(client, valkey: Server):
    tally.count("sweep:one of this test", 2)
    with connect(valkey.url) as queues:
        tally.tell(queues)
    tally.count("row:one of this test")
    lines = client.get("/metrics").text.splitlines()
    for line in (
        'jappoo_failed_total{name="one of this test",what="sweep"} 2.0',
        'jappoo_failed_total{name="one of this test",what="row"} 1.0',
    ):
        assert line in lines


@pytest.mark.parametrize("path", ["/nothing", "/t/unknown/", "/at/demo/ussd"])
def test_what_isnt_there_is_one_line(client, path):
    answer = client.get(path)
    assert answer.status_code in (404, 405)
    assert answer.data.count(b"\n") == 1
