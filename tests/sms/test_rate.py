"""The rate: never over by more than a burst, never idle with work waiting, slower when told, safe without Redis."""

import multiprocessing
import time

import pytest

from app.sms import rate
from app.sms.rate import KEY, LOCAL_SHARE, Rate, Turn
from config.redis import connect

PROCESSES, PARTS_A_SECOND, SECONDS = 8, 400, 3.0


@pytest.fixture
def client(valkey):
    with connect(valkey.url) as client:
        yield client


def work(url, share, start, taken):
    """Send as a lane does: take, wait, send; count what left before the end."""
    with connect(url, seconds=5) as client:
        bucket = Rate(client, PARTS_A_SECOND)
        start.wait()
        until, count = time.monotonic() + SECONDS, 0
        while (now := time.monotonic()) < until:
            turn = bucket.take(share)
            time.sleep(min(turn.wait, max(0.0, until - now)))
            count += share if turn.reserved and time.monotonic() < until else 0
        taken.put(count)


@pytest.mark.parametrize("share", [7, PARTS_A_SECOND])
def test_eight_processes_keep_the_rate(valkey, share):
    spawned = multiprocessing.get_context("spawn")
    start, taken = spawned.Barrier(PROCESSES), spawned.Queue()
    workers = [spawned.Process(target=work, args=(valkey.url, share, start, taken)) for _ in range(PROCESSES)]
    for worker in workers:
        worker.start()
    parts = sum(taken.get(timeout=30) for _ in workers)
    for worker in workers:
        worker.join()
    fair = PARTS_A_SECOND * SECONDS
    assert parts <= fair + PARTS_A_SECOND
    assert parts >= 0.95 * fair - share  # the one that waits when the time is over


def test_a_code_passes_who_waits_and_overdraws_one_second(client):
    bucket = Rate(client, 10)
    assert bucket.take(10).wait == pytest.approx(1, abs=0.1)
    assert bucket.take(1).reserved is False
    assert [bucket.take(5, overdraw=True) for _ in range(2)] == [Turn(True, 0.0)] * 2
    refused = bucket.take(5, overdraw=True)
    assert not refused.reserved
    assert refused.wait == pytest.approx(0.5, abs=0.1)


def test_urgent_alerts_are_never_over_by_more_than_what_was_kept_and_two_seconds(client):
    bucket = Rate(client, 50)
    client.hset(KEY, "at", 0)
    assert [bucket.take(50, overdraw=True).reserved for _ in range(4)] == [True, True, True, False]


def test_idle_time_is_kept_for_a_second_and_no_longer(client):
    bucket = Rate(client, 10)
    bucket.take(1)
    time.sleep(1.4)
    waits = [bucket.take(5).wait for _ in range(3)]
    assert waits[:2] == [0, 0]
    assert waits[2] == pytest.approx(0.5, abs=0.1)


def test_nothing_is_reserved_for_who_cant_wait_that_long(client):
    bucket = Rate(client, 10)
    assert not bucket.take(10, patience=0.5).reserved
    assert bucket.take(4, patience=0.5).wait == pytest.approx(0.4, abs=0.1)


def test_too_much_halves_the_speed_at_most_once_a_second_and_it_comes_back(client, monkeypatch):
    monkeypatch.setattr(rate, "_RECOVERY", 2_000_000)
    bucket = Rate(client, 100)
    bucket.slow(), bucket.slow()
    bucket.take(1)
    assert bucket.second == pytest.approx(50, abs=5)
    assert not bucket.take(100).reserved
    time.sleep(1.2)
    bucket.take(1)
    assert bucket.second == 100


def test_it_never_gets_slower_than_a_tenth(client):
    bucket = Rate(client, 100)
    for _ in range(12):
        bucket.slow()
        client.hset(KEY, "slowed", int(client.hget(KEY, "slowed")) - 1_000_000)
    bucket.take(1)
    assert bucket.second >= 10
    assert bucket.second < 20


def test_a_message_longer_than_a_seconds_parts_leaves_at_any_rate(client):
    bucket = Rate(client, 2)
    assert bucket.take(6).wait == pytest.approx(1, abs=0.1)
    assert bucket.take(1, patience=9).wait == pytest.approx(3, abs=0.1), "those after it wait for all of its parts"


@pytest.mark.parametrize("back", [3_600, 5])
def test_a_clock_that_is_set_back_neither_stops_us_nor_lets_us_run(client, back):
    bucket = Rate(client, 100)
    bucket.slow(), bucket.take(1)
    for name in ("at", "slowed", "seen"):
        client.hset(KEY, name, int(client.hget(KEY, name)) + back * 1_000_000)
    assert [bucket.take(100).reserved for _ in range(2)] == [True, False]
    bucket.slow(), bucket.take(1)
    assert bucket.second == pytest.approx(50, abs=5)


def test_without_redis_each_worker_keeps_to_its_share(valkey, client):
    valkey.kill()
    now = [100.0]
    bucket = Rate(client, 8 * LOCAL_SHARE, clock=lambda: now[0])
    assert [bucket.take(4).wait for _ in range(3)] == [0.5, 1.0, 1.5]
    assert bucket.second == 8
    bucket.slow()
    now[0] += 10
    assert bucket.take(4, overdraw=True) == Turn(True, 0.5)
    assert bucket.take(24) == Turn(True, 1.5)
    assert bucket.take(1) == Turn(False, 3.625)
