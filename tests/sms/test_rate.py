"""The rate: never over by more than a burst, never idle with work waiting, slower when told, safe without Redis."""

import multiprocessing
import time
from typing import NamedTuple

import pytest

from app.sms import rate
from app.sms.rate import KEY, LOCAL_SHARE, Rate, RateSlot
from config.redis import connect

PROCESSES, PARTS_A_SECOND, SECONDS = 8, 400, 3.0


@pytest.fixture
def client(valkey):
    with connect(valkey.url) as client:
        yield client


def stopwatch():
    """Return what tells the seconds since then: what a busy machine may take between two looks."""
    began = time.monotonic()
    return lambda: time.monotonic() - began


class Sent(NamedTuple):
    """What a process sent between two instants: what left in time, what had its turn in time, and how long it slept for turns."""

    since: float
    until: float
    left: int
    due: int
    slept: float


def work(url, share, start, sent):
    """Send as a lane does: take, wait, send."""
    with connect(url, seconds=60) as client:
        bucket = Rate(client, PARTS_A_SECOND)
        start.wait()
        since = now = time.monotonic()
        until, left, due, slept = since + SECONDS, 0, 0, 0.0
        while now < until:
            turn = bucket.take(share)
            wait = min(turn.wait, max(0.0, until - time.monotonic()))
            due += share if turn.reserved and wait == turn.wait else 0
            slept += wait
            time.sleep(wait)
            now = time.monotonic()
            left += share if turn.reserved and now < until else 0
        sent.put(Sent(since, until, left, due, slept))


@pytest.mark.parametrize("share", [7, PARTS_A_SECOND])
def test_eight_processes_keep_the_rate(valkey, share):
    spawned = multiprocessing.get_context("spawn")
    start, sent = spawned.Barrier(PROCESSES), spawned.Queue()
    workers = [spawned.Process(target=work, args=(valkey.url, share, start, sent)) for _ in range(PROCESSES)]
    for worker in workers:
        worker.start()
    each = [sent.get(timeout=120) for _ in workers]
    for worker in workers:
        worker.join()
    seconds = max(one.until for one in each) - min(one.since for one in each)
    assert sum(one.left for one in each) <= PARTS_A_SECOND * (seconds + 1)
    held_up = min(SECONDS - one.slept for one in each)  # by the machine: while one of them sleeps for its turn none is lost
    assert sum(one.due for one in each) >= PARTS_A_SECOND * (0.95 * SECONDS - held_up) - share  # one waits when the time is over


def test_a_code_passes_who_waits_and_overdraws_one_second(client):
    bucket, passed = Rate(client, 10), stopwatch()
    assert bucket.take(10).wait == pytest.approx(1, abs=0.1)
    assert bucket.take(1).reserved is False
    assert [bucket.take(5, overdraw=True) for _ in range(2)] == [RateSlot(True, 0.0)] * 2
    refused = bucket.take(5, overdraw=True)
    assert not refused.reserved
    assert 0.4 - passed() <= refused.wait <= 0.5


def test_urgent_alerts_are_never_over_by_more_than_what_was_kept_and_two_seconds(client):
    bucket = Rate(client, 50)
    client.hset(KEY, "at", 0)
    assert [bucket.take(50, overdraw=True).reserved for _ in range(4)] == [True, True, True, False]


def test_idle_time_is_kept_for_a_second_and_no_longer(client):
    bucket = Rate(client, 10)
    bucket.take(1)
    time.sleep(1.4)
    passed = stopwatch()
    waits = [bucket.take(5).wait for _ in range(3)]
    assert waits[:2] == [0, 0]
    assert 0.4 - passed() <= waits[2] <= 0.5


def test_nothing_is_reserved_for_who_cant_wait_that_long(client):
    bucket = Rate(client, 10)
    assert not bucket.take(10, patience=0.5).reserved
    assert bucket.take(4, patience=0.5).wait == pytest.approx(0.4, abs=0.1)


def test_too_much_halves_the_speed_at_most_once_a_second_and_it_comes_back(client, monkeypatch):
    bucket, passed = Rate(client, 100), stopwatch()
    bucket.slow(), bucket.slow()
    bucket.take(1)
    assert 50 <= bucket.second <= 51 + 2 * passed()
    assert not bucket.take(100).reserved
    monkeypatch.setattr(rate, "_RECOVERY", 1)
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
    bucket, passed = Rate(client, 2), stopwatch()
    assert bucket.take(6).wait == pytest.approx(1, abs=0.1)
    assert 2.9 - passed() <= bucket.take(1, patience=9).wait <= 3, "those after it wait for all of its parts"


@pytest.mark.parametrize("back", [3_600, 5])
def test_a_clock_that_is_set_back_neither_stops_us_nor_lets_us_run(client, back):
    bucket, passed = Rate(client, 100), stopwatch()
    bucket.slow(), bucket.take(1)
    for name in ("at", "slowed", "seen"):
        client.hset(KEY, name, int(client.hget(KEY, name)) + back * 1_000_000)
    assert [bucket.take(100).reserved for _ in range(2)] == [True, False]
    bucket.slow(), bucket.take(1)
    assert 50 <= bucket.second <= 51 + 2 * passed()


def test_without_redis_each_worker_keeps_to_its_share(valkey, client):
    valkey.kill()
    now = [100.0]
    bucket = Rate(client, 8 * LOCAL_SHARE, clock=lambda: now[0])
    assert [bucket.take(4).wait for _ in range(3)] == [0.5, 1.0, 1.5]
    assert bucket.second == 8
    bucket.slow()
    now[0] += 10
    assert bucket.take(4, overdraw=True) == RateSlot(True, 0.5)
    assert bucket.take(24) == RateSlot(True, 1.5)
    assert bucket.take(1) == RateSlot(False, 3.625)
