"""Handsets: processes of their own, each with one keep-alive connection and nothing of a client library on it."""

import multiprocessing
import os
import random
import socket
import time
from collections.abc import Callable, Generator, Sequence
from itertools import count, cycle, islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from app.coop.demo.seed import PIN

HOPS = 12
"""Hops in a session inside the clock: about as many as a member makes."""


class Kind(NamedTuple):
    """A kind of hop: what is typed before the clock, then again and again; what its answer holds, and whether that one is timed."""

    before: tuple[str, ...]
    cycle: tuple[tuple[str, bytes, bool], ...]
    floor: str
    selects: int = 0
    """How many SELECTs it needs; the floor has as many."""


KINDS = {
    "first hop": Kind((), (), "/floor"),
    "menu": Kind(("",), (("6", b"Entraide", True), ("0", b"Mes soldes", True)), "/floor"),
    "price list": Kind(("",), (("3", b"Prix", True), ("0", b"Mes soldes", False)), "/floor-select", 1),
    "price": Kind(("", "3"), (("1", b" par ", True), ("0", b"Prix", False)), "/floor-select", 1),
    "balance": Kind(("1", PIN), (("0", b"Mes soldes", False), ("1", b"Parts", True)), "/floor-select", 1),
    "movements": Kind(("1", PIN), (("1", b"mouvement", True), ("0", b"Parts", False)), "/floor-select", 1),
    "product list": Kind(("2", PIN), (("0", b"Mes soldes", False), ("2", b"Quel produit", True)), "/floor-selects", 2),
    "question": Kind(("2", PIN), (("1", b"combien", True), ("0", b"Quel produit", False)), "/floor-select", 1),
    "confirmation": Kind(("2", PIN, "1"), (("12", b"Confirmer", True), ("0", b"combien", False)), "/floor-select", 1),
    "PIN": Kind(("1",), ((PIN, b"Parts", True),), "/floor-select", 1),
}

_sessions = count(1)
TIMED = "timed"
Hops = Generator[tuple[bytes, bytes, str], bytes, None]
"""Requests, each with what its answer must hold and the name that it is timed under, if any; they are sent the answers."""


class Unexpected(ValueError):
    """An answer isn't what it must be."""


class Work(NamedTuple):
    """What a client does in one round: `kind` of hops (or those of a floor) to `path` for so many seconds, by some of the members.

    `sessions` are opened before the clock. `talk` makes the hops, the first of which is none; it is thrown Unexpected.
    """

    port: int
    path: str
    kind: str
    seconds: float
    members: int
    sessions: int
    talk: "Callable[[Work, socket.socket], Hops] | None" = None
    client: int = 0
    clients: int = 1
    """Which of how many this one is, both told by Clients."""


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
        for number, pipe in enumerate(self._pipes):
            pipe.send(work._replace(client=number, clients=len(self._pipes)))
        for pipe in self._pipes:
            _receive(pipe)

    def run(self) -> tuple[float, list[float]]:
        """Start all at once; return hops a second, over all of them, and every hop's seconds."""
        rate, times = self.run_by_name()
        return rate, [one for some in times.values() for one in some]

    def run_by_name(self) -> tuple[float, dict[str, list[float]]]:
        """Do as `run` does; each hop's seconds stand under its name."""
        for pipe in self._pipes:
            pipe.send(None)
        rate, times = 0.0, dict[str, list[float]]()
        for elapsed, found in [_receive(pipe) for pipe in self._pipes]:
            rate += sum(map(len, found.values())) / elapsed
            for name, some in found.items():
                times.setdefault(name, []).extend(some)
        return rate, times

    def cpu(self) -> float:
        """Return the seconds of user and system time that they have used."""
        return sum(cpu(process.pid or 0) for process in self._processes)

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


def talks(work: Work, line: socket.socket) -> Hops:
    """Give the hops of a kind; what comes before the clock is asked first."""
    kind = KINDS.get(work.kind)
    opened = [_open(work, line, kind.before) for _ in range(work.sessions)] if kind else []
    yield b"", b"", ""
    if kind is None or not kind.cycle:
        while True:
            yield hop(*_new(work), "", work.path), b"Mes soldes" if kind else b"", TIMED
    costly = PIN in (*kind.before, kind.cycle[0][0])  # there are as many as were opened before the clock
    while opened or not costly:
        session, member = opened.pop() if opened else _open(work, line, kind.before)
        typed = [entry for entry in kind.before if entry]
        for entry, wanted, timed in islice(cycle(kind.cycle), HOPS if len(kind.cycle) > 1 else 1):
            typed.append(entry)
            yield hop(session, member, "*".join(typed), work.path), wanted, TIMED * timed


def _open(work: Work, line: socket.socket, before: Sequence[str]) -> tuple[str, int]:
    """Come to where the timed hops begin."""
    session, member = _new(work)
    typed: list[str] = []
    for entry in before:
        typed += [entry] if entry else []
        ask(line, hop(session, member, "*".join(typed), work.path))
    return session, member


def _new(work: Work) -> tuple[str, int]:
    return new_session(), random.randint(1, work.members)  # noqa: S311 - whom to ask about is no secret


def new_session() -> str:
    """Return the id of a session that hasn't been."""
    return f"ATUid_{os.getpid()}_{next(_sessions):024d}"


def _serve(pipe: Connection) -> None:
    random.seed(os.getpid())
    while True:
        work: Work = pipe.recv()
        try:
            pipe.send(_work(work, pipe))
        except Exception as fault:
            pipe.send(fault)


def _work(work: Work, pipe: Connection) -> tuple[float, dict[str, list[float]]]:
    with socket.create_connection(("127.0.0.1", work.port), timeout=10) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        hops, times = (work.talk or talks)(work, line), dict[str, list[float]]()
        next(hops)
        pipe.send(None)
        pipe.recv()
        spent, end = 0.0, time.perf_counter() + work.seconds
        request, wanted, name = next(hops)
        while True:
            before = time.perf_counter()
            answer = ask(line, request)
            now = time.perf_counter()
            if name:
                times.setdefault(name, []).append(now - before)
                spent += now - before
            try:
                if wanted in answer:
                    request, wanted, name = hops.send(answer)
                else:
                    request, wanted, name = hops.throw(Unexpected(f"{name}: {request.decode()} got {answer.decode()}"))
            except StopIteration:  # the sessions that were opened are used up
                return spent, times
            if now > end:
                return spent, times


def cpu(pid: int) -> float:
    """Return the seconds of user and system time of a process; none of one that has just ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _receive(pipe: Connection) -> tuple[float, dict[str, list[float]]]:
    received = pipe.recv()
    if isinstance(received, Exception):
        raise received
    result: tuple[float, dict[str, list[float]]] = received
    return result


def _more(line: socket.socket) -> bytes:
    received = line.recv(65536)
    if not received:
        raise ConnectionError("the server hung up")
    return received
