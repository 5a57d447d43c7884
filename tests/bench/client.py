"""Handsets: processes of their own, each with one keep-alive connection and nothing of a client library on it."""

import itertools
import multiprocessing
import os
import random
import socket
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import NamedTuple
from urllib.parse import quote

from app.coop.demo.seed import PIN

HOPS = 12
"""Timed hops in a session of menu or balance hops: about as many as a member makes."""

_sessions = itertools.count(1)


class Work(NamedTuple):
    """What a client does in one round: `kind` of hops to `path` for so many seconds, by one of so many members.

    `sessions` are opened before the clock where the hops need it (on the service only).
    """

    port: int
    path: str
    kind: str
    seconds: float
    members: int
    sessions: int
    service: bool


class Clients:
    """As many processes as there are connections."""

    def __init__(self, count: int) -> None:
        forking = multiprocessing.get_context("fork")
        self._pipes: list[Connection] = []
        self._processes = []
        for _ in range(count):
            ours, theirs = forking.Pipe()
            process = forking.Process(target=_serve, args=(theirs,), daemon=True)
            process.start()
            self._pipes.append(ours)
            self._processes.append(process)

    def prepare(self, work: Work) -> None:
        """Have all make ready and wait until they are."""
        for pipe in self._pipes:
            pipe.send(work)
        for pipe in self._pipes:
            _receive(pipe)

    def run(self) -> tuple[float, list[float]]:
        """Start all at once; return hops a second, over all of them, and every hop's seconds."""
        for pipe in self._pipes:
            pipe.send(None)
        results = [_receive(pipe) for pipe in self._pipes]
        return sum(len(times) / elapsed for elapsed, times in results), [one for _, times in results for one in times]

    def close(self) -> None:
        """End them."""
        for process in self._processes:
            process.kill()
            process.join()


def hop(session: str, member: int, text: str, path: str) -> bytes:
    """Write a hop as Africa's Talking posts it."""
    fields = {"sessionId": session, "serviceCode": "*384*44135#", "phoneNumber": f"+22177{member:07d}", "networkCode": "60801"}
    body = "&".join(f"{name}={quote(value, safe='')}" for name, value in (fields | {"text": text}).items())
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/x-www-form-urlencoded"
    return f"{head}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


def ask(line: socket.socket, request: bytes) -> bytes:
    """Send a hop and return the answer's body; raises ValueError on anything but 200."""
    line.sendall(request)
    answer = line.recv(65536)
    while b"\r\n\r\n" not in answer:
        answer += _more(line)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    while len(body) < length:
        body += _more(line)
    if not head.startswith(b"HTTP/1.1 200"):
        raise ValueError(answer.decode())
    return body


def talks(work: Work, line: socket.socket) -> Iterator[tuple[bytes, bytes]]:
    """Give the timed hops, each with what its answer must hold; what comes before the clock is asked at the first one."""
    opened = [_open(work, line) for _ in range(work.sessions)]
    yield b"", b""
    if work.kind == "menu":
        while True:
            session, member = _new(work)
            for count in range(HOPS):
                wanted = b"Mes soldes" if count % 2 == 0 else b"Rappelez-moi"
                yield hop(session, member, "*".join(("6", "0")[place % 2] for place in range(count)), work.path), wanted
    for session, member in opened:
        if work.kind == "pin":
            yield hop(session, member, f"1*{PIN}", work.path), b"Avance"
            continue
        for count in range(HOPS):
            yield hop(session, member, f"1*{PIN}" + "*0*1" * (count + 1), work.path), b"Avance"


def _open(work: Work, line: socket.socket) -> tuple[str, int]:
    """Come to where the timed hops begin: after `Mes soldes`, and after the PIN where balances are meant."""
    session, member = _new(work)
    if work.service:
        ask(line, hop(session, member, "1", work.path))
        if work.kind == "balance":
            ask(line, hop(session, member, f"1*{PIN}", work.path))
    return session, member


def _new(work: Work) -> tuple[str, int]:
    return f"ATUid_{os.getpid()}_{next(_sessions):024d}", random.randint(1, work.members)  # noqa: S311 - whom to ask about is no secret


def _serve(pipe: Connection) -> None:
    random.seed(os.getpid())
    while True:
        work: Work = pipe.recv()
        try:
            pipe.send(_work(work, pipe))
        except Exception as fault:
            pipe.send(fault)


def _work(work: Work, pipe: Connection) -> tuple[float, list[float]]:
    with socket.create_connection(("127.0.0.1", work.port), timeout=10) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        hops, times = talks(work, line), []
        next(hops)
        pipe.send(None)
        pipe.recv()
        start = now = time.perf_counter()
        end = start + work.seconds
        for request, wanted in hops:
            before = time.perf_counter()
            answer = ask(line, request)
            now = time.perf_counter()
            times.append(now - before)
            if work.service and wanted not in answer:
                raise ValueError(answer.decode())
            if now > end:
                break
        return now - start, times


def _receive(pipe: Connection) -> tuple[float, list[float]]:
    received = pipe.recv()
    if isinstance(received, Exception):
        raise received
    result: tuple[float, list[float]] = received
    return result


def _more(line: socket.socket) -> bytes:
    received = line.recv(65536)
    if not received:
        raise ConnectionError("the server hung up")
    return received
