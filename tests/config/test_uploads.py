"""Files under `/uploads/` have limits of their own; everything else keeps its 64 kB."""

import asyncio
from threading import current_thread
from types import SimpleNamespace

import pytest

from config.wsgi import MOST_BYTES, MOST_UPLOADED, UPLOADS_AT_ONCE, BufferedWsgi


class Sent:
    """One request, as granian brings it; its body waits for `gate`."""

    def __init__(self, body, gate=None):
        self.body, self.gate, self.answer = body, gate, None

    async def __call__(self):
        if self.gate:
            await self.gate.wait()
        return self.body

    def response_str(self, status, _headers, words):
        self.answer = status, words

    response_bytes = response_str


def scope(path, length):
    said = {"method": "POST", "path": path, "query_string": "", "server": "127.0.0.1:1", "client": "127.0.0.1:2"}
    headers = {"content-length": str(length)}
    return SimpleNamespace(**said, headers=headers, scheme="http", http_version="1.1", authority="web")


def measuring(environ, start_response):
    start_response("200 OK", [])
    return [str(len(environ["wsgi.input"].read())).encode()]


async def ask(server, path, length, gate=None):
    sent = Sent(b"x" * length, gate)
    await server.__rsgi__(scope(path, length), sent)
    return sent.answer


@pytest.mark.parametrize(
    ("path", "length", "read"),
    [
        ("/uploads/imports", MOST_BYTES + 1, MOST_BYTES + 1),
        ("/uploads/imports", MOST_UPLOADED + 1, 0),
        ("/imports", MOST_BYTES, MOST_BYTES),
        ("/imports", MOST_BYTES + 1, 0),
    ],
)
def test_a_body_is_read_up_to_the_limit_of_its_path(path, length, read):
    assert asyncio.run(ask(BufferedWsgi(measuring, 1), path, length)) == (200, str(read).encode())


def test_only_a_few_files_are_read_at_once():
    async def many():
        server, gate = BufferedWsgi(measuring, 4), asyncio.Event()
        slow = [asyncio.create_task(ask(server, "/uploads/imports", 9, gate)) for _ in range(UPLOADS_AT_ONCE)]
        await asyncio.sleep(0)
        one_more, other = await ask(server, "/uploads/imports", 9), await ask(server, "/imports", 9)
        gate.set()
        return (
            one_more[0],
            other[0],
            {answer[0] for answer in await asyncio.gather(*slow)},
            await ask(server, "/uploads/imports", 9),
        )

    assert asyncio.run(many()) == (503, 200, {200}, (200, b"9"))


def test_pages_of_lots_gateways_and_the_console_have_threads_of_their_own():
    def whose(environ, start_response):
        del environ
        start_response("200 OK", [])
        return [current_thread().name.partition("_")[0].encode()]

    async def each():
        server = BufferedWsgi(whose, 1, ("/at/",), 1, apart=("/t/",), apart_threads=1)
        return [(await ask(server, path, 0))[1] for path in ("/at/demo/ussd", "/t/L123456782", "/members")]

    assert asyncio.run(each()) == [b"own", b"public", b"other"]
