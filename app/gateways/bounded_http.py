"""Requests on kept-alive connections, bounded as a whole: in time, and in the bytes of the answer once it is decoded.

urllib3's time-out is of each `recv`, so that a drip never ends; and what it decodes is as large as the sender likes.
"""

import io
import threading
import time
import zlib
from typing import Any

import certifi
import msgspec
import urllib3
from urllib3.exceptions import ConnectTimeoutError, EmptyPoolError, HTTPError, NewConnectionError

from app.gateways.sms import MaybeSent, NotSent

SECONDS = 12.0
"""The whole of a request, from the wait for a connection to the last byte of the answer."""
CONNECT_SECONDS = 3.05
"""To each address that a name has, as the provider's own SDK waits."""
MOST_BYTES = 1 << 20
"""An answer to a hundred numbers has some 25,000."""
_NEVER_LEFT = (NewConnectionError, ConnectTimeoutError, EmptyPoolError)
"""Faults before a byte of the request: no connection (in time), a name not known, a handshake that fails."""
_request = threading.local()
"""`until` is when this thread's request ends, by the monotonic clock: a request never changes its thread."""


class Raw(msgspec.Struct, frozen=True):
    """An answer's status and body; the body is empty when it is too large, or coded in a way that we don't read."""

    status: int
    body: bytes


class Client:
    """A pool of connections; `lines` is how many requests are under way at most."""

    def __init__(self, lines: int) -> None:
        # As many connections as lines: who finds none waits for one, within the time of the request.
        self._pool = urllib3.PoolManager(
            maxsize=lines, block=True, ca_certs=certifi.where(), timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=SECONDS)
        )
        self._pool.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}

    def request(self, method: str, url: str, headers: dict[str, str], body: str) -> Raw:
        """Send once, and follow no redirection. Raises NotSent, MaybeSent; within SECONDS whatever the other side does.

        Looking up a name may take longer, but then nothing leaves.
        """
        _request.until = time.monotonic() + SECONDS
        # No retry, no redirection: either would send once more what is marked once.
        how: Any = {"retries": False, "redirect": False, "pool_timeout": SECONDS, "preload_content": False}
        try:
            answer = self._pool.request(method, url, headers=headers, body=body, **how)
            try:
                coded = answer.read(MOST_BYTES + 1, decode_content=False)
            finally:
                if answer.connection is not None:  # not read to its end: another request must not find the rest
                    answer.close()
                answer.release_conn()
        except HTTPError as error:
            raise (NotSent if isinstance(error, _NEVER_LEFT) else MaybeSent)(type(error).__name__) from error
        return Raw(answer.status, _decode(coded, answer.headers.get("Content-Encoding", "")))

    def close(self) -> None:
        """Drop the connections."""
        self._pool.clear()


class _Timed:
    """A socket whose sends and reads end with their request."""

    def __init__(self, plain: Any) -> None:
        self._plain = plain

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plain, name)

    def sendall(self, some: bytes) -> None:
        self.hurry()
        self._plain.sendall(some)

    def makefile(self, mode: str) -> io.BufferedReader:
        # Nothing is buffered below this reader: each read of the socket looks at the clock.
        return io.BufferedReader(_Reader(self, self._plain.makefile(mode, buffering=0)))

    def hurry(self) -> None:
        left = _request.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the request's time is over")
        self._plain.settimeout(left)


class _Reader(io.RawIOBase):
    """Reads from such a socket by its own file, which keeps it open until the answer is read."""

    def __init__(self, timed: _Timed, file: Any) -> None:
        self._timed, self._file = timed, file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._timed.hurry()
        read: int | None = self._file.readinto(buffer)
        return read

    def close(self) -> None:
        self._file.close()
        super().close()


class _Bounded:
    """What both kinds of connections do. Nothing has left before the handshake is done, nor if the time is over by then."""

    sock: Any

    def connect(self) -> None:
        try:
            super().connect()  # type: ignore[misc]
        # TLS, a proxy and the network each have errors of their own; none of them comes behind a byte of the request.
        except (OSError, HTTPError) as fault:
            raise NewConnectionError(self, str(fault)) from fault  # type: ignore[arg-type]
        self.sock = _Timed(self.sock)

    def request(self, *given: Any, **named: Any) -> None:
        # Connected here and not by the base: the clock is looked at between handshake and first byte.
        if self.sock is None:
            self.connect()
        if time.monotonic() >= _request.until:
            raise NewConnectionError(self, "connected too late")  # type: ignore[arg-type]
        super().request(*given, **named)  # type: ignore[misc]


class _Http(_Bounded, urllib3.connection.HTTPConnection):
    pass


class _Https(_Bounded, urllib3.connection.HTTPSConnection):
    pass


class _HttpPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _Https


def _decode(coded: bytes, coding: str) -> bytes:
    if len(coded) > MOST_BYTES or coding.strip().lower() not in ("", "identity", "gzip", "x-gzip", "deflate"):
        return b""
    if coding.strip().lower() in ("", "identity"):
        return coded
    inflate = zlib.decompressobj(wbits=47)  # gzip's header or zlib's, whichever is there
    try:
        # Bounded while it unfolds: 1 MB may hold 1 GB.
        plain = inflate.decompress(coded, MOST_BYTES + 1)
    except zlib.error:
        return b""
    return plain if len(plain) <= MOST_BYTES else b""
