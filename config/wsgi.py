"""A WSGI application on granian's event loop: a thread is given to a request only once its whole body is there."""

import asyncio
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

import structlog

log = structlog.get_logger("web")

BODY_SECONDS = 5.0
MOST_BYTES = 64 * 1024
UPLOADS, MOST_UPLOADED, UPLOAD_SECONDS, UPLOADS_AT_ONCE = "/uploads/", 8 * 1024 * 1024, 60.0, 2
"""Paths of files that officers bring, how much one may have, how long it may take, and how many are read at once."""
MOST_WAITING = 64
"""Requests outside the `own` paths that wait for a thread; the next one is told to come again."""
_PLAIN = [("content-type", "text/plain; charset=utf-8"), ("connection", "close")]
_UNPREFIXED = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


class BufferedWsgi:
    """Call `app` in `threads` for the paths that begin with one of `own` (all, when there are none), in `others` for the rest.

    Paths that begin with one of `apart` have `apart_threads` of their own: anybody's phone asks for them.

    A body of MOST_BYTES or less is read whole, whether it says its length or comes in chunks, within BODY_SECONDS; else the
    answer is 408. Of a longer one the application sees the length and not a byte. Answers aren't streamed. Files under UPLOADS
    have limits of their own, and never more than UPLOADS_AT_ONCE take memory.
    """

    def __init__(
        self,
        app: Any,
        threads: int,
        own: Sequence[str] = (),
        others: int = 0,
        *,
        apart: Sequence[str] = (),
        apart_threads: int = 0,
    ) -> None:
        self._app, self._own, self._apart = app, tuple(own), tuple(apart) if apart_threads and own else ()
        self._threads = ThreadPoolExecutor(threads, "own")
        self._others = ThreadPoolExecutor(others, "other") if own else self._threads
        self._public = ThreadPoolExecutor(apart_threads, "public") if self._apart else self._others
        self._waiting = {False: 0, True: 0}
        self._uploads = 0

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Serve one request, as granian asks for it."""
        if not scope.path.startswith(UPLOADS):
            await self._serve(scope, protocol, BODY_SECONDS, MOST_BYTES)
        elif self._uploads >= UPLOADS_AT_ONCE:
            protocol.response_str(503, [*_PLAIN, ("retry-after", "30")], "Un autre fichier arrive, recommencez dans une minute.\n")
        else:
            self._uploads += 1
            try:
                await self._serve(scope, protocol, UPLOAD_SECONDS, MOST_UPLOADED)
            finally:
                self._uploads -= 1

    async def _serve(self, scope: Any, protocol: Any, seconds: float, most: int) -> None:
        try:
            async with asyncio.timeout(seconds):
                length, body = await _body(scope, protocol, most)
        except (TimeoutError, RuntimeError):  # granian's own error of a client that hung up is a RuntimeError
            protocol.response_str(408, _PLAIN, "the body didn't come in time\n")
            return
        if not self._own or scope.path.startswith(self._own):
            await self._in(self._threads, scope, protocol, length, body)
            return
        public = bool(self._apart) and scope.path.startswith(self._apart)
        if self._waiting[public] >= MOST_WAITING:
            protocol.response_str(503, [*_PLAIN, ("retry-after", "5")], "Un instant, puis recommencez.\n")
            return
        # The loop's thread alone counts, so it needs no lock.
        self._waiting[public] += 1
        try:
            await self._in(self._public if public else self._others, scope, protocol, length, body)
        finally:
            self._waiting[public] -= 1

    async def _in(self, threads: ThreadPoolExecutor, *request: Any) -> None:
        await asyncio.get_running_loop().run_in_executor(threads, self._call, *request)

    def _call(self, scope: Any, protocol: Any, length: int, body: bytes) -> None:
        started: list[Any] = [503, _PLAIN]

        def start_response(status: str, headers: list[tuple[str, str]], fault: Any = None) -> None:
            del fault
            started[:] = int(status[:3]), headers

        try:
            pieces = self._app(environ(scope, length, body), start_response)
            try:
                answer = b"".join(pieces)
            finally:
                if hasattr(pieces, "close"):
                    pieces.close()
        except Exception:
            log.exception("a request failed outside the application")
            started[:], answer = (503, _PLAIN), b"out of order, try again\n"
        protocol.response_bytes(*started, answer)


def environ(scope: Any, length: int, body: bytes) -> dict[str, Any]:
    """Return a request as WSGI has it (PEP 3333)."""
    server, _, port = scope.server.rpartition(":")
    found = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        # PEP 3333 has a path as bytes, each written as a letter of latin-1.
        "PATH_INFO": unquote_to_bytes(scope.path).decode("latin-1") if "%" in scope.path else scope.path,
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        # X_Forwarded_For would pass for X-Forwarded-For; a body that was in chunks is whole by now
        if "_" in name or name == "transfer-encoding":
            continue
        key = _UNPREFIXED.get(name) or f"HTTP_{name.replace('-', '_').upper()}"
        # A header that comes twice is one with a comma; in a cookie that would be a part of its value.
        found[key] = f"{found[key]}{'; ' if name == 'cookie' else ','}{value}" if key in found else value
    found["CONTENT_LENGTH"] = str(length)
    if scope.authority:
        found.setdefault("HTTP_HOST", scope.authority)
    return found


async def _body(scope: Any, protocol: Any, most: int) -> tuple[int, bytes]:
    """Return the body's length and the body, or nothing of one that is too long."""
    told = scope.headers.get("content-length")
    if told is None and "transfer-encoding" not in scope.headers:
        return 0, b""
    if told is not None:
        length = int(told)  # hyper refuses what is no number
        # One that is too long isn't read: its length is enough to refuse it.
        return length, (await protocol() if 0 < length <= most else b"")
    body = b""
    async for chunk in protocol:
        if not chunk:
            break
        body += chunk
        if len(body) > most:
            return len(body), b""
    return len(body), body
