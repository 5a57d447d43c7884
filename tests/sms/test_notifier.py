"""The queue is told after the commit, shortly, and nobody waits for it."""

import contextlib
import errno
import os
import time

import pytest
from structlog.testing import capture_logs

from app.sms.notifier import FLAG, Notifier, queue_of, wake
from config import logs
from config.redis import connect
from tests.log_stream import FullStream, log_on


@pytest.fixture
def queues(valkey):
    client = connect(valkey.url)
    yield client
    client.close()


def until(true, seconds=60.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_lane_has_one_job_waiting_however_often_it_is_woken(queues):
    assert [wake(queues, "code") for _ in range(5)] == [True] + [False] * 4
    assert len(queue_of(queues, "code")) == 1
    queues.delete(FLAG + "code")
    assert wake(queues, "code")


def test_a_notifier_goes_on_when_the_log_takes_no_lines(valkey, queues):
    valkey.kill()
    with log_on(FullStream(OSError(errno.ENOSPC, "full"))):
        notifier, before = Notifier(queues), logs.dropped()
        notifier("code")
        until(lambda: logs.dropped() > before)
        valkey.start()
        notifier("answer")
        until(lambda: len(queue_of(queues, "answer")))


def test_a_job_holds_a_lanes_name_and_nothing_else(queues):
    wake(queues, "code")
    [job] = queue_of(queues, "code").jobs
    assert (job.func_name, list(job.args), job.kwargs) == ("workers.jobs.drain", ["code"], {})
    assert (job.result_ttl, job.failure_ttl) == (0, 86_400)


def test_a_notifier_tells_soon(queues):
    notifier = Notifier(queues)
    for lane in ("answer", "code", "answer"):
        notifier(lane)
    until(lambda: len(queue_of(queues, "code")) and len(queue_of(queues, "answer")))
    notifier("bulk")
    until(lambda: len(queue_of(queues, "bulk")))


def test_a_notifier_outlives_a_fork(queues):
    notifier = Notifier(queues)
    notifier("code")
    until(lambda: len(queue_of(queues, "code")))
    child = os.fork()
    if child == 0:
        notifier("urgent")
        with contextlib.suppress(BaseException):
            until(lambda: len(queue_of(queues, "urgent")))
        os._exit(0)
    os.waitpid(child, 0)
    assert len(queue_of(queues, "urgent")) == 1


def test_a_notifier_neither_fails_nor_waits_when_redis_hangs_and_is_back_after(valkey, queues):
    notifier = Notifier(queues)
    notifier("answer")
    until(lambda: len(queue_of(queues, "answer")))
    valkey.freeze()
    begun = time.monotonic()
    with connect(valkey.url, seconds=90) as patient:
        Notifier(patient)("bulk")
        assert time.monotonic() - begun < 60, "it waited"
        with capture_logs() as said:
            notifier("code")
            until(lambda: said)
        valkey.thaw()
        until(lambda: len(queue_of(queues, "bulk")))
    notifier("notice")
    until(lambda: len(queue_of(queues, "notice")))
