"""The lanes' processes, real ones: they end when asked, leave nobody behind, and outlive Valkey."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.sms import outbox
from app.sms.models import Message
from app.sms.notifier import wake
from config.processes import dying_with_parent, free_port
from config.redis import connect
from tests import sample_cooperative

SECONDS = 120


@pytest.fixture
def worker(sqlite_database, valkey, tmp_path):
    environment = dict(os.environ) | {
        "JAPPOO_ENV": "test",
        "DATABASE_URL": sqlite_database.url,
        "REDIS_URL": valkey.url,
        "SECRET_KEY": sample_cooperative.KEY.decode(),
        "PIN_PEPPER": sample_cooperative.PEPPERS[1].decode(),
        "AT_USERNAME": "sandbox",
        "AT_API_KEY": "key",
        "AT_API_URL": f"http://127.0.0.1:{free_port()}",
    }
    command = [sys.executable, "-m", "app.cli", "worker", "--lanes", "code,answer"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, preexec_fn=dying_with_parent())
    yield process
    if process.poll() is None:
        process.kill()
    process.wait()


def put(database, cause):
    with database.transaction() as session:
        now = datetime.now(UTC)
        outbox.put(session, to=sample_cooperative.AWA, text="Jappoo", purpose="answer", cause=cause, now=now)


def until(true):
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def tried(database, cause):
    """Tell whether a worker has had this message: the provider is nowhere, so it is put back with a reason."""
    with database.read() as reader:
        return reader.scalar(select(Message.reason).where(Message.cause == cause)) is not None


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as listed:
        return [int(child) for child in listed.read().split()]


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_what_was_left_over_goes_out_at_the_start_and_a_signal_ends_all(sqlite_database, worker):
    put(sqlite_database, "before")
    until(lambda: tried(sqlite_database, "before"))
    lanes = children(worker.pid)
    worker.terminate()
    assert worker.wait(SECONDS) == 0
    assert len(lanes) == 2
    until(lambda: not any(alive(lane) for lane in lanes))


def test_a_lane_that_dies_ends_the_others(sqlite_database, worker):
    put(sqlite_database, "before")
    until(lambda: tried(sqlite_database, "before"))
    lanes = children(worker.pid)
    os.kill(lanes[0], signal.SIGKILL)
    assert worker.wait(SECONDS) == 1
    until(lambda: not any(alive(lane) for lane in lanes))


def test_a_killed_parent_leaves_nobody_behind(sqlite_database, worker):
    put(sqlite_database, "before")
    until(lambda: tried(sqlite_database, "before"))
    lanes = children(worker.pid)
    worker.kill()
    worker.wait()
    until(lambda: not any(alive(lane) for lane in lanes))


def test_valkey_killed_and_back_is_outlived(sqlite_database, worker, valkey):
    put(sqlite_database, "before")
    until(lambda: tried(sqlite_database, "before"))
    valkey.kill()
    time.sleep(2)
    valkey.start()
    put(sqlite_database, "after")
    with connect(valkey.url) as queues:
        wake(queues, "answer")
    until(lambda: tried(sqlite_database, "after"))
    assert worker.poll() is None
