"""What surely never left is told from what may have, whatever dies: the worker, Redis, or both."""

import time
from datetime import timedelta

import pytest
import redis

from app.gateways import bounded_http
from app.sms import consents, sender, sweeper
from app.sms.marks import KEY, Marks
from config.redis import connect
from tests.servers import make_valkey
from tests.sms.conftest import AWA, FATOU, Desk

PURPOSES = ["code", "urgent", "answer", "receipt", "broadcast"]


@pytest.fixture
def desk(post: Desk, valkey):
    with connect(valkey.url) as client:
        post.marks = Marks(client)
        yield post


@pytest.fixture
def own_valkey(tmp_path):
    server = make_valkey(tmp_path / "own")
    server.start()
    yield server
    server.kill()


def claim(desk, lane="answer"):
    [batch] = desk.claim(lane, name=desk.marks.open())
    return batch


def hand(desk, batch, numbers=()):
    [may] = desk.marks.hand([(batch.claim, [batch.ids[number] for number in numbers or batch.ids])])
    return may


def eventually(true, seconds=20):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def sweep(desk, marks=None, **later):
    desk.wait(**later or {"seconds": 46})
    with desk.database.transaction() as session:
        sweeper.sweep(session, now=desk.clock(), wake=lambda _: None, marks=marks or desk.marks)
    return desk.states()


def test_a_request_is_over_before_its_lease_is():
    assert sender.STALE + timedelta(seconds=bounded_http.SECONDS) < sweeper.LEASE


@pytest.mark.parametrize("purpose", PURPOSES)
def test_what_was_never_handed_over_leaves_by_itself_and_costs_no_try(desk, purpose):
    desk.put("a", purpose=purpose)
    lane = desk.all()[0].lane
    claim(desk, lane)
    assert sweep(desk) == ["queued"]
    assert (desk.send(lane), desk.states(), desk.all()[0].attempts) == (1, ["accepted"], 0)


def test_of_one_claim_only_what_was_handed_over_is_in_doubt(desk):
    desk.put("a"), desk.put("a", FATOU)
    assert hand(desk, claim(desk), [FATOU])
    assert sweep(desk) == ["queued", "maybe"]


def test_a_second_look_says_the_same_when_the_first_could_not_be_written(desk):
    desk.put("a"), desk.put("a", FATOU)
    hand(desk, batch := claim(desk), [AWA])
    assert desk.marks.shut([batch.claim]) == {batch.claim: {batch.ids[AWA]}}
    assert sweep(desk) == ["maybe", "queued"]


@pytest.mark.parametrize("handed", [False, True])
def test_with_the_store_emptied_all_is_in_doubt(desk, valkey, handed):
    desk.put("a")
    batch = claim(desk)
    assert not handed or hand(desk, batch)
    with redis.Redis.from_url(valkey.url) as client:
        client.flushall()
    assert sweep(desk) == ["maybe"]


def test_a_claim_that_the_store_forgot_hands_nothing_over_and_its_messages_are_claimed_anew(desk, valkey):
    desk.put("a")

    def emptied(*_, **__):
        with redis.Redis.from_url(valkey.url) as client:
            client.flushall()
        return take(*_, **__)

    take, desk.rate.take = desk.rate.take, emptied
    assert (desk.send(), desk.gateway.requests, desk.states()) == (0, [], ["queued"])
    desk.rate.take = take
    desk.wait(seconds=3)
    assert (desk.send(), desk.all()[0].attempts) == (1, 0)


def test_a_store_that_comes_back_from_a_snapshot_without_its_last_marks_knows_nothing(desk, own_valkey):
    with connect(own_valkey.url, seconds=5) as client:
        desk.marks = Marks(client)
        desk.put("a")
        batch = claim(desk)
        client.save()
        assert hand(desk, batch)
        own_valkey.kill()
        own_valkey.start()
        assert client.exists(KEY + batch.claim)
        assert sweep(desk) == ["maybe"]


def test_a_replica_that_was_promoted_without_the_last_marks_knows_nothing(desk, valkey, own_valkey):
    with connect(own_valkey.url, seconds=5) as replica, redis.Redis.from_url(valkey.url) as primary:
        desk.put("a")
        primary.config_set("repl-diskless-sync-delay", 0)
        replica.replicaof("127.0.0.1", primary.connection_pool.connection_kwargs["port"])
        eventually(lambda: replica.info("replication")["master_link_status"] == "up")
        batch = claim(desk)
        eventually(lambda: replica.exists(KEY + batch.claim))
        replica.replicaof("NO", "ONE")
        assert hand(desk, batch)
        assert replica.exists(KEY + batch.claim)
        assert Marks(replica).hand([(batch.claim, [7])]) == [False], "the sweeper may still look at the old primary"
        assert sweep(desk, Marks(replica)) == ["maybe"]


def test_with_redis_away_messages_leave_without_marks_and_what_is_lost_is_in_doubt(desk, valkey):
    valkey.kill()
    desk.put("a"), desk.put("b", text="autre")
    assert (desk.send(), desk.states()) == (2, ["accepted"] * 2)
    desk.put("c")
    batch = claim(desk)
    valkey.start()
    assert hand(desk, batch)
    assert sweep(desk)[2] == "maybe"


def test_a_claim_that_can_be_marked_no_more_waits_a_little(desk, valkey):
    desk.put("a")

    def gone(*_, **__):
        valkey.kill()
        return take(*_, **__)

    take, desk.rate.take = desk.rate.take, gone
    assert (desk.send(), desk.gateway.requests, desk.states()) == (0, [], ["queued"])
    desk.wait(seconds=3)
    assert (desk.send(), desk.states(), desk.all()[0].attempts) == (1, ["accepted"], 0)


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("slept", [46, -3600], ids=["longer than its lease", "while its clock was set back"])
def test_a_worker_that_slept_before_it_handed_over_hands_nothing_over(desk, purpose, slept):
    desk.put("a", purpose=purpose)
    lane, other = desk.all()[0].lane, Desk(desk.database, desk.clock)
    other.marks, take = desk.marks, desk.rate.take

    def asleep(*given, **named):
        assert sweep(desk) == ["queued"]
        assert other.send(lane) == 1
        desk.wait(seconds=slept)
        return take(*given, **named)

    desk.rate.take = asleep
    desk.send(lane)
    assert (len(desk.gateway.requests), len(other.gateway.requests), desk.states()) == (0, 1, ["accepted"])


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("behind", [20, 60, 3600])
def test_a_workers_clock_that_is_behind_the_schedulers_doubles_nothing(desk, purpose, behind):
    desk.put("a", purpose=purpose)
    lane, other = desk.all()[0].lane, Desk(desk.database, desk.clock)
    other.marks = desk.marks

    def swept():
        sweep(desk, seconds=behind)
        other.send(lane)
        desk.wait(seconds=-behind)

    desk.gateway.during = swept  # while the request is under way
    assert desk.send(lane) == 1
    for _ in range(3):
        sweep(desk, minutes=2)
        other.send(lane)
    assert (len(desk.gateway.requests), len(other.gateway.requests), desk.states()) == (1, 0, ["accepted"])


def test_a_late_answer_of_a_claim_that_was_shut_settles_it(desk):
    desk.put("a")

    def swept():
        assert sweep(desk) == ["maybe"]

    desk.gateway.during = swept
    desk.send()
    assert desk.states() == ["accepted"]


def test_what_its_worker_knows_unsent_after_it_was_called_lost_leaves_again(desk):
    desk.put("a")

    class Asleep:
        def submit(self, call, batch):
            assert sweep(desk) == ["maybe"]
            call(batch)

    desk.lines = Asleep()
    assert (desk.send(), desk.gateway.requests, desk.states()) == (0, [], ["queued"])


def test_a_number_that_said_stop_meanwhile_gets_none(desk):
    desk.put("a", purpose="broadcast")
    claim(desk, "bulk")
    with desk.database.transaction() as session:
        consents.opted_out(session, [AWA], now=desk.clock())
    assert sweep(desk) == ["refused"]
